import type { Tx } from '../../kernel/db/database.ts';
import type { Currency } from '../../kernel/db/generated/prisma/enums.ts';

/** What we owe a shop in one currency, in minor units; negative when it owes us. */
export type ShopBalance = { readonly shopId: string; readonly currency: Currency; readonly amount: bigint };

/** Reads the balances of shops in all currencies, inside a transaction whose shops are locked. */
export async function readBalances(tx: Tx, shopIds: readonly string[]): Promise<ShopBalance[]> {
  return tx.query<ShopBalance>({
    name: 'read-shop-balances',
    text: `
      select a.owner as "shopId", a.currency, b.amount
      from account a join account_balance b on b.account_id = a.id
      where a.kind = 'SHOP' and a.owner = any($1::text[])`,
    values: [[...new Set(shopIds)]],
  });
}
