import type { Tx } from '../kernel/db/database.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { lockMerchants } from '../merchants/sql/lock-merchants.ts';
import { readShopIds } from './store.ts';

/**
 * Locks all shops of a merchant and then him (domain: lock order), so that nothing of his changes meanwhile and no sale
 * counts. What was read of him or his shops before may be old by then. Locks nothing when there is no such merchant.
 */
export async function lockMerchantWithShops(tx: Tx, merchantId: string): Promise<void> {
  await lockShops(tx, await readShopIds(tx, merchantId));
  await lockMerchants(tx, [merchantId]);
}
