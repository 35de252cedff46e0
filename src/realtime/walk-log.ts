import type { Event } from '../kernel/db/generated/prisma/client.ts';
import { Refusal } from '../kernel/errors.ts';
import { encodeCursor } from '../kernel/events/cursor.ts';
import { SlowConsumer } from '../kernel/events/errors.ts';
import { over, type Source, sourceOf } from '../kernel/source.ts';
import { LogUnread } from './errors.ts';
import type { HeldPages, PageHolder } from './hold-pages.ts';
import { matches } from './model.ts';
import { type PageSource, readPage, type Wanted } from './read-page.ts';
import type { Tail } from './tail-log.ts';

export type WalkOptions = {
  readonly following: Wanted;
  readonly tail: Tail;
  /** The database, where the tail has too little in memory. */
  readonly source: PageSource;
  /** The pages of all followers. */
  readonly pages: HeldPages;
  /** How many events a follower that was live may be behind. */
  readonly lagMax: number;
  /** Called once, at the end of the walk, whatever ended it. */
  readonly onEnd: () => void;
};

/** The events of a walk, and the number behind which it begins. */
export type Followed = Source<Event> & { readonly from: bigint };

/** One follower's way through a log. */
export type Walk = {
  /**
   * Begins behind a number of the log: first what is there already, then what comes, in order, none missing, none twice. The
   * source throws SlowConsumer when its reader, once live, falls too far behind, and LogUnread when it cannot be read on.
   */
  begin(after: bigint): Followed;
  /** Ends the walk at once: the follower gets the error, or plainly the end. */
  end(error?: Error): void;
};

/** Makes the walk of one follower, who has joined the tail from now on, so that no hint is lost until it begins. */
export function walkLog(options: WalkOptions): Walk {
  const state: State = { position: 0n, page: undefined, live: false, over: false, error: undefined };
  let waiting: (() => void) | undefined;
  let reading: Promise<void> | undefined;
  const wake = (): void => {
    const look = waiting;
    waiting = undefined;
    look?.();
  };
  const end = (error?: unknown): void => {
    if (state.over) return;
    state.over = true;
    state.error = error;
    options.tail.leave(wake);
    options.pages.end(state);
    options.onEnd();
    wake();
  };
  const take = (): IteratorResult<Event, void> | undefined => {
    if (isTooSlow(options, state)) end(slowConsumer(options, state));
    if (state.over) return lastOf(state);
    const value = nextOf(options, state);
    return value && { done: false, value };
  };
  const wait = (look: () => void): void => {
    const { tail } = options;
    if (isTooSlow(options, state)) end(slowConsumer(options, state));
    if (state.over || state.page || tail.recent(state.position + 1n)) queueMicrotask(look);
    else if (state.position < tail.end()) {
      reading ??= readOn(options, state)
        .catch((error: unknown) => end(unread(options, state, error)))
        .finally(() => {
          reading = undefined;
        });
      void reading.then(look);
    } else {
      const others = waiting;
      waiting = others
        ? () => {
            others();
            look();
          }
        : look;
    }
  };
  options.tail.join(wake);
  return {
    begin: (after) => {
      state.position = after;
      return sourceOf({ take, wait, end, from: after });
    },
    end,
  };
}

/** A number of the log, and how its follower stands to it; it moves past unwanted events too. */
type State = PageHolder & {
  position: bigint;
  over: boolean;
  error: unknown;
};

/** The next wanted event, when it is at hand. */
function nextOf({ tail, pages, following }: WalkOptions, state: State): Event | undefined {
  if (state.page) {
    const { done, value } = state.page.events.next();
    state.position = done ? state.page.upTo : value.number;
    if (!done) return value;
    pages.end(state);
  }
  for (let next = tail.recent(state.position + 1n); next; next = tail.recent(state.position + 1n)) {
    state.position = next.number;
    if (matches(following, next)) return next;
  }
  state.live ||= state.position >= tail.end();
  return undefined;
}

async function readOn({ source, pages, following, tail }: WalkOptions, state: State): Promise<void> {
  const short = { ...source, pageSize: pages.room() };
  const { events, upTo } = await readPage(short, following, { after: state.position, upTo: tail.end() });
  if (!state.over) pages.put(state, { events: events.values(), upTo }, events.length);
}

/** What a page passes over is behind its follower only at the page's end, so nobody is measured before that. */
function isTooSlow({ tail, lagMax }: WalkOptions, { position, page, live, over }: State): boolean {
  return live && !over && page === undefined && tail.end() - position > lagMax;
}

/** What is refused says itself how to go on, if that is possible. */
function unread({ following }: WalkOptions, { position }: State, error: unknown): unknown {
  return error instanceof Refusal ? error : new LogUnread(error, encodeCursor(following.shopId, position));
}

function slowConsumer({ following }: WalkOptions, { position }: State): SlowConsumer {
  return new SlowConsumer(encodeCursor(following.shopId, position));
}

function lastOf(state: State): IteratorResult<Event, void> {
  const { error } = state;
  state.error = undefined;
  if (error !== undefined) throw error;
  return over;
}
