import type { Tx } from '../../kernel/db/database.ts';
import type { ProfileWish } from '../../kernel/db/generated/prisma/client.ts';

/** Keeps what payers want stored until their attempts are decided. */
export async function insertWishes(tx: Tx, wishes: readonly ProfileWish[]): Promise<void> {
  if (wishes.length === 0) return;
  await tx.query({
    name: 'insert-profile-wishes',
    text: `
      insert into profile_wish (transaction_id, shop_id, customer_id, kind, method, label, token, details)
      select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::profile_kind[], $5::payment_method[], $6::text[],
        $7::text[], $8::jsonb[])`,
    values: [
      wishes.map((wish) => wish.transactionId),
      wishes.map((wish) => wish.shopId),
      wishes.map((wish) => wish.customerId),
      wishes.map((wish) => wish.kind),
      wishes.map((wish) => wish.method),
      wishes.map((wish) => wish.label),
      wishes.map((wish) => wish.token),
      wishes.map((wish) => JSON.stringify(wish.details)),
    ],
  });
}
