import type { Tx } from '../../kernel/db/database.ts';
import type { RefusedOperation } from '../model.ts';

/** Writes refused operations. */
export async function insertRefusals(
  tx: Tx,
  rows: readonly (RefusedOperation & { readonly id: string; readonly at: Date })[],
): Promise<void> {
  await tx.query({
    name: 'insert-refusals',
    text: `
      insert into refused_operation (id, at, merchant_id, shop_id, api_key_id, operation, code, message, idempotency_key,
        subject)
      select * from unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::uuid[], $5::uuid[], $6::text[], $7::text[],
        $8::text[], $9::text[], $10::text[])`,
    values: [
      rows.map((row) => row.id),
      rows.map((row) => row.at),
      rows.map((row) => row.actor.merchantId),
      rows.map((row) => row.shopId ?? null),
      rows.map((row) => row.actor.keyId),
      rows.map((row) => row.operation),
      rows.map((row) => row.refusal.code),
      rows.map((row) => row.refusal.message),
      rows.map((row) => row.idempotencyKey ?? null),
      rows.map((row) => row.subject ?? null),
    ],
  });
}
