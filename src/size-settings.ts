import { z } from 'zod';
import { eventsPerRead } from './realtime/model.ts';

/** How much of a kind one process holds or does at a time. */
export type Sizes = {
  /** Connections to the database for writing; for reading there are as many. */
  readonly databasePool: number;
  /** After how many seconds without use a connection to the database is closed. */
  readonly databaseIdleSeconds: number;
  /** Megabytes in which the embedded database keeps pages; 0 is by the memory of the machine. */
  readonly databaseBuffersMb: number;
  /** Open connections of clients; 0 is without end. */
  readonly connections: number;
  /** For how many seconds a gateway that is told to stop serves on, not ready any more. */
  readonly stopDelaySeconds: number;
  /** What one key may have open, subscriptions and WebSockets; 0 is without end. */
  readonly openPerKey: number;
  readonly feed: {
    /** Events of each followed shop that are kept in memory. */
    readonly recentMax: number;
    /** Events that are kept in memory in all. */
    readonly memoryMax: number;
    /** Events that a subscriber who was up to date may be behind before he is cut off. */
    readonly lagMax: number;
    /** How late an event of another process may be when its hint was lost, in milliseconds. */
    readonly sweepEveryMs: number;
  };
  readonly atATime: AtATime;
};

/** How many jobs of a kind the background work does at a time. */
type AtATime = {
  readonly own: number;
  readonly toShops: number;
  readonly mails: number;
  readonly files: number;
};

/** A setting that is a whole number in a range. */
export function wholeNumber({
  min,
  max,
  usual,
}: {
  readonly min: number;
  readonly max: number;
  readonly usual: number;
}) {
  return z
    .string()
    .regex(/^\d{1,7}$/, `must be a whole number from ${min} to ${max}`)
    .transform(Number)
    .refine((number) => number >= min && number <= max, `must be a whole number from ${min} to ${max}`)
    .default(usual);
}

/** The settings of sizes; docs/limits.md tells when to change them. */
export const sizeSettings = {
  DATABASE_POOL_SIZE: wholeNumber({ min: 2, max: 200, usual: 10 }),
  DATABASE_IDLE_SECONDS: wholeNumber({ min: 1, max: 86_400, usual: 600 }),
  DATABASE_BUFFERS_MB: wholeNumber({ min: 0, max: 65_536, usual: 0 }),
  CONNECTIONS_MAX: wholeNumber({ min: 0, max: 1_000_000, usual: 0 }),
  STOP_DELAY_SECONDS: wholeNumber({ min: 0, max: 60, usual: 0 }),
  OPEN_PER_KEY: wholeNumber({ min: 0, max: 1_000_000, usual: 50_000 }),
  FEED_RECENT_MAX: wholeNumber({ min: 1, max: 100_000, usual: 1_000 }),
  FEED_MEMORY_MAX: wholeNumber({ min: 1_000, max: 9_999_999, usual: 200_000 }),
  // Of fewer than are read at once even who is up to date would seem to be behind.
  FEED_LAG_MAX: wholeNumber({ min: eventsPerRead, max: 1_000_000, usual: 10_000 }),
  FEED_SWEEP_MS: wholeNumber({ min: 50, max: 60_000, usual: 1_000 }),
  JOBS_AT_A_TIME: wholeNumber({ min: 1, max: 500, usual: 30 }),
  // A dead shop holds a call for 15 seconds, and there may be several dead ones.
  WEBHOOKS_AT_A_TIME: wholeNumber({ min: 1, max: 1_000, usual: 50 }),
  // A mail server takes few connections at once from one sender, and a dead one holds each for a time.
  MAILS_AT_A_TIME: wholeNumber({ min: 1, max: 100, usual: 5 }),
  // A large file takes a core for itself, which payments need too.
  REPORTS_AT_A_TIME: wholeNumber({ min: 1, max: 32, usual: 2 }),
};

/** The sizes by what they are the size of. */
export function sizesOf(data: Readonly<Record<keyof typeof sizeSettings, number>>): Sizes {
  return {
    databasePool: data.DATABASE_POOL_SIZE,
    databaseIdleSeconds: data.DATABASE_IDLE_SECONDS,
    databaseBuffersMb: data.DATABASE_BUFFERS_MB,
    connections: data.CONNECTIONS_MAX,
    stopDelaySeconds: data.STOP_DELAY_SECONDS,
    openPerKey: data.OPEN_PER_KEY,
    feed: {
      recentMax: data.FEED_RECENT_MAX,
      memoryMax: data.FEED_MEMORY_MAX,
      lagMax: data.FEED_LAG_MAX,
      sweepEveryMs: data.FEED_SWEEP_MS,
    },
    atATime: {
      own: data.JOBS_AT_A_TIME,
      toShops: data.WEBHOOKS_AT_A_TIME,
      mails: data.MAILS_AT_A_TIME,
      files: data.REPORTS_AT_A_TIME,
    },
  };
}
