import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { encodeCursor, parseCursor } from '../../src/kernel/events/cursor.ts';
import { readLogEnds } from '../../src/kernel/events/read-events.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createEventFeed, type EventFeed } from '../../src/realtime/follow-events.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createShop } from '../support/factories.ts';
import { plain, writeEvents } from '../support/write-events.ts';
import { numbers, takeNumbers } from './take-events.ts';

const log = createLog('silent');
let home: TestDatabase;
let databases: [Database, Database];
let merchantId: string;

beforeAll(async () => {
  home = await createTestDatabase();
  databases = [openDatabase({ url: home.url }), openDatabase({ url: home.url })];
  merchantId = (await createShop(databases[0])).shop.merchantId;
});
afterAll(async () => {
  await Promise.all(databases?.map((database) => database.close()) ?? []);
  await home?.drop();
});

/** Follows from the first event to the last in pieces: leaves after some events, and comes back with the last cursor. */
async function followInPieces(
  feeds: readonly EventFeed[],
  shopId: string,
  plan: { readonly pieces: readonly number[]; readonly last: number },
): Promise<number[]> {
  const seen: number[] = [];
  for (let turn = 0; seen.length < plan.last; turn += 1) {
    const feed = feeds[turn % feeds.length] as EventFeed;
    const after = parseCursor(encodeCursor(shopId, BigInt(seen.at(-1) ?? 0)), shopId);
    const events = await feed.follow({ shopId, after });
    const piece = plan.pieces[turn % plan.pieces.length] ?? plan.last;
    seen.push(...(await takeNumbers(events, Math.min(piece, plan.last - seen.length))));
    await events.return();
  }
  return seen;
}

/** Starts live at some moment, and says between which numbers that was; then gives all until the last event. */
async function startLive(feed: EventFeed, database: Database, shopId: string) {
  const before = await readLogEnds(database, shopId);
  const events = await feed.follow({ shopId });
  const after = await readLogEnds(database, shopId);
  const readUntil = async (last: number): Promise<number[]> => {
    const [first] = await takeNumbers(events, 1);
    const rest = await takeNumbers(events, last - (first ?? last));
    await events.return();
    return [first ?? last, ...rest];
  };
  return { before: Number(before.last), after: Number(after.last), readUntil };
}

const batches = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 6 });
const scenario = fc.record({
  writers: fc.array(batches, { minLength: 1, maxLength: 4 }),
  readers: fc.array(fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }), { maxLength: 4 }),
  pageSize: fc.integer({ min: 1, max: 8 }),
  recentMax: fc.integer({ min: 1, max: 8 }),
  memoryMax: fc.constantFrom(2, 10, 1_000),
});

describe('While several connections of two processes write for one shop', () => {
  it('everyone who follows sees every event once and in order, however often he leaves and comes back', async () => {
    await fc.assert(
      fc.asyncProperty(scenario, async ({ writers, readers, ...sizes }) => {
        const { shop } = await createShop(databases[0], { merchantId });
        const feeds = databases.map((database) => createEventFeed({ database, log, ...sizes, sweepEveryMs: 20 }));
        const last = writers.flat().reduce((sum, size) => sum + size, 1);
        const write = (index: number, size: number): Promise<void> =>
          writeEvents(databases[index % 2] as Database, shop.id, plain(size));
        const writing = Promise.all(
          writers.map(async (sizes, index) => {
            for (const size of sizes) await write(index, size);
          }),
        );
        const whole = followInPieces(feeds, shop.id, { pieces: [last], last });
        const pieces = readers.map((pieces) => followInPieces(feeds, shop.id, { pieces, last }));
        const live = await Promise.all(feeds.map((feed) => startLive(feed, databases[0], shop.id)));
        await writing;
        // One more at the end, so that who started live behind all others still sees something.
        await write(0, 1);

        expect(await whole).toEqual(numbers(1, last));
        for (const seen of await Promise.all(pieces)) expect(seen).toEqual(numbers(1, last));
        for (const { before, after, readUntil } of live) {
          const seen = await readUntil(last);
          expect(seen).toEqual(numbers(seen[0] ?? 0, last));
          expect(seen[0]).toBeGreaterThan(before);
          expect(seen[0]).toBeLessThanOrEqual(after + 1);
        }
        expect(feeds.map((feed) => feed.followers())).toEqual([0, 0]);
        await Promise.all(feeds.map((feed) => feed.close()));
      }),
      { numRuns: 25 },
    );
  });
});
