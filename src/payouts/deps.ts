import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';

/** What paying out needs. */
export type PayoutDeps = { readonly database: Database; readonly clock: Clock; readonly log: Log };
