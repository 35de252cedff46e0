import type { Event } from '../kernel/db/generated/prisma/client.ts';

/** What was read of the database for one follower, until he has been seen to have taken all of it. */
export type HeldPage = { readonly events: Iterator<Event>; readonly upTo: bigint };

/** A follower's place for one page. */
export type PageHolder = {
  page: HeldPage | undefined;
  /** True once the follower has seen the log's end; one whose page was dropped has to come there anew. */
  live: boolean;
};

/** The pages that lie in memory for followers who take them in their own time. */
export type HeldPages = {
  /** How many events the next page should have: the more followers have one, the shorter they are, so that none has to be dropped. */
  room(): number;
  /** Gives a follower a page of so many events. Pages that have lain longest are dropped when all together have too many; they are read again. */
  put(holder: PageHolder, page: HeldPage, events: number): void;
  /** Takes away the page that a follower has seen the end of, or wants no more. */
  end(holder: PageHolder): void;
};

/** A statement for each event would cost more than it saves. */
const roomMin = 4;

/** Holds at most so many events in all, but the newest page in any case: who never takes his would fill the memory otherwise. */
export function holdPages({
  eventsMax,
  pageSize,
}: {
  readonly eventsMax: number;
  readonly pageSize: number;
}): HeldPages {
  /** How many events each has, in the order in which they came. */
  const held = new Map<PageHolder, number>();
  let total = 0;
  const end = (holder: PageHolder): void => {
    total -= held.get(holder) ?? 0;
    held.delete(holder);
    holder.page = undefined;
  };
  return {
    room: () => Math.min(pageSize, Math.max(Math.floor(eventsMax / (held.size + 1)), roomMin)),
    put: (holder, page, events) => {
      end(holder);
      for (const [oldest] of held) {
        if (total + events <= eventsMax) break;
        end(oldest);
        oldest.live = false;
      }
      holder.page = page;
      held.set(holder, events);
      total += events;
    },
    end,
  };
}
