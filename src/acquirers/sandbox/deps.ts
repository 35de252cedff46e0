import type { Lane } from '../../kernel/batch.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Database } from '../../kernel/db/database.ts';
import type { AcquirerNotification } from '../port.ts';
import type { Behaviour, OrderEnd, SandboxOrder, Script } from './model.ts';

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
export type SandboxParts = SandboxDeps & { readonly behaviour: Behaviour };

/** Asks for the end of an order: undefined when there is none, or when it was stopped or released before. */
export type Finish = {
  readonly reference: string;
  readonly endOf: (script: Script, order: SandboxOrder) => OrderEnd;
};

/** A simulated acquirer at work: what comes at the same time it does in one go, as many orders do. */
export type Simulation = SandboxParts & {
  readonly accepting: Lane<SandboxOrder, SandboxOrder>;
  readonly finishing: Lane<Finish, SandboxOrder | undefined>;
};
