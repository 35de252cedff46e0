import { appendEntry } from '../audit/sql/append-entry.ts';
import { inTransaction } from '../kernel/db/database.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { findShopOwner } from '../shops/store.ts';
import type { ContractDeps } from './deps.ts';
import { timers } from './model.ts';
import { openShop } from './open-shop.ts';
import { lockMerchant, readContract } from './store.ts';

/**
 * Opens a submitted shop once its working hours are over. Safe to repeat; one that is held or refused by then is left alone,
 * and so is one whose merchant has no running contract.
 */
export async function activateShop(deps: ContractDeps, shopId: string): Promise<void> {
  await inTransaction(deps.database, async (tx) => {
    const merchantId = await findShopOwner(tx, shopId);
    const locked = merchantId === undefined ? undefined : await lockMerchant(tx, merchantId);
    const shop = locked?.shops.find(({ id }) => id === shopId);
    if (!locked || shop?.status !== 'SUBMITTED' || shop.heldReason !== null) return;
    const { id, status, clockOffsetMs } = locked.merchant;
    if (status !== 'ACTIVE' && status !== 'NOTICE') return;
    const at = deps.clock.now({ clockOffsetMs: Number(clockOffsetMs) });
    if (shop.reviewDueAt !== null && shop.reviewDueAt > at) {
      // A sandbox clock may have been set back since the timer was due.
      const timer = { kind: timers.activateShop, subject: shopId, merchantId: id, dueAt: shop.reviewDueAt };
      await setTimers(tx, [timer]);
      return;
    }
    await openShop(tx, deps, { shop, signedAt: (await readContract(tx, id))?.signedAt ?? null, at });
    const what = { actor: 'gateway', action: 'ACTIVATE_SHOP', subject: `shop:${shopId}` };
    await appendEntry(tx, { at, merchantId: id, ...what, data: {} });
  });
  deps.shops.forget(shopId);
}
