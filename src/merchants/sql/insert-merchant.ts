import type { Tx } from '../../kernel/db/database.ts';
import type { Merchant } from '../../kernel/db/generated/prisma/client.ts';

type Known = Pick<Merchant, 'id' | 'status' | 'legalForm' | 'name' | 'nip' | 'createdAt'>;
type Told = Pick<Merchant, 'regon' | 'email' | 'street' | 'city' | 'postalCode'>;

/** Writes a new merchant; what is not given of him stays empty. */
export async function insertMerchant(tx: Tx, merchant: Known & Partial<Told>): Promise<void> {
  await tx.query({
    name: 'insert-merchant',
    text: `
      insert into merchant (id, status, legal_form, name, nip, created_at, updated_at, regon, email, street, city,
        postal_code)
      values ($1::text, $2::merchant_status, $3::legal_form, $4::text, $5::text, $6::timestamptz, $6::timestamptz,
        $7::text, $8::text, $9::text, $10::text, $11::text)`,
    values: [
      merchant.id,
      merchant.status,
      merchant.legalForm,
      merchant.name,
      merchant.nip,
      merchant.createdAt,
      merchant.regon ?? null,
      merchant.email ?? null,
      merchant.street ?? null,
      merchant.city ?? null,
      merchant.postalCode ?? null,
    ],
  });
}
