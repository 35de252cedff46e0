import { isPast } from '../cards/model.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Database, inTransaction } from '../kernel/db/database.ts';
import { appendEvents, lockShops } from '../kernel/events/append-events.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import type { ShopFinder } from '../shops/find-shop.ts';
import { profileFact } from './events.ts';
import { cardOf, expireProfileTimer, expiryCheckAt } from './model.ts';
import { moveProfile } from './sql/move-profile.ts';
import { readProfiles } from './store.ts';

/** Ends a stored card whose last month is over. Safe to repeat. */
export async function expireProfile(
  deps: { readonly database: Database; readonly clock: Clock; readonly shops: ShopFinder },
  profileId: string,
): Promise<void> {
  const [found] = await inTransaction(deps.database, (tx) => readProfiles(tx, [profileId]));
  const shop = found && (await deps.shops.find(found.shopId));
  if (!shop) return;
  await inTransaction(deps.database, async (tx) => {
    await lockShops(tx, [shop.id]);
    const [profile] = await readProfiles(tx, [profileId]);
    const card = profile && cardOf(profile);
    if (profile?.status !== 'ACTIVE' || !card) return;
    const now = deps.clock.now(shop);
    if (!isPast(card.expiry, now)) {
      // A sandbox clock may have been set back since the timer was due.
      const timer = { kind: expireProfileTimer, subject: profileId, merchantId: shop.merchantId };
      return setTimers(tx, [{ ...timer, dueAt: expiryCheckAt(card) }]);
    }
    const ended = { ...profile, status: 'EXPIRED', updatedAt: now } as const;
    await moveProfile(tx, ended);
    await appendEvents(tx, [profileFact(ended, now)]);
  });
}
