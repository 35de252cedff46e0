import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createEventFeed, type EventFeed } from '../../src/realtime/follow-events.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createShop } from '../support/factories.ts';
import { plain, writeEvents } from '../support/write-events.ts';
import { createScriptedBus, never, numbers, takeNumbers, watchReads } from './take-events.ts';

const log = createLog('silent');
let home: TestDatabase;
let database: Database;
let feed: EventFeed;
let reads: string[];
let shopId: string;

beforeAll(async () => {
  home = await createTestDatabase();
  database = openDatabase({ url: home.url });
});
afterAll(async () => {
  await feed?.close();
  await database?.close();
  await home?.drop();
});
beforeEach(async () => {
  await feed?.close();
  reads = [];
  const watched = watchReads(database, (name) => reads.push(name));
  feed = createEventFeed({ database: watched, log, hints: createScriptedBus(), sweepEveryMs: never });
  shopId = (await createShop(database)).shop.id;
});

describe('A thousand followers of one shop', () => {
  it('cost one read for each batch of events', async () => {
    const followers = await Promise.all(Array.from({ length: 1000 }, () => feed.follow({ shopId })));
    expect(feed.followers()).toBe(1000);
    for (const round of [0, 1, 2]) {
      reads.length = 0;
      const taking = followers.map((events) => takeNumbers(events, 10));
      await writeEvents(database, shopId, plain(10));
      const taken = await Promise.all(taking);
      expect(new Set(taken.map(String))).toEqual(new Set([String(numbers(round * 10 + 1, round * 10 + 10))]));
      expect(reads).toEqual(['read-events']);
    }
  });

  it('that come at once cost a few statements, and those who come back after a short while none more', async () => {
    const first = await feed.follow({ shopId });
    await writeEvents(database, shopId, plain(50));
    await takeNumbers(first, 50);
    reads.length = 0;
    const back = await Promise.all(Array.from({ length: 1000 }, () => feed.follow({ shopId, after: 20n })));
    const taken = await Promise.all(back.map((events) => takeNumbers(events, 30)));
    expect(new Set(taken.map(String))).toEqual(new Set([String(numbers(21, 50))]));
    expect(reads).toEqual(['read-log-ends']);
  });
});

describe('A follower of rare events', () => {
  it('reads what lies before them once', async () => {
    await writeEvents(database, shopId, plain(7));
    const taking = takeNumbers(await feed.follow({ shopId, after: 0n, types: ['PAYOUT_SENT'] }), 1);
    await writeEvents(database, shopId, [{ type: 'PAYOUT_SENT' }]);
    expect(await taking).toEqual([8]);
    // Where the log begins and ends, one page and whether it was whole, and what the tail read.
    expect(reads.toSorted()).toEqual(['read-events', 'read-events', 'read-log-ends', 'read-log-ends']);
  });
});

describe('A shop that nobody follows', () => {
  it('is not read, also not after the last follower has left', async () => {
    await writeEvents(database, shopId, plain(1));
    expect(reads).toEqual([]);
    await (await feed.follow({ shopId })).return();
    reads.length = 0;
    await writeEvents(database, shopId, plain(1));
    expect(reads).toEqual([]);
  });
});
