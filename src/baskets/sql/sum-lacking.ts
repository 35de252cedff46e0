import type { Tx } from '../../kernel/db/database.ts';
import type { Currency } from '../../kernel/db/generated/prisma/enums.ts';

/** What recipients of a merchant lack together in one currency: what their balances are below zero, as an amount above it. */
export type Lacking = { readonly merchantId: string; readonly currency: Currency; readonly amount: bigint };

/** Sums what recipients of these merchants lack, in all currencies; where nobody lacks anything there is no row. */
export async function sumLacking(tx: Tx, merchantIds: readonly string[]): Promise<Lacking[]> {
  return tx.query<Lacking>({
    name: 'sum-lacking-of-recipients',
    // An index on balances below zero would be faster for merchants with thousands of recipients, and make every movement
    // of any balance write to it.
    text: `
      select r.merchant_id as "merchantId", a.currency, sum(-b.amount)::bigint as amount
      from recipient r
      join account a on a.kind = 'RECIPIENT' and a.owner = r.id::text
      join account_balance b on b.account_id = a.id
      where r.merchant_id = any($1::text[]) and b.amount < 0
      group by r.merchant_id, a.currency`,
    values: [[...new Set(merchantIds)]],
  });
}
