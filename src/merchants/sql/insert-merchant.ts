import type { Tx } from '../../kernel/db/database.ts';
import type { Merchant } from '../../kernel/db/generated/prisma/client.ts';

/** Writes a new merchant. */
export async function insertMerchant(
  tx: Tx,
  merchant: Pick<Merchant, 'id' | 'status' | 'legalForm' | 'name' | 'nip' | 'createdAt'>,
): Promise<void> {
  await tx.query({
    name: 'insert-merchant',
    text: `
      insert into merchant (id, status, legal_form, name, nip, created_at, updated_at)
      values ($1::text, $2::merchant_status, $3::legal_form, $4::text, $5::text, $6::timestamptz, $6::timestamptz)`,
    values: [merchant.id, merchant.status, merchant.legalForm, merchant.name, merchant.nip, merchant.createdAt],
  });
}
