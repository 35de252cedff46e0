import type { KeyMode } from '../auth/model.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import type { SharedCount } from '../kernel/limits.ts';
import type { Seal } from '../kernel/seal.ts';
import type { ShopFinder } from '../shops/find-shop.ts';

/** What the verbs of contracts are given. */
export type ContractDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly seal: Seal;
  readonly shops: ShopFinder;
  /** Which prefix the first API key gets. */
  readonly keyMode: KeyMode;
  /** After how many working hours a signed application, or a submitted shop, becomes active by itself. */
  readonly activationHours: number;
  /** After how many whole business days a change of the payout account is in force. */
  readonly coolingDays: number;
  /** The secret of an applicant, the same each time it is asked for, so that a repeated call gets it again. */
  readonly secretOf: (merchantId: string) => string;
  /** Counts new applications by address. */
  readonly applications: SharedCount;
};
