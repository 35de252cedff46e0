import type { Log } from '../kernel/log.ts';
import { type HintBus, listenForHints, type SharedHints } from './listen-hints.ts';
import type { NatsServers } from './parse-nats-url.ts';
import { relayHints } from './relay-hints.ts';

export type HintSettings = {
  /** What carries hints between processes; PostgreSQL when undefined. */
  readonly nats: NatsServers | undefined;
  readonly databaseUrl: string;
};

/** Opens what carries hints between processes, as the settings say: one connection for all of this process. */
export function openHints({ nats, databaseUrl }: HintSettings, log: Log): HintBus & SharedHints {
  return nats ? relayHints({ nats, log }) : listenForHints({ url: databaseUrl, log });
}
