import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';

/** What importing statements needs. */
export type TransferDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  /** Our accounts, as IBANs: statements of others are refused. */
  readonly accounts: readonly string[];
  /** Where statements are put to be imported; undefined: operators alone import them. */
  readonly folder: string | undefined;
};
