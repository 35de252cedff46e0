import type { Statement, Tx } from '../../kernel/db/database.ts';
import type { Snapshot } from '../../kernel/db/read-snapshot.ts';
import type { Check, FoundFault } from '../model.ts';

/** What is looked at, of a whole ledger. */
const everything = {
  posting: 'select * from posting',
  transaction: 'select id from transaction',
  payment: 'select id from payment',
  payout: 'select id from payout',
  account: 'select id from account',
  entry: 'select id from statement_entry',
} as const;

/** What a check looks at. */
export type SubjectKind = keyof typeof everything;

/** Runs a check on everything of a kind. */
export function checkAll(snapshot: Snapshot, check: Check, kind: SubjectKind): AsyncIterable<FoundFault> {
  return snapshot.stream<FoundFault>(statementOf(check, everything[kind], []));
}

/** Runs a check on the postings with numbers above `after` and up to `through`. */
export function checkPostings(
  tx: Tx,
  check: Check,
  range: { readonly after: bigint; readonly through: bigint },
): Promise<FoundFault[]> {
  const place = (check.values?.length ?? 0) + 1;
  const scope = `select * from posting where id > $${place}::bigint and id <= $${place + 1}::bigint`;
  return tx.query<FoundFault>(statementOf(check, scope, [range.after, range.through]));
}

/** Runs a check on transactions, payments, payouts or accounts by their ids. */
export function checkSome(
  tx: Tx,
  check: Check,
  { type, ids }: { readonly type: 'uuid' | 'bigint'; readonly ids: readonly unknown[] },
): Promise<FoundFault[]> {
  const place = (check.values?.length ?? 0) + 1;
  return tx.query<FoundFault>(statementOf(check, `select unnest($${place}::${type}[]) as id`, [ids]));
}

function statementOf({ name, sql, values = [] }: Check, scope: string, more: readonly unknown[]): Statement {
  return {
    name: `check-${name}`,
    text: `with subject as (${scope}) select * from (${sql}) as fault`,
    values: [...values, ...more],
  };
}
