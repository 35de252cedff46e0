import type { Actor } from '../auth/actor.ts';
import { type Database, read } from '../kernel/db/database.ts';
import type { Prisma } from '../kernel/db/generated/prisma/client.ts';
import type { Money } from '../kernel/money.ts';

/** The part of a where clause that keeps a reader to the recipients of his merchant, or of his shop. */
export function visibleRecipients(actor: Actor): Prisma.RecipientWhereInput {
  const ofMerchant = { merchantId: actor.merchantId };
  return actor.shopId === undefined ? ofMerchant : { ...ofMerchant, shares: { some: { shopId: actor.shopId } } };
}

/** Reads what a recipient has, by currency. */
export async function readRecipientBalances(database: Database, recipientId: string): Promise<Money[]> {
  return read<Money>(database, {
    name: 'read-recipient-balances',
    text: `
      select b.amount, a.currency from account a join account_balance b on b.account_id = a.id
      where a.kind = 'RECIPIENT' and a.owner = $1::text order by a.currency`,
    values: [recipientId],
  });
}
