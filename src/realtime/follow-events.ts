import type { Database, News } from '../kernel/db/database.ts';
import { readEvents, requireReplayable } from '../kernel/events/read-events.ts';
import type { Log } from '../kernel/log.ts';
import { FeedClosed } from './errors.ts';
import { gatherEnds } from './gather-ends.ts';
import { holdPages } from './hold-pages.ts';
import { type HintBus, listenForHints, noteAwayForEvents } from './listen-hints.ts';
import { eventsPerRead } from './model.ts';
import type { Wanted } from './read-page.ts';
import { sweepTails } from './sweep-tails.ts';
import { createTail, type Tail } from './tail-log.ts';
import { type Followed, type Walks, walkLog } from './walk-log.ts';

/** What one subscriber asks for. */
export type Following = Wanted & {
  /** The number of the last event already seen; undefined: only what is committed from now on. */
  readonly after?: bigint | undefined;
  /** Ends the walk at once when it is aborted. */
  readonly signal?: AbortSignal | undefined;
};

/** Events of shops as they are committed, in this process or another. */
export type EventFeed = {
  /**
   * Follows one shop's log in order, none missing, none twice. It resolves when it is certain where the walk begins:
   * whatever is committed after that is given. The source ends at `end`, or when the signal is aborted.
   * @throws CursorInvalid or CursorExpired when nobody can go on from `after`. The source throws SlowConsumer when
   *   its reader, once live, falls too far behind, LogUnread when it cannot be read on, and FeedClosed when the process stops.
   */
  follow(following: Following): Promise<Followed>;
  /** The greatest number that this process has heard of in a log that is followed here; 0 when it is not. */
  newest(shopId: string): bigint;
  /** How many follow now. */
  followers(): number;
  /** How many shops are followed now: each has its recent events in memory and is asked for by the sweep. */
  shops(): number;
  /** Ends all walks with FeedClosed and refuses new followers. What is still written here is told to other processes. */
  drain(): void;
  /** Drains, and is told and tells nothing any more. */
  close(): Promise<void>;
};

export type FeedOptions = {
  readonly database: Database;
  readonly log: Log;
  /** How processes hint each other; Postgres when undefined. The feed closes it. */
  readonly hints?: HintBus;
  /** How late an event may be, in milliseconds, when its hint was lost. */
  readonly sweepEveryMs?: number;
  /** How many events a live follower may be behind. */
  readonly lagMax?: number;
  /** How many events of each followed shop are kept in memory. */
  readonly recentMax?: number;
  /** How many events are kept in memory in all, half of them recent ones and half of them for followers who are behind. */
  readonly memoryMax?: number;
  /** How many events one statement reads. */
  readonly pageSize?: number;
};

/** So many events of a followed shop are kept in any case, for those who follow it to share. */
const recentMin = 32;

/**
 * Opens the feed of a process. Every process that writes events opens one, since it also hints the others. Each
 * follower has its own place in the log and takes from there: what the shop's tail has in memory, else a page from the
 * database, else it waits. So hints only decide when somebody looks, never what he sees.
 */
export function createEventFeed(options: FeedOptions): EventFeed {
  const { database, log } = options;
  const hints = options.hints ?? listenForHints({ url: database.url, log });
  const open = openFeed(options, hints);
  const hear = (news: News): void => {
    for (const [shopId, number] of news) open.tails.get(shopId)?.hear(number);
  };
  const stops = [
    hints.subscribe(hear),
    database.onNews((news) => {
      hear(news);
      hints.publish(news);
    }),
    sweepTails({
      database,
      everyMs: options.sweepEveryMs ?? 1_000,
      // Those that have filled up before others came have too much, and perhaps nothing happens in them any more.
      onSweep: () => {
        for (const tail of open.tails.values()) tail.trim();
      },
      shopIds: () => [...open.tails.keys()],
      hear,
      onError: (err) => {
        if (noteAwayForEvents(log, err)) return;
        log.warn({ err }, 'could not ask how far the logs have come; asking again soon');
      },
    }),
  ];
  return {
    follow: (following) => follow(open, following),
    newest: (shopId) => open.tails.get(shopId)?.heard() ?? 0n,
    followers: () => open.walks.size,
    shops: () => open.tails.size,
    drain: () => drain(open),
    close: async () => {
      drain(open);
      for (const stop of stops) stop();
      await hints.close();
    },
  };
}

function drain(open: OpenFeed): void {
  open.closed = true;
  for (const walk of open.walks) walk.end(new FeedClosed());
}

/** What a feed holds while it is open: a tail for each followed shop, and every follower's walk. */
type OpenFeed = Walks & {
  readonly tails: Map<string, Tail>;
  readonly openTail: (shopId: string) => Tail;
  closed: boolean;
};

function openFeed(options: FeedOptions, hints: HintBus): OpenFeed {
  const { database, log, pageSize = eventsPerRead, recentMax = 1_000, lagMax = 10_000, memoryMax = 200_000 } = options;
  const source = { database, askEnds: gatherEnds(database), pageSize };
  const tails = new Map<string, Tail>();
  const openTail = (shopId: string): Tail => {
    const unfollow = hints.follow(shopId);
    const tail = createTail({
      readAfter: (after) => readEvents(database, { shopId, after, limit: pageSize }),
      pageSize,
      recentMax,
      recentNow: () => Math.max(Math.floor(memoryMax / 2 / tails.size), recentMin),
      onError: (err) => {
        if (noteAwayForEvents(log, err)) return;
        log.warn({ err, shopId }, 'could not read new events; reading again soon');
      },
      onLeft: () => {
        tails.delete(shopId);
        unfollow();
      },
    });
    tails.set(shopId, tail);
    return tail;
  };
  return {
    tails,
    walks: new Set(),
    source,
    pages: holdPages({ eventsMax: memoryMax / 2, pageSize }),
    lagMax,
    openTail,
    closed: false,
  };
}

async function follow(open: OpenFeed, following: Following): Promise<Followed> {
  if (open.closed) throw new FeedClosed();
  const { shopId, signal } = following;
  const tail = open.tails.get(shopId) ?? open.openTail(shopId);
  const stop = signal && ((): void => walk.end());
  const onEnd = stop && ((): void => signal.removeEventListener('abort', stop));
  const walk = walkLog({ following, tail, shared: open, onEnd });
  try {
    walk.begin(await findStart(open, tail, following));
    if (stop) signal.addEventListener('abort', stop);
    if (signal?.aborted) walk.end();
    return walk;
  } catch (error) {
    walk.end();
    throw error;
  }
}

async function findStart(open: OpenFeed, tail: Tail, { shopId, after, afterField }: Following): Promise<bigint> {
  const ends = await open.source.askEnds(shopId);
  if (open.closed) throw new FeedClosed();
  if (after !== undefined) requireReplayable(ends, after, afterField);
  tail.open(ends.last);
  return after ?? ends.last;
}
