import { randomUUID } from 'node:crypto';
import { getEventListeners } from 'node:events';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { parseCursor } from '../../src/kernel/events/cursor.ts';
import { CursorExpired, CursorInvalid, SlowConsumer } from '../../src/kernel/events/errors.ts';
import { createLog } from '../../src/kernel/log.ts';
import { FeedClosed } from '../../src/realtime/errors.ts';
import { createEventFeed, type EventFeed, type FeedOptions } from '../../src/realtime/follow-events.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createShop } from '../support/factories.ts';
import { meddledDatabase } from '../support/meddle.ts';
import { dropPartition, ensurePartition, plain, takeOver, writeEvents } from '../support/write-events.ts';
import { createScriptedBus, never, numbers, take, takeNumbers, watchReads } from './take-events.ts';

const log = createLog('silent');
const done = { value: undefined, done: true };
let home: TestDatabase;
let database: Database;
let shopId: string;
let feed: EventFeed;

/** A feed of this process alone: no hints from others, and no sweep. */
const openFeed = (options: Partial<FeedOptions> = {}): EventFeed =>
  createEventFeed({ database, log, hints: createScriptedBus(), sweepEveryMs: never, ...options });

beforeAll(async () => {
  home = await createTestDatabase();
  database = openDatabase({ url: home.url });
});
afterAll(async () => {
  await database?.close();
  await home?.drop();
});
beforeEach(async () => {
  shopId = (await createShop(database)).shop.id;
  feed = openFeed();
});
afterEach(() => feed.close());

describe('Who follows a shop', () => {
  it('is given what is in the log, then what is committed, in order and each once', async () => {
    const small = openFeed({ pageSize: 2, recentMax: 3 });
    await writeEvents(database, shopId, plain(7));
    const events = await small.follow({ shopId, after: 0n });
    expect(await takeNumbers(events, 7)).toEqual(numbers(1, 7));
    const waiting = take(events, 8);
    await writeEvents(database, shopId, plain(5));
    await writeEvents(database, shopId, plain(3));
    expect((await waiting).map((event) => Number(event.number))).toEqual(numbers(8, 15));
    await small.close();
  });

  it('reads pages about once, although those of all followers together would be too many for the memory', async () => {
    await writeEvents(database, shopId, plain(600));
    let reads = 0;
    const watched = watchReads(database, (name) => {
      reads += name === 'read-events' ? 1 : 0;
    });
    const small = openFeed({ database: watched, memoryMax: 2_000, recentMax: 1 });
    const followers = await Promise.all(Array.from({ length: 12 }, () => small.follow({ shopId, after: 0n })));
    const taken = followers.map((): number[] => []);
    for (let turn = 0; turn < 60; turn += 1) {
      for (const [index, follower] of followers.entries()) taken[index]?.push(...(await takeNumbers(follower, 10)));
    }
    expect(taken).toEqual(followers.map(() => numbers(1, 600)));
    // Pages of some 80 events each; one for each of the 720 takes if they were dropped all the time.
    expect(reads).toBeLessThan(200);
    await small.close();
  });

  it('is given whole events, live as from the log', async () => {
    const [live, later] = [await feed.follow({ shopId }), await feed.follow({ shopId, after: 0n })];
    await writeEvents(database, shopId, [{ paymentId: randomUUID(), data: { status: 'SETTLED' } }]);
    const [first] = await take(live, 1);
    expect(first).toMatchObject({ shopId, number: 1n, type: 'PAYMENT_CREATED', data: { status: 'SETTLED' } });
    expect(await take(later, 1)).toEqual([first]);
    const replaying = openFeed();
    expect(await take(await replaying.follow({ shopId, after: 0n }), 1)).toEqual([first]);
    await replaying.close();
  });

  it('without a number starts behind what is committed, and misses nothing that is committed from then on', async () => {
    await writeEvents(database, shopId, plain(3));
    const events = await feed.follow({ shopId });
    await writeEvents(database, shopId, plain(2));
    expect(await takeNumbers(events, 2)).toEqual([4, 5]);
  });

  it('with the last number of the log is given what comes next', async () => {
    await writeEvents(database, shopId, plain(3));
    const events = await feed.follow({ shopId, after: 3n });
    await writeEvents(database, shopId, plain(1));
    expect(await takeNumbers(events, 1)).toEqual([4]);
  });

  it('is given nothing of other shops', async () => {
    const { shop: other } = await createShop(database);
    const events = await feed.follow({ shopId });
    await writeEvents(database, other.id, plain(5));
    await writeEvents(database, shopId, plain(1));
    expect(await take(events, 1)).toMatchObject([{ shopId, number: 1n }]);
  });
});

