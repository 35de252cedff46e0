import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import { type JobHandlers, textOf } from '../kernel/jobs/handler.ts';
import type { ShopFinder } from '../shops/find-shop.ts';
import { expireProfile } from './expire-profile.ts';
import { expireProfileTimer } from './model.ts';

/** What stored instruments do later: end with the last month of their card. */
export function profileJobs(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly shops: ShopFinder;
}): JobHandlers {
  return { [expireProfileTimer]: (payload) => expireProfile(deps, textOf(payload, 'subject')) };
}
