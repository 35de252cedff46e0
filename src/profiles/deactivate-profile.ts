import { type Actor, requireScope } from '../auth/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Database, inTransaction } from '../kernel/db/database.ts';
import type { Profile } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { appendEvents, lockShops } from '../kernel/events/append-events.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import type { ShopFinder } from '../shops/find-shop.ts';
import { profileFact } from './events.ts';
import { findVisibleProfile } from './find-profile.ts';
import { appsOf, expireProfileTimer, withApps } from './model.ts';
import { moveProfile, writeApps } from './sql/move-profile.ts';
import { readProfiles } from './store.ts';

/**
 * Ends a stored instrument: it cannot be charged any more. Charges that have begun go on. One that is not active stays as it
 * is, so repeating the call changes nothing. Of a BLIK alias that several bank apps hold, one alone can be taken out.
 * @throws Forbidden without the scope `payments:write`; NotFound, also for an app that does not hold the alias.
 */
export async function deactivateProfile(
  deps: { readonly database: Database; readonly clock: Clock; readonly shops: ShopFinder },
  actor: Actor,
  { profileId, appKey }: { readonly profileId: string; readonly appKey?: string | undefined },
): Promise<Profile> {
  requireScope(actor, 'payments:write');
  const { profile: found, shop } = await findVisibleProfile(deps, actor, { id: profileId, field: ['profileId'] });
  return inTransaction(deps.database, async (tx) => {
    await lockShops(tx, [shop.id]);
    const [profile = found] = await readProfiles(tx, [found.id]);
    if (profile.status !== 'ACTIVE') return profile;
    const now = deps.clock.now(shop);
    const apps = appsOf(profile);
    if (appKey !== undefined && !apps.some(({ key }) => key === appKey)) {
      throw new NotFound('No bank app with this key holds the alias; read the profile for those that do.', ['appKey']);
    }
    const left = apps.filter(({ key }) => key !== appKey);
    if (appKey !== undefined && left.length > 0) {
      const smaller: Profile = { ...profile, ...withApps(profile, left), updatedAt: now };
      await writeApps(tx, smaller);
      return smaller;
    }
    const ended: Profile = { ...profile, status: 'DEACTIVATED', updatedAt: now };
    await moveProfile(tx, ended);
    await clearTimers(tx, [{ kind: expireProfileTimer, subject: profile.id }]);
    await appendEvents(tx, [profileFact(ended, now)]);
    return ended;
  });
}
