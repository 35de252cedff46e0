import { type Actor, requireScope } from '../auth/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Database, inTransaction } from '../kernel/db/database.ts';
import type { Profile } from '../kernel/db/generated/prisma/client.ts';
import { appendEvents, lockShops } from '../kernel/events/append-events.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import type { ShopFinder } from '../shops/find-shop.ts';
import { profileFact } from './events.ts';
import { findVisibleProfile } from './find-profile.ts';
import { expireProfileTimer } from './model.ts';
import { moveProfile } from './sql/move-profile.ts';
import { readProfiles } from './store.ts';

/**
 * Ends a stored instrument: it cannot be charged any more. Charges that have begun go on. One that is not active stays as it
 * is, so repeating the call changes nothing.
 * @throws Forbidden without the scope `payments:write`; NotFound.
 */
export async function deactivateProfile(
  deps: { readonly database: Database; readonly clock: Clock; readonly shops: ShopFinder },
  actor: Actor,
  profileId: string,
): Promise<Profile> {
  requireScope(actor, 'payments:write');
  const { profile: found, shop } = await findVisibleProfile(deps, actor, profileId);
  return inTransaction(deps.database, async (tx) => {
    await lockShops(tx, [shop.id]);
    const [profile = found] = await readProfiles(tx, [found.id]);
    if (profile.status !== 'ACTIVE') return profile;
    const now = deps.clock.now(shop);
    const ended: Profile = { ...profile, status: 'DEACTIVATED', updatedAt: now };
    await moveProfile(tx, ended);
    await clearTimers(tx, [{ kind: expireProfileTimer, subject: profile.id }]);
    await appendEvents(tx, [profileFact(ended, now)]);
    return ended;
  });
}
