import type { Event } from '../kernel/db/generated/prisma/client.ts';
import { createRing } from './model.ts';

/** The end of one shop's log, read once for all who follow it. */
export type Tail = {
  /** Number of the last event that was read, 0 before `hear` was first told by the database. */
  end(): bigint;
  /** A recent event, or undefined when only the database has it. */
  recent(number: bigint): Event | undefined;
  /** Starts behind a number that the database gave as the last one; later calls are like `hear`. */
  open(last: bigint): void;
  /** Takes a hint that the log now ends at this number: reads what is new, if anything is. Never fails. */
  hear(number: bigint): void;
  /** Has `wake` called whenever events were read; gives the function that ends it. */
  join(wake: () => void): () => void;
  /** How many have joined. */
  followers(): number;
};

export type TailOptions = {
  /** Reads at most `pageSize` events after a number, in order. */
  readonly readAfter: (number: bigint) => Promise<readonly Event[]>;
  readonly pageSize: number;
  /** How many events are kept for followers that are a little behind. */
  readonly recentMax: number;
  /** Told of a failed read; the next hint tries again. */
  readonly onError: (error: unknown) => void;
};

/** Makes the tail of one log. At most one read is under way; hints that arrive meanwhile share the next one. */
export function createTail(options: TailOptions): Tail {
  const ring = createRing(options.recentMax);
  const followers = new Set<() => void>();
  let end: bigint | undefined;
  let heard = 0n;
  let reading = false;

  function add(events: readonly Event[]): void {
    for (const event of events) {
      ring.add(event);
      end = event.number;
    }
    for (const wake of followers) wake();
  }

  async function catchUp(from: bigint): Promise<void> {
    reading = true;
    try {
      for (let more = true; more && followers.size > 0; ) {
        const known = heard;
        const events = await options.readAfter(end ?? from);
        if (events.length > 0) add(events);
        // What was heard during the read may have been committed after it; what was heard before is certainly in it.
        more = events.length === options.pageSize || (heard > known && heard > (end ?? from));
      }
      // A hint beyond the log's end was wrong, and must not cause another read.
      heard = end ?? from;
    } catch (error) {
      options.onError(error);
    } finally {
      reading = false;
    }
  }

  function hear(number: bigint): void {
    if (number > heard) heard = number;
    if (end !== undefined && heard > end && !reading) void catchUp(end);
  }

  return {
    end: () => end ?? 0n,
    recent: ring.get,
    open: (last) => {
      end ??= last;
      hear(last);
    },
    hear,
    join: (wake) => {
      followers.add(wake);
      return () => followers.delete(wake);
    },
    followers: () => followers.size,
  };
}
