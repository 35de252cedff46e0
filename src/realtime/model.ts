import type { Event } from '../kernel/db/generated/prisma/client.ts';
import type { EventType } from '../kernel/db/generated/prisma/enums.ts';
import { areLeftOut } from '../kernel/events/read-events.ts';
import type { Source } from '../kernel/source.ts';

/** Why a subscription ended. */
export type Ending = { readonly end: unknown };

/** What a subscription yields: events, and as its last word perhaps why it ended. */
export type Live = Event | Ending;

/** The events of a subscription, and the cursor behind which they begin, where they begin somewhere. */
export type LiveEvents = Source<Live> & { readonly from?: string | undefined };

/** So many events are read of a log by one statement. */
export const eventsPerRead = 500;

/** Which events of a shop a follower wants; what is undefined leaves nothing out. */
export type EventFilter = {
  readonly types?: readonly EventType[] | undefined;
  readonly paymentId?: string | undefined;
};

/** Says whether a follower wants an event. */
export function matches(filter: EventFilter, event: Event): boolean {
  if (filter.types !== undefined && !filter.types.includes(event.type)) return false;
  return filter.paymentId === undefined || filter.paymentId === event.paymentId;
}

/** Says whether a follower leaves anything out. */
export function isSelective(filter: EventFilter): boolean {
  return filter.types !== undefined || filter.paymentId !== undefined;
}

/** The end of one log, and its last events without a hole between them. */
export type Ring = {
  /** Begins behind a number, before any event was added. */
  begin(number: bigint): void;
  /** The number of the event that was added last, or that at which it began. */
  end(): bigint;
  /** How many events lie between a number and the end, at most: of numbers that were left out nobody is behind. */
  behind(number: bigint): bigint;
  /** Adds the next event, and drops the oldest when there are too many. After a hole it starts anew. */
  add(event: Event): void;
  /** Drops the oldest until there are no more than there may be now. */
  trim(): void;
  /** The event with this number, or undefined when it is not among those kept. */
  get(number: bigint): Event | undefined;
};

/** Makes an empty ring for at most `capacity` events, or fewer where `limit` gives less at the moment. */
export function createRing(capacity: number, limit = (): number => capacity): Ring {
  const slots: (Event | undefined)[] = [];
  const slotOf = (number: bigint): number => Number(number % BigInt(capacity));
  let last = 0n;
  let size = 0;
  /** The last numbers that were left out, as when another server took over. */
  let leftOut = { after: 0n, many: 0n };
  const trim = (): void => {
    for (const most = limit(); size > most; size -= 1) slots[slotOf(last - BigInt(size - 1))] = undefined;
  };
  return {
    begin: (number) => {
      last = number;
    },
    end: () => last,
    behind: (number) => last - number - (number <= leftOut.after ? leftOut.many : 0n),
    add: (event) => {
      const missing = event.number - last - 1n;
      if (areLeftOut(missing)) leftOut = { after: last, many: missing };
      size = missing === 0n ? Math.min(size + 1, capacity) : 1;
      last = event.number;
      slots[slotOf(last)] = event;
      trim();
    },
    trim,
    get: (number) => (number <= last && number > last - BigInt(size) ? slots[slotOf(number)] : undefined),
  };
}
