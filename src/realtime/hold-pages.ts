import type { Event } from '../kernel/db/generated/prisma/client.ts';

/** What was read of the database for one follower, until he has been seen to have taken all of it. */
export type HeldPage = { readonly events: Iterator<Event>; readonly upTo: bigint };

/** A follower's place for one page. */
export type PageHolder = { page: HeldPage | undefined };

/** The pages that lie in memory for followers who take them in their own time. */
export type HeldPages = {
  /** Gives a follower a page of so many events. Pages that have lain longest are dropped when all together have too many; they are read again. */
  put(holder: PageHolder, page: HeldPage, events: number): void;
  /** Takes a follower's page away, if there is one. */
  drop(holder: PageHolder): void;
};

/** Holds at most so many events in all, but the newest page in any case: who never takes his would fill the memory otherwise. */
export function holdPages(eventsMax: number): HeldPages {
  /** How many events each has, in the order in which they came. */
  const held = new Map<PageHolder, number>();
  let total = 0;
  const drop = (holder: PageHolder): void => {
    total -= held.get(holder) ?? 0;
    held.delete(holder);
    holder.page = undefined;
  };
  return {
    put: (holder, page, events) => {
      drop(holder);
      for (const [oldest] of held) {
        if (total + events <= eventsMax) break;
        drop(oldest);
      }
      holder.page = page;
      held.set(holder, events);
      total += events;
    },
    drop,
  };
}
