import type { Tx } from '../../kernel/db/database.ts';
import type { ProfileWish } from '../../kernel/db/generated/prisma/client.ts';

/** Takes out what was to be stored after these attempts; those that store nothing have none. */
export async function takeWishes(tx: Tx, transactionIds: readonly string[]): Promise<ProfileWish[]> {
  if (transactionIds.length === 0) return [];
  return tx.query<ProfileWish>({
    name: 'take-profile-wishes',
    text: `
      delete from profile_wish where transaction_id = any($1::uuid[])
      returning transaction_id as "transactionId", shop_id as "shopId", customer_id as "customerId", kind, method, label,
        token, details`,
    values: [transactionIds],
  });
}
