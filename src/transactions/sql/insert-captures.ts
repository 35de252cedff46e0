import type { Tx } from '../../kernel/db/database.ts';
import type { Currency } from '../../kernel/db/generated/prisma/enums.ts';

/** The capture that a settlement makes for a method without authorisation: exactly one, settled at once. */
export type SettledCapture = {
  readonly id: string;
  readonly shopId: string;
  readonly transactionId: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly at: Date;
};

/** Writes captures that were made with the settlement; their key is their transaction, so there is one of each. */
export async function insertSettledCaptures(tx: Tx, captures: readonly SettledCapture[]): Promise<void> {
  if (captures.length === 0) return;
  await tx.query({
    name: 'insert-settled-captures',
    text: `
      insert into capture (id, shop_id, transaction_id, idempotency_key, input_hash, status, amount, currency, created_at,
        updated_at, settled_at)
      select i.id, i.shop_id, i.transaction_id, 'settlement:' || i.transaction_id, ''::bytea, 'SETTLED', i.amount,
        i.currency, i.at, i.at, i.at
      from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::bigint[], $5::currency[], $6::timestamptz[])
        as i (id, shop_id, transaction_id, amount, currency, at)`,
    values: [
      captures.map((capture) => capture.id),
      captures.map((capture) => capture.shopId),
      captures.map((capture) => capture.transactionId),
      captures.map((capture) => capture.amount),
      captures.map((capture) => capture.currency),
      captures.map((capture) => capture.at),
    ],
  });
}
