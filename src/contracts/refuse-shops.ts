import type { Tx } from '../kernel/db/database.ts';
import { appendEvents } from '../kernel/events/append-events.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import { shopFact } from '../shops/events.ts';
import { moveShop } from '../shops/sql/move-shop.ts';
import { timers } from './model.ts';
import type { LockedMerchant } from './store.ts';

/**
 * Refuses all shops of a merchant that wait for their review, since there will be no contract for them, or none any more;
 * each is an event of the shop. Gives their ids.
 * @param refusal.reason what the merchant reads.
 */
export async function refuseSubmittedShops(
  tx: Tx,
  { shops }: Pick<LockedMerchant, 'shops'>,
  { reason, at }: { readonly reason: string | null; readonly at: Date },
): Promise<readonly string[]> {
  const ids = shops.filter(({ status }) => status === 'SUBMITTED').map(({ id }) => id);
  for (const id of ids) await moveShop(tx, { id, from: 'SUBMITTED', to: 'REFUSED', reason, at });
  await clearTimers(
    tx,
    ids.map((subject) => ({ kind: timers.activateShop, subject })),
  );
  await appendEvents(
    tx,
    ids.map((id) => shopFact({ id, status: 'REFUSED' }, at)),
  );
  return ids;
}
