import type { Event } from '../kernel/db/generated/prisma/client.ts';
import { encodeCursor } from '../kernel/events/cursor.ts';
import { SlowConsumer } from '../kernel/events/errors.ts';
import { over, type Source, sourceOf } from '../kernel/source.ts';
import { type EventFilter, matches } from './model.ts';
import type { Tail } from './tail-log.ts';

/** What follows a number in the log: the wanted events up to `upTo`, which is as far as was looked. */
export type Page = { readonly events: readonly Event[]; readonly upTo: bigint };

export type WalkOptions = {
  readonly shopId: string;
  readonly tail: Tail;
  readonly filter: EventFilter;
  /** Number after which the walk begins. */
  readonly after: bigint;
  /** Reads on from the database, at most up to the tail's end. */
  readonly readPage: (after: bigint) => Promise<Page>;
  /** How many events a follower that was live may be behind. */
  readonly lagMax: number;
  /** Called once, at the end of the walk, whatever ended it. */
  readonly onEnd: () => void;
};

/** One follower's way through a log. */
export type Walk = {
  readonly events: Source<Event>;
  /** Lets a waiting follower look again. */
  wake(): void;
  /** Ends the walk at once: the follower gets the error, or plainly the end. */
  end(error?: Error): void;
};

/** Starts a follower's walk: first what is already in the log, then what comes, in order, none missing, none twice. */
export function walkLog(options: WalkOptions): Walk {
  const { tail } = options;
  const state: State = { position: options.after, page: undefined, live: false, over: false, error: undefined };
  let waiting: PromiseWithResolvers<void> | undefined;
  let reading: Promise<void> | undefined;
  const wake = (): void => {
    waiting?.resolve();
    waiting = undefined;
  };
  const end = (error?: unknown): void => {
    if (state.over) return;
    state.over = true;
    state.error = error;
    options.onEnd();
    wake();
  };
  const requireQuick = (): void => {
    if (isTooSlow(options, state)) end(new SlowConsumer(encodeCursor(options.shopId, state.position)));
  };
  const readOn = async (): Promise<void> => {
    try {
      const { events, upTo } = await options.readPage(state.position);
      state.page = { events: events.values(), upTo };
    } catch (error) {
      end(error);
    }
    reading = undefined;
  };
  const take = (): IteratorResult<Event, void> | undefined => {
    requireQuick();
    if (state.over) return lastOf(state);
    const value = nextOf(options, state);
    return value && { done: false, value };
  };
  const more = (): Promise<void> => {
    requireQuick();
    if (state.over || state.page || tail.recent(state.position + 1n)) return Promise.resolve();
    if (state.position < tail.end()) {
      reading ??= readOn();
      return reading;
    }
    waiting ??= Promise.withResolvers();
    return waiting.promise;
  };
  return { events: sourceOf({ take, more, end }), wake, end };
}

/** A number of the log, and how its follower stands to it; it moves past unwanted events too. */
type State = {
  position: bigint;
  /** What was read of the database, until the follower has been seen to have taken all of it. */
  page: { readonly events: Iterator<Event>; readonly upTo: bigint } | undefined;
  /** True once the follower has seen the log's end. */
  live: boolean;
  over: boolean;
  error: unknown;
};

/** The next wanted event, when it is at hand. */
function nextOf({ tail, filter }: WalkOptions, state: State): Event | undefined {
  if (state.page) {
    const { done, value } = state.page.events.next();
    state.position = done ? state.page.upTo : value.number;
    if (!done) return value;
    state.page = undefined;
  }
  for (let next = tail.recent(state.position + 1n); next; next = tail.recent(state.position + 1n)) {
    state.position = next.number;
    if (matches(filter, next)) return next;
  }
  state.live ||= state.position >= tail.end();
  return undefined;
}

/** What a page passes over is behind its follower only at the page's end, so nobody is measured before that. */
function isTooSlow({ tail, lagMax }: WalkOptions, { position, page, live, over }: State): boolean {
  return live && !over && page === undefined && tail.end() - position > lagMax;
}

function lastOf(state: State): IteratorResult<Event, void> {
  const { error } = state;
  state.error = undefined;
  if (error !== undefined) throw error;
  return over;
}
