import { type Database, read } from '../kernel/db/database.ts';
import { isUuid } from '../kernel/ids.ts';
import type { StoredCard, Wallet } from './model.ts';

/** Finds a card of the sandbox by its token, if it is this merchant's. */
export async function findCard(database: Database, token: string, merchantId: string): Promise<StoredCard | undefined> {
  if (!isUuid(token)) return undefined;
  const [row] = await read<StoredCard & { readonly wallet: Wallet | null }>(database, {
    name: 'find-sandbox-card',
    text: `
      select token, brand, last4, expiry_month as "expiryMonth", expiry_year as "expiryYear", outcome, wallet
      from sandbox_card where token = $1::uuid and merchant_id = $2::text`,
    values: [token, merchantId],
  });
  return row && { ...row, wallet: row.wallet ?? undefined };
}
