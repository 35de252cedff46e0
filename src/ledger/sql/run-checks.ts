import type { Statement } from '../../kernel/db/database.ts';
import type { Check } from '../model.ts';

/** What is looked at, of a whole ledger. */
export const everything = {
  posting: 'select * from posting',
  transaction: 'select id from transaction',
  payment: 'select id from payment',
  payout: 'select id from payout',
  account: 'select id from account',
} as const;

/** Makes the statement of a check on everything of a kind. */
export function checkAll(check: Check, kind: keyof typeof everything): Statement {
  return statementOf(check, everything[kind], []);
}

/** Makes the statement of a check on the postings with numbers above `after` and up to `through`. */
export function checkPostings(check: Check, range: { readonly after: bigint; readonly through: bigint }): Statement {
  const place = (check.values?.length ?? 0) + 1;
  const scope = `select * from posting where id > $${place}::bigint and id <= $${place + 1}::bigint`;
  return statementOf(check, scope, [range.after, range.through]);
}

/** Makes the statement of a check on transactions, payments, payouts or accounts by their ids. */
export function checkSome(check: Check, type: 'uuid' | 'bigint', ids: readonly unknown[]): Statement {
  const place = (check.values?.length ?? 0) + 1;
  return statementOf(check, `select unnest($${place}::${type}[]) as id`, [ids]);
}

function statementOf({ name, sql, values = [] }: Check, scope: string, more: readonly unknown[]): Statement {
  return {
    name: `check-${name}`,
    text: `with subject as (${scope}) select * from (${sql}) as fault`,
    values: [...values, ...more],
  };
}
