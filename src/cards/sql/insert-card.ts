import type { Tx } from '../../kernel/db/database.ts';
import type { StoredCard } from '../model.ts';

/** Writes a card of the sandbox. */
export async function insertCard(
  tx: Tx,
  card: StoredCard,
  owner: { readonly merchantId: string; readonly at: Date },
): Promise<void> {
  await tx.query({
    name: 'insert-sandbox-card',
    text: `
      insert into sandbox_card (token, merchant_id, brand, last4, expiry_month, expiry_year, outcome, wallet, created_at)
      values ($1::uuid, $2::text, $3::text, $4::text, $5::int, $6::int, $7::text, $8::text, $9::timestamptz)`,
    values: [
      card.token,
      owner.merchantId,
      card.brand,
      card.last4,
      card.expiryMonth,
      card.expiryYear,
      card.outcome,
      card.wallet ?? null,
      owner.at,
    ],
  });
}
