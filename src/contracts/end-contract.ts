import { appendEntry } from '../audit/sql/append-entry.ts';
import { inTransaction } from '../kernel/db/database.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { moveMerchant } from '../merchants/sql/move-merchant.ts';
import type { ContractDeps } from './deps.ts';
import { timers } from './model.ts';
import { refuseSubmittedShops } from './refuse-shops.ts';
import { lockMerchant, readContract } from './store.ts';

/**
 * Ends a contract whose notice is over: its shops take no new payments any more, while payouts go on, and refunds that balances
 * cover; shops that wait for their review are refused. Safe to repeat.
 */
export async function endContract(deps: ContractDeps, merchantId: string): Promise<void> {
  const shops = await inTransaction(deps.database, async (tx) => {
    const locked = await lockMerchant(tx, merchantId);
    const endsAt = (await readContract(tx, merchantId))?.endsAt;
    if (locked?.merchant.status !== 'NOTICE' || !endsAt) return [];
    const { id, clockOffsetMs } = locked.merchant;
    const at = deps.clock.now({ clockOffsetMs: Number(clockOffsetMs) });
    if (endsAt > at) {
      // A sandbox clock may have been set back since the timer was due.
      await setTimers(tx, [{ kind: timers.endContract, subject: id, merchantId: id, dueAt: endsAt }]);
      return [];
    }
    await moveMerchant(tx, { id, from: 'NOTICE', to: 'TERMINATED', reason: null, dueAt: null, at });
    const refused = await refuseSubmittedShops(tx, locked, { reason: 'The contract has ended.', at });
    const what = { actor: 'gateway', action: 'TERMINATE', subject: `merchant:${id}` };
    await appendEntry(tx, { at, merchantId: id, ...what, data: { endsAt, refused } });
    return locked.shops;
  });
  for (const { id } of shops) deps.shops.forget(id);
}
