import type { Event } from '../kernel/db/generated/prisma/client.ts';
import { readPatiently } from '../kernel/read-patiently.ts';
import { createRing } from './model.ts';

/** Whoever looks for more when it is woken, which may not fail. */
export type Follower = { wake(): void };

/** The end of one shop's log, read once for all who follow it. */
export type Tail = {
  /** Number of the last event that was read; 0 before `open`. */
  end(): bigint;
  /** How many events lie between a number and that one, at most. */
  behind(number: bigint): bigint;
  /** The greatest number that was heard of; hints may be wrong, so it is no promise. */
  heard(): bigint;
  /** A recent event, or undefined when only the database has it. */
  recent(number: bigint): Event | undefined;
  /** Keeps no more recent events than there may be now. */
  trim(): void;
  /** Begins behind a number that the database gave as the log's last one; once begun, it is the same as `hear`. */
  open(last: bigint): void;
  /** Takes a hint that the log now ends at this number, and reads what is new, if anything is. Never fails. */
  hear(number: bigint): void;
  /** Has a follower woken whenever events were read. */
  join(follower: Follower): void;
  /** Ends that. */
  leave(follower: Follower): void;
};

export type TailOptions = {
  /** Reads at most `pageSize` events after a number, in order. */
  readonly readAfter: (number: bigint) => Promise<readonly Event[]>;
  readonly pageSize: number;
  /** How many events are kept for followers that are a little behind. */
  readonly recentMax: number;
  /** How many may be kept at the moment, if these are fewer. */
  readonly recentNow?: () => number;
  /** Told of a failed read; the next hint tries again. */
  readonly onError: (error: unknown) => void;
  /** Told when the last one who had joined has left; nobody joins after that. */
  readonly onLeft: () => void;
};

/**
 * Makes the tail of one log. At most one read is under way, or two of the same when one is silent; hints that arrive meanwhile
 * share the next one.
 */
export function createTail(options: TailOptions): Tail {
  const ring = createRing(options.recentMax, options.recentNow);
  const followers = new Set<Follower>();
  let begun = false;
  let reading = false;
  let heard = 0n;
  /** How many hints said that there is more than was read. */
  let hints = 0;

  function add(events: readonly Event[]): void {
    for (const event of events) ring.add(event);
    // Followers look at once, and share results by what was heard of.
    if (ring.end() > heard) heard = ring.end();
    for (const follower of followers) follower.wake();
  }

  async function catchUp(): Promise<void> {
    reading = true;
    try {
      for (let more = true; more && followers.size > 0; ) {
        const known = hints;
        const events = await readPatiently(() => options.readAfter(ring.end()));
        if (events.length > 0) add(events);
        // What was heard before the read is in it; what was heard during it may not be, whatever wrong hints promised.
        more = events.length === options.pageSize || (hints > known && heard > ring.end());
      }
      // A hint beyond the log's end was wrong, and must not cause reads for ever.
      heard = ring.end();
    } catch (error) {
      options.onError(error);
    } finally {
      reading = false;
    }
  }

  function hear(number: bigint): void {
    if (number > heard) heard = number;
    if (number > ring.end()) hints += 1;
    if (begun && heard > ring.end() && !reading) void catchUp();
  }

  return {
    end: ring.end,
    behind: ring.behind,
    heard: () => heard,
    recent: ring.get,
    trim: ring.trim,
    open: (last) => {
      if (!begun) ring.begin(last);
      begun = true;
      hear(last);
    },
    hear,
    join: (follower) => void followers.add(follower),
    leave: (follower) => {
      if (followers.delete(follower) && followers.size === 0) options.onLeft();
    },
  };
}
