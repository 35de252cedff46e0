import type { AccountKind } from '../../kernel/db/generated/prisma/enums.ts';
import type { Snapshot } from '../../kernel/db/read-snapshot.ts';
import type { Currency } from '../../kernel/money.ts';

/** What the accounts of one kind and currency have together. */
export type KindTotal = { readonly currency: Currency; readonly kind: AccountKind; readonly amount: bigint };

/** Adds up all postings by kind of account and currency; kinds that nothing was posted to are left out. */
export function sumAccounts(snapshot: Snapshot): Promise<KindTotal[]> {
  return snapshot.query<KindTotal>({
    name: 'sum-accounts',
    text: `
      select a.currency, a.kind, sum(side.amount)::bigint as amount
      from (select to_id as account_id, sum(amount) as amount from posting group by to_id
        union all select from_id, -sum(amount) from posting group by from_id) as side
      join account a on a.id = side.account_id
      group by a.currency, a.kind order by a.currency, a.kind`,
    values: [],
  });
}
