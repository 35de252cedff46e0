import type { Database } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';
import { createEventFeed, type EventFeed, type FeedOptions } from './follow-events.ts';
import { listenForHints } from './listen-hints.ts';
import type { NatsServers } from './parse-nats-url.ts';
import { relayHints } from './relay-hints.ts';

export type FeedSettings = {
  /** What carries hints between processes; PostgreSQL when undefined. */
  readonly nats: NatsServers | undefined;
  readonly sizes: { readonly feed: Required<Pick<FeedOptions, 'recentMax' | 'lagMax' | 'sweepEveryMs'>> };
};

/** Opens the feed of a process as the settings say. */
export function openEventFeed(
  { nats, sizes }: FeedSettings,
  { database, log }: { readonly database: Database; readonly log: Log },
): EventFeed {
  const hints = nats ? relayHints({ nats, log }) : listenForHints({ url: database.url, log });
  return createEventFeed({ database, log, hints, ...sizes.feed });
}