describe('A filter', () => {
  const paymentId = randomUUID();
  const story = [
    { type: 'PAYMENT_CREATED', paymentId },
    { type: 'PAYMENT_CREATED', paymentId: randomUUID() },
    { type: 'PAYMENT_SETTLED', paymentId },
    { type: 'PAYOUT_SENT' },
  ] as const;
  const filters = [
    ['types', { types: ['PAYMENT_CREATED', 'PAYOUT_SENT'] }, [1, 2, 4, 5, 6, 8]],
    ['a payment', { paymentId }, [1, 3, 5, 7]],
    ['both', { paymentId, types: ['PAYMENT_SETTLED'] }, [3, 7]],
  ] as const;

  it.each(filters)('by %s leaves out the rest, from the log and live', async (_, filter, expected) => {
    const small = openFeed({ pageSize: 2, recentMax: 2 });
    await writeEvents(database, shopId, story);
    const events = await small.follow({ shopId, after: 0n, ...filter });
    const taking = takeNumbers(events, expected.length);
    await writeEvents(database, shopId, story);
    expect(await taking).toEqual(expected);
    await small.close();
  });

  it.each(filters)('by %s leaves out the rest of what comes', async (_, filter, expected) => {
    const taking = takeNumbers(await feed.follow({ shopId, ...filter }), expected.length);
    await writeEvents(database, shopId, [...story, ...story]);
    expect(await taking).toEqual(expected);
  });

  it.each([
    ['types', { types: ['PAYOUT_SENT'] }],
    ['a payment', { paymentId }],
  ] as const)('by %s moves past a log that holds nothing of it', async (_, filter) => {
    const small = openFeed({ pageSize: 2, recentMax: 2 });
    await writeEvents(database, shopId, plain(7));
    const taking = takeNumbers(await small.follow({ shopId, after: 0n, ...filter }), 1);
    await writeEvents(database, shopId, [{ type: 'PAYOUT_SENT', paymentId }]);
    expect(await taking).toEqual([8]);
    await small.close();
  });

  it('does not make its follower fall behind', async () => {
    const strict = openFeed({ lagMax: 3 });
    const [every, rare] = [await strict.follow({ shopId }), await strict.follow({ shopId, types: ['PAYOUT_SENT'] })];
    const waiting = take(rare, 1);
    for (let number = 1; number <= 10; number += 1) {
      await writeEvents(database, shopId, plain(1));
      await take(every, 1);
    }
    await writeEvents(database, shopId, [{ type: 'PAYOUT_SENT' }]);
    expect(await waiting).toMatchObject([{ number: 11n }]);
    await strict.close();
  });
});

