import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { AcquirerNotification } from '../port.ts';
import type { Behaviour } from './model.ts';

/** Brings a notification to the gateway, by the way it would take from a real acquirer; throws when it was not taken. */
export type Deliver = (acquirerName: string, notification: AcquirerNotification) => Promise<void>;

/** What a simulated acquirer is made of. */
export type SandboxDeps = {
  readonly database: Database;
  readonly clock: Clock;
  /** Signs the notifications. */
  readonly secret: string;
  readonly deliver: Deliver;
  /** Where payers reach the pages of simulated banks, without a slash at the end. */
  readonly publicUrl: string;
};

/** The parts, and how this one acquirer behaves. */
export type Simulation = SandboxDeps & { readonly behaviour: Behaviour };
