import type { Event } from '../kernel/db/generated/prisma/client.ts';
import { Refusal } from '../kernel/errors.ts';
import { encodeCursor } from '../kernel/events/cursor.ts';
import { SlowConsumer } from '../kernel/events/errors.ts';
import { over, type Source, sourceKind } from '../kernel/source.ts';
import { LogUnread } from './errors.ts';
import type { HeldPages, PageHolder } from './hold-pages.ts';
import { matches } from './model.ts';
import { type PageSource, readPage, type Wanted } from './read-page.ts';
import type { Follower, Tail } from './tail-log.ts';

/** What all walks of a process share. */
export type Walks = {
  /** The database, where a tail has too little in memory. */
  readonly source: PageSource;
  /** The pages of all followers. */
  readonly pages: HeldPages;
  /** How many events a follower that was live may be behind. */
  readonly lagMax: number;
  /** Those that have begun and not ended. */
  readonly walks: Set<Walk>;
};

export type WalkOptions = {
  readonly following: Wanted;
  readonly tail: Tail;
  readonly shared: Walks;
  /** Called once, at the end of the walk, whatever ended it. */
  readonly onEnd?: (() => void) | undefined;
};

/** The events of a walk, and the number behind which it begins. */
export type Followed = Source<Event> & { readonly from: bigint };

/**
 * One follower's way through a log: first what is there already, then what comes, in order, none missing, none twice. As a
 * source it throws SlowConsumer when its reader, once live, falls too far behind, and LogUnread when it cannot be read on.
 */
export type Walk = Followed & {
  /** Begins behind a number of the log. */
  begin(after: bigint): void;
  /** Ends the walk at once: the follower gets the error, or plainly the end. */
  end(error?: unknown): void;
};

/** Makes the walk of one follower, who has joined the tail from now on, so that no hint is lost until it begins. */
export function walkLog({ following, tail, shared, onEnd }: WalkOptions): Walk {
  const walk = makeWalk({
    following,
    tail,
    shared,
    onEnd,
    from: 0n,
    position: 0n,
    page: undefined,
    live: false,
    over: false,
    error: undefined,
    waiting: undefined,
    reading: undefined,
  });
  tail.join(walk);
  return walk;
}

/** A number of the log, and how its follower stands to it; it moves past unwanted events too. */
type State = PageHolder &
  WalkOptions & {
    from: bigint;
    position: bigint;
    over: boolean;
    error: unknown;
    /** Who looks again when something has come. */
    waiting: (() => void) | undefined;
    /** The page that is being read. */
    reading: Promise<void> | undefined;
  };

const makeWalk = sourceKind<Event, State, Pick<Walk, 'begin' | 'end'> & Follower>({
  begin(after) {
    this.from = after;
    this.position = after;
    this.shared.walks.add(this);
  },
  take() {
    if (isTooSlow(this)) this.end(slowConsumer(this));
    if (this.over) return lastOf(this);
    const value = nextOf(this);
    return value && { done: false, value };
  },
  wait(look) {
    if (isTooSlow(this)) this.end(slowConsumer(this));
    if (this.over || this.page || this.tail.recent(this.position + 1n)) queueMicrotask(look);
    else if (this.position < this.tail.end()) {
      this.reading ??= readOn(this)
        .catch((error: unknown) => this.end(unread(this, error)))
        .finally(() => {
          this.reading = undefined;
        });
      void this.reading.then(look);
    } else {
      const others = this.waiting;
      this.waiting = others
        ? () => {
            others();
            look();
          }
        : look;
    }
  },
  wake() {
    const look = this.waiting;
    this.waiting = undefined;
    look?.();
  },
  end(error?: unknown) {
    if (this.over) return;
    this.over = true;
    this.error = error;
    this.tail.leave(this);
    this.shared.pages.end(this);
    this.shared.walks.delete(this);
    this.onEnd?.();
    this.wake();
  },
});

/** The next wanted event, when it is at hand. */
function nextOf(state: State): Event | undefined {
  const { tail, following } = state;
  if (state.page) {
    const { done, value } = state.page.events.next();
    state.position = done ? state.page.upTo : value.number;
    if (!done) return value;
    state.shared.pages.end(state);
  }
  for (let next = tail.recent(state.position + 1n); next; next = tail.recent(state.position + 1n)) {
    state.position = next.number;
    if (matches(following, next)) return next;
  }
  state.live ||= state.position >= tail.end();
  return undefined;
}

async function readOn(state: State): Promise<void> {
  const { following, tail } = state;
  const { source, pages } = state.shared;
  const short = { ...source, pageSize: pages.room() };
  const { events, upTo } = await readPage(short, following, { after: state.position, upTo: tail.end() });
  if (!state.over) pages.put(state, { events: events.values(), upTo }, events.length);
}

/** What a page passes over is behind its follower only at the page's end, so nobody is measured before that. */
function isTooSlow({ tail, shared, position, page, live, over }: State): boolean {
  return live && !over && page === undefined && tail.behind(position) > shared.lagMax;
}

/** What is refused says itself how to go on, if that is possible. */
function unread({ following, position }: State, error: unknown): unknown {
  return error instanceof Refusal ? error : new LogUnread(error, encodeCursor(following.shopId, position));
}

function slowConsumer({ following, position }: State): SlowConsumer {
  return new SlowConsumer(encodeCursor(following.shopId, position));
}

function lastOf(state: State): IteratorResult<Event, void> {
  const { error } = state;
  state.error = undefined;
  if (error !== undefined) throw error;
  return over;
}