describe('A number from which nobody can go on', () => {
  it('is invalid when the log never came so far', async () => {
    await writeEvents(database, shopId, plain(2));
    await expect(feed.follow({ shopId, after: 3n })).rejects.toThrow(CursorInvalid);
  });

  it('has expired when the events after it were dropped', async () => {
    await ensurePartition(database, '2025-03');
    const march = { at: new Date('2025-03-05T00:00:00.000Z') };
    await writeEvents(database, shopId, [march, march, {}, {}]);
    await dropPartition(database, '2025-03');
    await expect(feed.follow({ shopId, after: 1n })).rejects.toThrow(CursorExpired);
    expect(await takeNumbers(await feed.follow({ shopId, after: 2n }), 2)).toEqual([3, 4]);
  });

  it.each([
    ['2025-04', 'all events', {}],
    ['2025-05', 'some types', { types: ['PAYMENT_CREATED'] }],
  ] as const)('shows when %s is dropped under a follower of %s', async (month, _, filter) => {
    const slow = openFeed({ pageSize: 1, recentMax: 1 });
    await ensurePartition(database, month);
    const old = { at: new Date(`${month}-05T00:00:00.000Z`) };
    await writeEvents(database, shopId, [old, old, old, {}, {}]);
    const events = await slow.follow({ shopId, after: 0n, ...filter });
    expect(await takeNumbers(events, 1)).toEqual([1]);
    await dropPartition(database, month);
    await expect(take(events, 4)).rejects.toThrow(CursorExpired);
    expect(slow.followers()).toBe(0);
    await slow.close();
  });

  it('shows to a follower of some types also when the month is dropped just before they are read', async () => {
    await ensurePartition(database, '2025-06');
    const june = { at: new Date('2025-06-05T00:00:00.000Z') };
    await writeEvents(database, shopId, [june, june, {}]);
    const watched = watchReads(database, (name) =>
      name === 'read-events' ? dropPartition(database, '2025-06') : undefined,
    );
    const late = openFeed({ database: watched });
    const events = await late.follow({ shopId, after: 0n, types: ['PAYMENT_CREATED'] });
    await expect(take(events, 1)).rejects.toThrow(CursorExpired);
    await late.close();
  });

  it('has expired when one event behind it was dropped, since its moment lies before that of an earlier one', async () => {
    await ensurePartition(database, '2025-08');
    const august = { at: new Date('2025-08-31T23:59:59.999Z') };
    await writeEvents(database, shopId, [august, {}, august, {}]);
    await dropPartition(database, '2025-08');
    const events = await feed.follow({ shopId, after: 1n });
    await expect(take(events, 1)).rejects.toThrow(CursorExpired);
    expect(await takeNumbers(await feed.follow({ shopId, after: 3n }), 1)).toEqual([4]);
  });

  it('has expired when another server took over that lacks the last events, and these were heard of', async () => {
    await ensurePartition(database, '2025-07');
    await writeEvents(database, shopId, [{}, {}, { at: new Date('2025-07-05T00:00:00.000Z') }]);
    const slow = openFeed({ pageSize: 2, recentMax: 1 });
    const events = await slow.follow({ shopId, after: 0n });
    expect(await takeNumbers(events, 2)).toEqual([1, 2]);
    await dropPartition(database, '2025-07');
    await database.pool.query('update shop_counter set last_number = 2 where shop_id = $1', [shopId]);
    await expect(take(events, 1)).rejects.toThrow(CursorExpired);
    await slow.close();
  });

  it('leaves no follower behind', async () => {
    await expect(feed.follow({ shopId, after: 1n })).rejects.toThrow(CursorInvalid);
    expect([feed.followers(), feed.shops()]).toEqual([0, 0]);
  });
});

describe('A read that fails', () => {
  /** The database, of which the first statement of this name fails. */
  function failingOnce(failing: string) {
    let failed = false;
    const watched = watchReads(database, (name) => {
      if (failed || name !== failing) return;
      failed = true;
      throw new Error('The database is away.');
    });
    return { watched, failed: () => failed };
  }

  it('of where a log ends is the affair of those who asked, and of nobody who comes later', async () => {
    const once = openFeed({ database: failingOnce('read-log-ends').watched });
    await expect(once.follow({ shopId })).rejects.toThrow('The database cannot be reached');
    const events = await once.follow({ shopId });
    await writeEvents(database, shopId, plain(1));
    expect(await takeNumbers(events, 1)).toEqual([1]);
    await once.close();
  });

  it('of a sweep is followed by another sweep, which finds what no hint told of', async () => {
    const { watched, failed } = failingOnce('read-last-numbers');
    const deaf = { ...watched, onNews: () => () => {} };
    const swept = openFeed({ database: deaf, sweepEveryMs: 10 });
    const events = await swept.follow({ shopId });
    await expect.poll(failed).toBe(true);
    await writeEvents(database, shopId, plain(1));
    expect(await takeNumbers(events, 1)).toEqual([1]);
    await swept.close();
  });
});

