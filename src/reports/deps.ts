import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';
import type { ShopFinder } from '../shops/find-shop.ts';

/** What reports need. */
export type ReportDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly shops: ShopFinder;
  /** Where the gateway is reached, without a slash at the end. */
  readonly publicUrl: string;
  /** Whether mails are sent or, in the sandbox, kept. */
  readonly sendsMails: boolean;
  /** Signs the addresses of files; of no other use. */
  readonly addressSecret: string;
};
