import type { Database } from '../kernel/db/database.ts';
import { CursorExpired } from '../kernel/events/errors.ts';
import { type LogEnds, readEvents, requireReplayable } from '../kernel/events/read-events.ts';
import { type EventFilter, isSelective } from './model.ts';
import type { Page } from './walk-log.ts';

/** How many numbers one statement looks at in search of rare types, so that it never takes long. */
const windowMax = 10_000n;

export type PageSource = {
  readonly database: Database;
  readonly askEnds: (shopId: string) => Promise<LogEnds>;
  readonly pageSize: number;
};

/**
 * Reads the next wanted events of a log for one follower, up to a number that the log is known to have reached.
 * @throws CursorExpired when events in between were dropped while the follower was on his way to them.
 */
export async function readPage(
  { database, askEnds, pageSize }: PageSource,
  filter: EventFilter & { readonly shopId: string; readonly afterField?: readonly string[] | undefined },
  range: { readonly after: bigint; readonly upTo: bigint },
): Promise<Page> {
  const { after } = range;
  const byTypeOnly = filter.types !== undefined && filter.paymentId === undefined;
  const upTo = byTypeOnly && range.upTo - after > windowMax ? after + windowMax : range.upTo;
  const { shopId, types, paymentId, afterField } = filter;
  const events = await readEvents(database, { shopId, types, paymentId, after, before: upTo + 1n, limit: pageSize });
  const reached = events.length === pageSize ? (events.at(-1)?.number ?? upTo) : upTo;
  // Without a filter a missing event shows in their number; with one, the log is asked after the read what it keeps.
  if (isSelective(filter)) requireReplayable(await askEnds(shopId), after, afterField);
  else if (BigInt(events.length) !== reached - after) throw new CursorExpired(afterField ?? ['after']);
  return { events, upTo: reached };
}