describe('A follower that reads too slowly', () => {
  it('is told where to go on, once it was live, and loses nothing', async () => {
    const strict = openFeed({ lagMax: 10, recentMax: 5, pageSize: 3 });
    const [quick, slow] = [await strict.follow({ shopId }), await strict.follow({ shopId })];
    const both = [take(quick, 1), take(slow, 1)];
    await writeEvents(database, shopId, plain(1));
    await Promise.all(both);
    for (let number = 2; number <= 12; number += 1) {
      await writeEvents(database, shopId, plain(1));
      await take(quick, 1);
    }
    const error: unknown = await slow.next().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SlowConsumer);
    const after = parseCursor((error as SlowConsumer).cursor, shopId);
    expect(after).toBe(1n);
    expect(strict.followers()).toBe(1);
    expect(await slow.next()).toEqual(done);
    expect(await takeNumbers(await strict.follow({ shopId, after }), 11)).toEqual(numbers(2, 12));
    await strict.close();
  });

  it('is told so too behind a page from the database', async () => {
    const strict = openFeed({ lagMax: 10, recentMax: 5, pageSize: 3 });
    const slow = await strict.follow({ shopId });
    const first = take(slow, 1);
    await writeEvents(database, shopId, plain(1));
    await first;
    const quick = await strict.follow({ shopId });
    const write = async (count: number): Promise<void> => {
      const waiting = take(quick, count);
      await writeEvents(database, shopId, plain(count));
      await waiting;
    };
    await write(8);
    expect(await takeNumbers(slow, 1)).toEqual([2]);
    await write(20);
    expect(await takeNumbers(slow, 2)).toEqual([3, 4]);
    const error: unknown = await slow.next().catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(SlowConsumer);
    expect(parseCursor((error as SlowConsumer).cursor, shopId)).toBe(4n);
    await strict.close();
  });

  it('is left in peace within the limit, and as long as it replays', async () => {
    const strict = openFeed({ lagMax: 10, recentMax: 5, pageSize: 3 });
    await writeEvents(database, shopId, plain(40));
    const [near, replaying] = [await strict.follow({ shopId }), await strict.follow({ shopId, after: 0n })];
    const waiting = take(near, 1);
    await writeEvents(database, shopId, plain(1));
    await waiting;
    await writeEvents(database, shopId, plain(10));
    expect(await takeNumbers(replaying, 51)).toEqual(numbers(1, 51));
    expect(await takeNumbers(near, 10)).toEqual(numbers(42, 51));
    await strict.close();
  });

  it('is not behind what was left out when another server took over, but behind what came since', async () => {
    const strict = openFeed({ lagMax: 3 });
    const [quick, slow] = [await strict.follow({ shopId }), await strict.follow({ shopId })];
    const both = [take(quick, 2), take(slow, 2)];
    await writeEvents(database, shopId, plain(2));
    await Promise.all(both);
    await takeOver(database, shopId);
    const waiting = take(quick, 3);
    await writeEvents(database, shopId, plain(3));
    expect(await waiting).toMatchObject([{ number: 1_000_003n }, { number: 1_000_004n }, { number: 1_000_005n }]);
    expect(await takeNumbers(slow, 1)).toEqual([1_000_003]);
    expect(await takeNumbers(slow, 2)).toEqual([1_000_004, 1_000_005]);
    for (let round = 1; round <= 3; round += 1) {
      const more = take(quick, 2);
      await writeEvents(database, shopId, plain(2));
      await more;
    }
    // The first of them ends the page in which he read.
    expect(await takeNumbers(slow, 1)).toEqual([1_000_006]);
    await expect(slow.next()).rejects.toThrow(SlowConsumer);
    await strict.close();
  });
});

