import { appendEntry } from '../audit/sql/append-entry.ts';
import { inTransaction } from '../kernel/db/database.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { moveMerchant } from '../merchants/sql/move-merchant.ts';
import type { ContractDeps } from './deps.ts';
import { timers } from './model.ts';
import { openShop } from './open-shop.ts';
import { lockMerchant, readContract } from './store.ts';

/**
 * Lets a signed contract take effect once its working hours are over: the merchant and his first shop become ACTIVE. Safe to
 * repeat; one that is held or refused by then is left alone.
 */
export async function activateMerchant(deps: ContractDeps, merchantId: string): Promise<void> {
  const opened = await inTransaction(deps.database, async (tx) => {
    const locked = await lockMerchant(tx, merchantId);
    if (locked?.merchant.status !== 'SIGNED' || locked.merchant.heldReason !== null) return [];
    const { id, reviewDueAt, clockOffsetMs } = locked.merchant;
    const at = deps.clock.now({ clockOffsetMs: Number(clockOffsetMs) });
    if (reviewDueAt !== null && reviewDueAt > at) {
      // A sandbox clock may have been set back since the timer was due.
      const timer = { kind: timers.activateMerchant, subject: id, merchantId: id, dueAt: reviewDueAt };
      await setTimers(tx, [timer]);
      return [];
    }
    await moveMerchant(tx, { id, from: 'SIGNED', to: 'ACTIVE', reason: null, dueAt: null, at });
    const signedAt = (await readContract(tx, id))?.signedAt ?? null;
    const shops = locked.shops.filter(({ status }) => status === 'SUBMITTED');
    for (const shop of shops) await openShop(tx, deps, { shop, signedAt, at });
    await appendEntry(tx, {
      ...{ at, merchantId: id, actor: 'gateway', action: 'ACTIVATE', subject: `merchant:${id}` },
      data: { shops: shops.map((shop) => shop.id) },
    });
    return shops;
  });
  for (const { id } of opened) deps.shops.forget(id);
}
