import type { Tx } from '../../kernel/db/database.ts';
import type { Refund } from '../../kernel/db/generated/prisma/client.ts';

/** Writes ordered refunds; a key that was used before is refused by a unique index. */
export async function insertRefunds(tx: Tx, refunds: readonly Refund[]): Promise<void> {
  if (refunds.length === 0) return;
  await tx.query({
    name: 'insert-refunds',
    text: `
      insert into refund (id, shop_id, transaction_id, idempotency_key, input_hash, status, amount, currency, note,
        created_at, updated_at)
      select *, i.created_at from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::bytea[], $6::movement_status[],
        $7::bigint[], $8::currency[], $9::text[], $10::timestamptz[])
        as i (id, shop_id, transaction_id, idempotency_key, input_hash, status, amount, currency, note, created_at)`,
    values: [
      refunds.map((refund) => refund.id),
      refunds.map((refund) => refund.shopId),
      refunds.map((refund) => refund.transactionId),
      refunds.map((refund) => refund.idempotencyKey),
      refunds.map((refund) => Buffer.from(refund.inputHash)),
      refunds.map((refund) => refund.status),
      refunds.map((refund) => refund.amount),
      refunds.map((refund) => refund.currency),
      refunds.map((refund) => refund.note),
      refunds.map((refund) => refund.createdAt),
    ],
  });
}