describe('The end of a follower', () => {
  it('comes at once when its signal is aborted while it waits', async () => {
    const controller = new AbortController();
    const events = await feed.follow({ shopId, signal: controller.signal });
    const waiting = events.next();
    expect(feed.followers()).toBe(1);
    controller.abort();
    expect([feed.followers(), feed.shops()]).toEqual([0, 0]);
    expect(await waiting).toEqual(done);
    expect(await events.next()).toEqual(done);
  });

  it('comes at once when it is returned while it waits', async () => {
    const events = await feed.follow({ shopId });
    const waiting = events.next();
    expect(await events.return()).toEqual(done);
    expect(feed.followers()).toBe(0);
    expect(await waiting).toEqual(done);
  });

  it('comes between two events of a page, when its reader has seen enough', async () => {
    await writeEvents(database, shopId, plain(5));
    const seen: bigint[] = [];
    for await (const event of await feed.follow({ shopId, after: 0n })) {
      seen.push(event.number);
      if (seen.length === 2) break;
    }
    expect(seen).toEqual([1n, 2n]);
    expect(feed.followers()).toBe(0);
  });

  it('comes before its first event when the signal was aborted before', async () => {
    await writeEvents(database, shopId, plain(1));
    const events = await feed.follow({ shopId, after: 0n, signal: AbortSignal.abort() });
    expect(feed.followers()).toBe(0);
    expect(await events.next()).toEqual(done);
  });

  it('leaves nothing on a signal that lives on', async () => {
    const { signal } = new AbortController();
    const events = await feed.follow({ shopId, signal });
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    await events.return();
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('leaves nothing of a page that was still being read', async () => {
    await writeEvents(database, shopId, plain(20));
    const [asked, mayCome] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let reads = 0;
    const slow = meddledDatabase(database, async (statement, run) => {
      const rows = await run(statement);
      if (statement.name !== 'read-events') return rows;
      reads += 1;
      if (reads > 1) return rows;
      asked.resolve();
      await mayCome.promise;
      return rows;
    });
    // With one page in memory the next one would be half as long.
    const small = openFeed({ database: slow, memoryMax: 40, pageSize: 20, recentMax: 1 });
    const left = await small.follow({ shopId, after: 0n });
    const waiting = left.next();
    await asked.promise;
    left.end();
    mayCome.resolve();
    expect(await waiting).toEqual(done);
    await new Promise((next) => setImmediate(next));
    reads = 1;
    expect(await takeNumbers(await small.follow({ shopId, after: 0n }), 20)).toEqual(numbers(1, 20));
    expect(reads).toBe(2);
    await small.close();
  });

  it('ends the hints about its shop when nobody else follows that', async () => {
    const wanted: string[] = [];
    const follow = (shop: string) => {
      wanted.push(shop);
      return () => void wanted.splice(wanted.indexOf(shop), 1);
    };
    const hinted = openFeed({ hints: { ...createScriptedBus(), follow } });
    const [one, other] = [await hinted.follow({ shopId }), await hinted.follow({ shopId })];
    one.end();
    expect(wanted).toEqual([shopId]);
    other.end();
    expect(wanted).toEqual([]);
    await hinted.close();
  });

  it('leaves the others of its shop where they are', async () => {
    const [one, other] = [await feed.follow({ shopId }), await feed.follow({ shopId })];
    const waiting = take(other, 1);
    await one.return();
    await writeEvents(database, shopId, plain(1));
    expect(await waiting).toMatchObject([{ number: 1n }]);
    expect([feed.followers(), feed.shops()]).toEqual([1, 1]);
  });
});

describe('A feed that is closed', () => {
  it('tells all followers that the process stops, whether they wait or are busy', async () => {
    await writeEvents(database, shopId, plain(2));
    const [waiting, busy] = [await feed.follow({ shopId }), await feed.follow({ shopId, after: 0n })];
    await take(busy, 1);
    const rejected = expect(waiting.next()).rejects.toThrow(FeedClosed);
    await feed.close();
    await rejected;
    await expect(busy.next()).rejects.toThrow(FeedClosed);
    expect(await busy.next()).toEqual(done);
    expect(feed.followers()).toBe(0);
  });

  it('takes no new followers, not even those who were just asking', async () => {
    const asking = expect(feed.follow({ shopId })).rejects.toThrow(FeedClosed);
    await feed.close();
    await asking;
    await expect(feed.follow({ shopId })).rejects.toThrow(FeedClosed);
  });
});
