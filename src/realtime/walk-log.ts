import type { Event } from '../kernel/db/generated/prisma/client.ts';
import { encodeCursor } from '../kernel/events/cursor.ts';
import { SlowConsumer } from '../kernel/events/errors.ts';
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
  readonly events: AsyncGenerator<Event, void, undefined>;
  /** Lets a waiting follower look again. */
  wake(): void;
  /** Ends the walk at once: the follower gets the error, or plainly the end. */
  end(error?: Error): void;
};

/** Starts a follower's walk: first what is already in the log, then what comes, in order, none missing, none twice. */
export function walkLog(options: WalkOptions): Walk {
  const state: State = { position: options.after, live: false, over: false, error: undefined, wake: () => {} };
  const wake = (): void => state.wake();
  const end = (error?: Error): void => {
    if (state.over) return;
    state.over = true;
    state.error = error;
    options.onEnd();
    wake();
  };
  return { events: endable(step(options, state, end), end), wake, end };
}

/** A number of the log, and how its follower stands to it; it moves past unwanted events too. */
type State = {
  position: bigint;
  /** True once the follower has seen the log's end. */
  live: boolean;
  over: boolean;
  error: Error | undefined;
  wake: () => void;
};

async function* step(options: WalkOptions, state: State, end: () => void): AsyncGenerator<Event, void, undefined> {
  const { tail, filter } = options;
  try {
    while (!state.over) {
      const next = tail.recent(state.position + 1n);
      if (next) {
        state.position = next.number;
        if (matches(filter, next)) yield next;
      } else if (state.position < tail.end()) {
        yield* replay(options, state);
      } else {
        state.live = true;
        await new Promise<void>((resolve) => {
          state.wake = resolve;
        });
      }
      requireQuick(options, state);
    }
    if (state.error) throw state.error;
  } finally {
    end();
  }
}

async function* replay(options: WalkOptions, state: State): AsyncGenerator<Event, void, undefined> {
  const page = await options.readPage(state.position);
  for (const event of page.events) {
    if (state.over) return;
    state.position = event.number;
    yield event;
  }
  state.position = page.upTo;
}

function requireQuick({ shopId, tail, lagMax }: WalkOptions, { position, live, over }: State): void {
  if (live && !over && tail.end() - position > lagMax) throw new SlowConsumer(encodeCursor(shopId, position));
}

/** A generator of the language keeps `return` waiting while it waits itself; this one ends at once. */
function endable(
  inner: AsyncGenerator<Event, void, undefined>,
  end: () => void,
): AsyncGenerator<Event, void, undefined> {
  return {
    next: () => inner.next(),
    return: async () => {
      end();
      return { value: undefined, done: true };
    },
    throw: async (error) => {
      end();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    [Symbol.asyncDispose]: async () => end(),
  };
}
