import type { Database } from '../kernel/db/database.ts';
import type { Event } from '../kernel/db/generated/prisma/client.ts';
import { CursorExpired } from '../kernel/events/errors.ts';
import { areDropped, type LogEnds, readEvents, requireReplayable } from '../kernel/events/read-events.ts';
import { readPatiently } from '../kernel/read-patiently.ts';
import { type EventFilter, isSelective } from './model.ts';

/** How many numbers one statement looks at in search of rare types, so that it never takes long. */
const windowMax = 10_000n;

/** The log and the events of it that one follower wants. */
export type Wanted = EventFilter & {
  readonly shopId: string;
  /** Where the subscriber said what he has seen, for refusals to name. */
  readonly afterField?: readonly string[] | undefined;
};

export type PageSource = {
  readonly database: Database;
  readonly askEnds: (shopId: string) => Promise<LogEnds>;
  readonly pageSize: number;
};

/** What follows a number in the log: the wanted events up to `upTo`, which is as far as was looked. */
export type Page = { readonly events: readonly Event[]; readonly upTo: bigint };

/**
 * Reads the next wanted events of a log for one follower, up to a number that the log is known to have reached.
 * @throws CursorExpired when events in between were dropped while the follower was on his way to them.
 */
export async function readPage(
  { database, askEnds, pageSize }: PageSource,
  wanted: Wanted,
  range: { readonly after: bigint; readonly upTo: bigint },
): Promise<Page> {
  const { after } = range;
  const { shopId, types, paymentId, afterField } = wanted;
  const byTypeOnly = types !== undefined && paymentId === undefined;
  const upTo = byTypeOnly && range.upTo - after > windowMax ? after + windowMax : range.upTo;
  const piece = { shopId, types, paymentId, after, before: upTo + 1n, limit: pageSize };
  const events = await readPatiently(() => readEvents(database, piece));
  const reached = events.length === pageSize ? (events.at(-1)?.number ?? upTo) : upTo;
  // Without a filter a missing event shows in their number; with one it may always be. Then the log is asked after the read what it keeps.
  const missing = isSelective(wanted) ? undefined : reached - after - BigInt(events.length);
  if (missing !== 0n) {
    const ends = await askEnds(shopId);
    requireReplayable(ends, after, afterField);
    // Another server that has taken over may not have heard of all.
    if (areDropped(missing ?? 0n) || ends.last < reached) throw new CursorExpired(afterField ?? ['after']);
  }
  return { events, upTo: reached };
}
