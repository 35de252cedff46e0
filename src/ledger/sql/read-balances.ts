import { type Database, read, type Tx } from '../../kernel/db/database.ts';
import type { Currency } from '../../kernel/db/generated/prisma/enums.ts';
import type { Money } from '../../kernel/money.ts';

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

/** Reads what each of these shops or recipients has now, by currency, in the order in which they are asked for. */
export async function readPresentBalances(
  database: Database,
  kind: 'SHOP' | 'RECIPIENT',
  owners: readonly string[],
): Promise<readonly (readonly Money[])[]> {
  const rows = await read<Money & { readonly owner: string }>(database, {
    name: 'read-present-balances',
    text: `
      select a.owner, b.amount, a.currency from account a join account_balance b on b.account_id = a.id
      where a.kind = $1::account_kind and a.owner = any($2::text[]) order by a.currency`,
    values: [kind, owners],
  });
  const balances = Map.groupBy(rows, ({ owner }) => owner);
  return owners.map((owner) => balances.get(owner) ?? []);
}
