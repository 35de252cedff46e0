import { type Database, read } from '../db/database.ts';
import type { Event } from '../db/generated/prisma/client.ts';
import type { EventType } from '../db/generated/prisma/enums.ts';
import { CursorExpired, CursorInvalid } from './errors.ts';

/** A piece of one shop's log. */
export type LogRange = {
  readonly shopId: string;
  /** Events with greater numbers; 0 for all. */
  readonly after: bigint;
  /** Events with smaller numbers; undefined: up to the end. */
  readonly before?: bigint | undefined;
  /** How many events at most. */
  readonly limit: number;
  /** Only events of these types. */
  readonly types?: readonly EventType[] | undefined;
  /** Only events of this payment. */
  readonly paymentId?: string | undefined;
  /** Takes the last `limit` events of the range, not the first. */
  readonly backwards?: boolean;
};

/** The numbers of the first event that is kept and of the last one; `first` is `last + 1` when none is kept. */
export type LogEnds = { readonly first: bigint; readonly last: bigint };

const numberMax = 2n ** 63n - 1n;

/** So many numbers at least are left out after a restore (docs/operations.md: a million); fewer are missing when events were dropped. */
const leftOutMin = 10_000n;
/** So many events behind the first that is kept may have moments before that of an earlier one: they were written at about the same time. */
const disorderMax = 10_000;

/**
 * Reads a piece of a shop's log, always in the order of the log. Of one statement the numbers have no hole: they were
 * committed in their order.
 */
export async function readEvents(database: Database, range: LogRange): Promise<Event[]> {
  const { backwards = false, paymentId } = range;
  const values = [range.shopId, range.after, range.before ?? numberMax, range.limit, range.types ?? null];
  // Each shape is a statement of its own, so that each gets the index that suits it: the primary key, or the payment's.
  const events = await read<Event>(database, {
    name: `read-events${backwards ? '-backwards' : ''}${paymentId === undefined ? '' : '-of-payment'}`,
    text: `
      select shop_id as "shopId", number, type, at, payment_id as "paymentId", transaction_id as "transactionId",
        refund_id as "refundId", payout_id as "payoutId", profile_id as "profileId",
        capture_id as "captureId", void_id as "voidId", data
      from event
      where shop_id = $1::uuid and number > $2::bigint and number < $3::bigint
        and ($5::event_type[] is null or type = any($5::event_type[]))
        ${paymentId === undefined ? '' : 'and payment_id = $6::uuid'}
      order by number ${backwards ? 'desc' : 'asc'}
      limit $4::int`,
    values: paymentId === undefined ? values : [...values, paymentId],
  });
  return backwards ? events.reverse() : events;
}

/**
 * Reads a piece behind a place in the log from which somebody goes on. What is kept is asked for after the read, since events may
 * be dropped in the middle of it.
 * @throws CursorInvalid and CursorExpired as `requireReplayable` does.
 * @throws CursorExpired also when some of the piece were dropped, which shows where all events are asked for.
 */
export async function readEventsBehind(database: Database, range: LogRange): Promise<Event[]> {
  const events = await readEvents(database, range);
  requireReplayable(await readLogEnds(database, range.shopId), range.after);
  const { after, types, paymentId, backwards = false } = range;
  const isWhole = types === undefined && paymentId === undefined && !backwards;
  const reached = events.at(-1)?.number ?? after;
  if (isWhole && areDropped(reached - after - BigInt(events.length))) throw new CursorExpired(['after']);
  return events;
}

/**
 * Whether so many numbers are missing between a place and an event behind it because their events were dropped: those before an
 * event that is kept can be, as moments are not always in the order of numbers. More are left out after a restore.
 */
export function areDropped(missing: bigint): boolean {
  return missing > 0n && missing < leftOutMin;
}

/** Whether so many numbers are missing between two events that follow each other because nothing ever had them. */
export function areLeftOut(missing: bigint): boolean {
  return missing >= leftOutMin;
}

/** Reads where a shop's log begins and ends now: on a new timeline of the server behind all numbers that were perhaps lost with the one before. */
export async function readLogEnds(database: Database, shopId: string): Promise<LogEnds> {
  const ends = await readManyLogEnds(database, [shopId]);
  return ends.get(shopId) ?? emptyLog;
}

/**
 * Reads the place in a shop's log behind which every event is kept: before the first one that is, or further on, where a month
 * that was dropped has left holes behind it. At the end of the log when none is kept.
 */
export async function readLogStart(database: Database, shopId: string): Promise<bigint> {
  const [start] = await read<{ place: bigint }>(database, {
    name: 'read-log-start',
    text: `
      with kept as (
        select number, number - lag(number) over (order by number) - 1 as missing from (
          select number from event where shop_id = $1::uuid order by number limit $2::int
        ) as event
      )
      select coalesce(max(number) filter (where missing > 0 and missing < $3::bigint), min(number),
        (select end_of_log(last_number, timeline) + 1 from shop_counter where shop_id = $1::uuid), 1) - 1 as place
      from kept`,
    values: [shopId, disorderMax, leftOutMin],
  });
  if (!start) throw new Error('An aggregate gives a row.');
  return start.place;
}

/** The ends of a log without events. */
export const emptyLog: LogEnds = { first: 1n, last: 0n };

/** Reads where the logs of many shops begin and end, in one statement; shops that do not exist are left out. */
export async function readManyLogEnds(
  database: Database,
  shopIds: readonly string[],
): Promise<ReadonlyMap<string, LogEnds>> {
  const rows = await read<LogEnds & { shopId: string }>(database, {
    name: 'read-log-ends',
    text: `
      select c.shop_id as "shopId", c.last, coalesce(kept.number, c.last + 1) as first
      from (select shop_id, end_of_log(last_number, timeline) as last from shop_counter) c
      left join lateral (select number from event where shop_id = c.shop_id order by number limit 1) kept on true
      where c.shop_id = any($1::uuid[])`,
    values: [shopIds],
  });
  return new Map(rows.map(({ shopId, first, last }) => [shopId, { first, last }]));
}

/** Reads the last numbers of many shops' logs, in one statement; shops that do not exist are left out. */
export async function readLastNumbers(
  database: Database,
  shopIds: readonly string[],
): Promise<ReadonlyMap<string, bigint>> {
  const rows = await read<{ shopId: string; number: bigint }>(database, {
    name: 'read-last-numbers',
    text: 'select shop_id as "shopId", last_number as number from shop_counter where shop_id = any($1::uuid[])',
    values: [shopIds],
  });
  return new Map(rows.map((row) => [row.shopId, row.number]));
}

/**
 * Says no to a place in the log from which nobody can go on.
 * @throws CursorInvalid when the log never came so far.
 * @throws CursorExpired when the event after it is no longer kept.
 */
export function requireReplayable(ends: LogEnds, after: bigint, field: readonly string[] = ['after']): void {
  if (after > ends.last) throw new CursorInvalid(field);
  if (after + 1n < ends.first) throw new CursorExpired(field);
}
