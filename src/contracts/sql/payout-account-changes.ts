import type { Tx } from '../../kernel/db/database.ts';
import type { PayoutAccountChange } from '../../kernel/db/generated/prisma/client.ts';

const columns = `id, merchant_id as "merchantId", idempotency_key as "idempotencyKey", input_hash as "inputHash", currency,
  iban, status, in_force_from as "inForceFrom", created_at as "createdAt", updated_at as "updatedAt"`;

/** Finds the change that a merchant asked for under a key. */
export async function findChangeByKey(
  tx: Tx,
  merchantId: string,
  key: string,
): Promise<PayoutAccountChange | undefined> {
  const [row] = await tx.query<PayoutAccountChange>({
    name: 'find-payout-account-change-by-key',
    text: `select ${columns} from payout_account_change where merchant_id = $1::text and idempotency_key = $2::text`,
    values: [merchantId, key],
  });
  return row;
}

/** Reads a change. */
export async function readChange(tx: Tx, id: string): Promise<PayoutAccountChange | undefined> {
  const [row] = await tx.query<PayoutAccountChange>({
    name: 'read-payout-account-change',
    text: `select ${columns} from payout_account_change where id = $1::uuid`,
    values: [id],
  });
  return row;
}

/** Writes a new change; false when another of this currency waits already. */
export async function insertChange(tx: Tx, change: PayoutAccountChange): Promise<boolean> {
  const rows = await tx.query<{ id: string }>({
    name: 'insert-payout-account-change',
    text: `
      insert into payout_account_change (id, merchant_id, idempotency_key, input_hash, currency, iban, status,
        in_force_from, created_at, updated_at)
      values ($1::uuid, $2::text, $3::text, $4::bytea, $5::currency, $6::text, $7::payout_account_change_status,
        $8::timestamptz, $9::timestamptz, $10::timestamptz)
      on conflict (merchant_id, currency) where status = 'REQUESTED' do nothing
      returning id`,
    values: [
      ...[change.id, change.merchantId, change.idempotencyKey, change.inputHash, change.currency, change.iban],
      ...[change.status, change.inForceFrom, change.createdAt, change.updatedAt],
    ],
  });
  return rows.length === 1;
}

/** Ends a change that waits, by compare-and-set; false when it waits no more. */
export async function endChange(
  tx: Tx,
  { id, status, at }: { readonly id: string; readonly status: 'CANCELLED' | 'IN_FORCE'; readonly at: Date },
): Promise<boolean> {
  const rows = await tx.query<{ id: string }>({
    name: 'end-payout-account-change',
    text: `
      update payout_account_change set status = $2::payout_account_change_status, updated_at = $3::timestamptz
      where id = $1::uuid and status = 'REQUESTED'
      returning id`,
    values: [id, status, at],
  });
  return rows.length === 1;
}

/** Ends the account of a currency that is in force at a moment. */
export async function endPayoutAccount(
  tx: Tx,
  { merchantId, currency, inForceFrom }: Pick<PayoutAccountChange, 'merchantId' | 'currency' | 'inForceFrom'>,
): Promise<void> {
  await tx.query({
    name: 'end-payout-account',
    text: `
      update payout_account set valid_until = $3::timestamptz
      where merchant_id = $1::text and currency = $2::currency and valid_until is null`,
    values: [merchantId, currency, inForceFrom],
  });
}
