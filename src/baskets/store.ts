import type { Actor } from '../auth/actor.ts';
import { type Database, read } from '../kernel/db/database.ts';
import type { Prisma } from '../kernel/db/generated/prisma/client.ts';
import type { Money } from '../kernel/money.ts';

/** The part of a where clause that keeps a reader to the recipients of his merchant, or of his shop. */
export function visibleRecipients(actor: Actor): Prisma.RecipientWhereInput {
  const ofMerchant = { merchantId: actor.merchantId };
  return actor.shopId === undefined ? ofMerchant : { ...ofMerchant, shares: { some: { shopId: actor.shopId } } };
}

/** Reads what each of these recipients has, by currency, in the order in which they are asked for. */
export async function readRecipientBalances(
  database: Database,
  recipientIds: readonly string[],
): Promise<readonly (readonly Money[])[]> {
  const rows = await read<Money & { readonly recipientId: string }>(database, {
    name: 'read-recipient-balances',
    text: `
      select a.owner as "recipientId", b.amount, a.currency from account a join account_balance b on b.account_id = a.id
      where a.kind = 'RECIPIENT' and a.owner = any($1::text[]) order by a.currency`,
    values: [recipientIds],
  });
  const balances = Map.groupBy(rows, (row) => row.recipientId);
  return recipientIds.map((id) => balances.get(id) ?? []);
}
