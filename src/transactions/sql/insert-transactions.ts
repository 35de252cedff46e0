import type { Tx } from '../../kernel/db/database.ts';
import type { Transaction } from '../../kernel/db/generated/prisma/client.ts';

/** Writes new attempts. The unique indexes refuse a second live attempt on one payment, a key used before, and an
 * account number that another attempt has. */
export async function insertTransactions(tx: Tx, transactions: readonly Transaction[]): Promise<void> {
  if (transactions.length === 0) return;
  await tx.query({
    name: 'insert-transactions',
    text: `
      insert into transaction (id, shop_id, payment_id, source, idempotency_key, input_hash, method, channel, acquirer,
        status, amount, currency, profile_id, next_step, transfer_account, return_url, payer_ip, address_seen, created_at,
        updated_at)
      select *, i.created_at from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::transaction_source[], $5::text[], $6::bytea[],
        $7::payment_method[], $8::text[], $9::text[], $10::transaction_status[], $11::bigint[], $12::currency[], $13::uuid[],
        $14::jsonb[], $15::text[], $16::text[], $17::text[], $18::boolean[], $19::timestamptz[]) as i (id, shop_id, payment_id, source,
        idempotency_key, input_hash, method, channel, acquirer, status, amount, currency, profile_id, next_step, transfer_account,
        return_url, payer_ip, address_seen, created_at)`,
    values: [
      transactions.map((transaction) => transaction.id),
      transactions.map((transaction) => transaction.shopId),
      transactions.map((transaction) => transaction.paymentId),
      transactions.map((transaction) => transaction.source),
      transactions.map((transaction) => transaction.idempotencyKey),
      transactions.map((transaction) => Buffer.from(transaction.inputHash)),
      transactions.map((transaction) => transaction.method),
      transactions.map((transaction) => transaction.channel),
      transactions.map((transaction) => transaction.acquirer),
      transactions.map((transaction) => transaction.status),
      transactions.map((transaction) => transaction.amount),
      transactions.map((transaction) => transaction.currency),
      transactions.map((transaction) => transaction.profileId),
      transactions.map(({ nextStep }) => (nextStep === null ? null : JSON.stringify(nextStep))),
      transactions.map((transaction) => transaction.transferAccount),
      transactions.map((transaction) => transaction.returnUrl),
      transactions.map((transaction) => transaction.payerIp),
      transactions.map((transaction) => transaction.addressSeen),
      transactions.map((transaction) => transaction.createdAt),
    ],
  });
}
