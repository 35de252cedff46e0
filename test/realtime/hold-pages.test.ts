import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import type { Event } from '../../src/kernel/db/generated/prisma/client.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createEventFeed } from '../../src/realtime/follow-events.ts';
import { type HeldPage, holdPages, type PageHolder } from '../../src/realtime/hold-pages.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createShop } from '../support/factories.ts';
import { plain, writeEvents } from '../support/write-events.ts';
import { numbers, takeNumbers, watchReads } from './take-events.ts';

let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await createTestDatabase();
  database = openDatabase({ url: home.url });
});
afterAll(async () => {
  await database?.close();
  await home?.drop();
});

const pageOf = (upTo: bigint): HeldPage => ({ events: [].values() as Iterator<Event>, upTo });
const createHolder = (): PageHolder => ({ page: undefined, live: true });

describe('Pages that followers take in their own time', () => {
  it('are dropped, those that have lain longest first, when there are too many events in all', () => {
    const pages = holdPages({ eventsMax: 10, pageSize: 500 });
    const holders = [createHolder(), createHolder(), createHolder(), createHolder()] as const;
    const held = (): (bigint | undefined)[] => holders.map(({ page }) => page?.upTo);
    const [first, second, third, fourth] = holders;
    pages.put(first, pageOf(1n), 4);
    pages.put(second, pageOf(2n), 4);
    pages.put(third, pageOf(3n), 2);
    expect(held()).toEqual([1n, 2n, 3n, undefined]);
    pages.put(first, pageOf(4n), 4);
    expect(held()).toEqual([4n, 2n, 3n, undefined]);
    pages.put(fourth, pageOf(5n), 5);
    expect(held()).toEqual([4n, undefined, undefined, 5n]);
    // Who has to read again what he had is no slow consumer for that.
    expect(holders.map(({ live }) => live)).toEqual([true, false, false, true]);
    pages.end(first);
    pages.put(second, pageOf(6n), 5);
    expect(held()).toEqual([undefined, 6n, undefined, 5n]);
  });

  it('are held however large, if they are the newest', () => {
    const pages = holdPages({ eventsMax: 1, pageSize: 500 });
    const [one, other] = [createHolder(), createHolder()];
    for (const holder of [one, other]) pages.put(holder, pageOf(1n), 500);
    expect([one.page, other.page]).toEqual([undefined, expect.anything()]);
    pages.end(other);
    pages.put(one, pageOf(2n), 1);
    expect(one.page).toEqual(expect.anything());
  });

  it('are shorter the more there are', () => {
    const pages = holdPages({ eventsMax: 1_000, pageSize: 500 });
    const rooms = Array.from({ length: 300 }, () => {
      const room = pages.room();
      pages.put(createHolder(), pageOf(1n), 1);
      return room;
    });
    expect([rooms[0], rooms[1], rooms[3], rooms[99], rooms[299]]).toEqual([500, 500, 250, 10, 4]);
  });

  it('are read about once although all of them together would be too many', async () => {
    const { shop } = await createShop(database);
    await writeEvents(database, shop.id, plain(600));
    let reads = 0;
    const watched = watchReads(database, (name) => {
      reads += name === 'read-events' ? 1 : 0;
    });
    const log = createLog('silent');
    const feed = createEventFeed({ database: watched, log, memoryMax: 2_000, recentMax: 1, sweepEveryMs: 60_000 });
    const followers = await Promise.all(Array.from({ length: 12 }, () => feed.follow({ shopId: shop.id, after: 0n })));
    const taken = followers.map((): number[] => []);
    for (let turn = 0; turn < 60; turn += 1) {
      for (const [index, follower] of followers.entries()) taken[index]?.push(...(await takeNumbers(follower, 10)));
    }
    expect(taken).toEqual(followers.map(() => numbers(1, 600)));
    // Pages of some 80 events each; one for each of the 720 takes if they were dropped all the time.
    expect(reads).toBeLessThan(200);
    for (const follower of followers) follower.end();
    await feed.close();
  });
});
