import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { AcquirerNotification } from '../port.ts';

/** Brings a notification to the gateway, by the way it would take from a real acquirer; throws when it was not taken. */
export type Deliver = (acquirerName: string, notification: AcquirerNotification) => Promise<void>;

/** What the simulated bank is made of. */
export type SandboxBlikDeps = {
  readonly database: Database;
  readonly clock: Clock;
  /** Signs the notifications. */
  readonly secret: string;
  readonly deliver: Deliver;
};
