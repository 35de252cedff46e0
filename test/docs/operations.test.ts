import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import { CursorExpired, CursorInvalid } from '../../src/kernel/events/errors.ts';
import { enqueue } from '../../src/kernel/jobs/enqueue.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createMetrics } from '../../src/kernel/metrics.ts';
import { createEventFeed, type EventFeed } from '../../src/realtime/follow-events.ts';
import { moveReaders } from '../../src/webhooks/sql/move-reader.ts';
import { readNewFacts } from '../../src/webhooks/sql/read-log.ts';
import { shopsBehind } from '../../src/webhooks/store.ts';
import { createScriptedBus, never, takeNumbers } from '../realtime/take-events.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createShop } from '../support/factories.ts';
import { plain, writeEvents } from '../support/write-events.ts';

const page = readFileSync(new URL('../../docs/operations.md', import.meta.url), 'utf8');

it('What an operator is told to watch is counted under that name', async () => {
  const metrics = createMetrics();
  metrics.watchPool({ totalCount: 0, idleCount: 0, waitingCount: 0 });
  metrics.processesReady(() => 1);
  const written = await metrics.write();
  const told = [...new Set(page.match(/\bbramka_\w+/g))];
  expect(told.length).toBeGreaterThan(5);
  for (const name of told) expect(written).toContain(`\n# TYPE ${name} `);
});

it('Jobs that failed are shown, and tried at once, by the statements that an operator is given', async () => {
  const home = await createTestDatabase();
  const database = openDatabase({ url: home.url });
  await inTransaction(database, (tx) =>
    enqueue(tx, [
      { name: 'good', payload: { subject: 'it' } },
      { name: 'failed', payload: { subject: 'it' } },
      { name: 'lost', payload: { subject: 'it' } },
    ]),
  );
  await database.pool.query(`
    update graphile_worker._private_jobs set attempts = 11, last_error = 'why', run_at = now() + interval '6 hours'
    where id = (select id from graphile_worker.jobs where task_identifier = 'failed')`);
  // Lost with its process at each try: nobody could say why.
  await database.pool.query(`
    update graphile_worker._private_jobs set attempts = 12, run_at = now() + interval '7 hours'
    where id = (select id from graphile_worker.jobs where task_identifier = 'lost')`);
  const [block = ''] = page.match(/(?<=```sql\n)select id, task.*?(?=```)/s) ?? [];
  const [shown, rescheduled] = block.split(';\n');
  expect((await database.pool.query(shown ?? '')).rows).toMatchObject([
    { task_identifier: 'failed', last_error: 'why' },
    { task_identifier: 'lost', last_error: null },
  ]);
  expect((await database.pool.query(rescheduled ?? '')).rowCount).toBe(2);
  const due = await database.pool.query(
    'select task_identifier as name, attempts from graphile_worker.jobs where run_at <= now() order by id',
  );
  expect(due.rows).toEqual([
    { name: 'good', attempts: 0 },
    { name: 'failed', attempts: 0 },
    { name: 'lost', attempts: 0 },
  ]);
  await database.close();
  await home.drop();
});

describe('After a restore, the numbers that an operator lets go on', () => {
  let home: TestDatabase;
  let database: Database;
  let feed: EventFeed;
  beforeAll(async () => {
    home = await createTestDatabase();
    database = openDatabase({ url: home.url });
    feed = createEventFeed({ database, log: createLog('silent'), hints: createScriptedBus(), sweepEveryMs: never });
  });
  afterAll(async () => {
    await feed?.close();
    await database?.close();
    await home?.drop();
  });

  it('lead every cursor that was ever given to all that happens from then on, and webhooks too', async () => {
    const [block = ''] = page.match(/(?<=```sql\n)begin;.*?(?=```)/s) ?? [];
    const [shop, quiet] = [(await createShop(database)).shop.id, (await createShop(database)).shop.id];
    const behind = (await createShop(database)).shop.id;
    for (const shopId of [shop, behind]) await writeEvents(database, shopId, plain(10));
    await database.pool.query(
      "insert into reader (name, shop_id, number) values ('webhooks', $1, 10), ('webhooks', $2, 7)",
      [...[shop, behind]],
    );
    await database.pool.query(block);

    // Those that webhooks have read to their ends are no more behind than before.
    expect(await shopsBehind(database)).toEqual([behind]);
    const next = 1_000_011;
    // Within the log; at its end, which is the last that was kept; and those of events that were lost, in a shop of few as well.
    const places = [8n, 10n, 11n, 500_000n];
    const filters = [{}, { types: ['PAYMENT_CREATED' as const] }];
    const walks = await Promise.all(
      places.flatMap((after) => filters.map((filter) => feed.follow({ shopId: shop, after, ...filter }))),
    );
    // A shop without an event in the backup: refused, so that nothing is missed in silence.
    await expect(feed.follow({ shopId: quiet, after: 3n })).rejects.toThrow(CursorExpired);
    const ofQuiet = await feed.follow({ shopId: quiet });
    for (const shopId of [shop, quiet]) await writeEvents(database, shopId, plain(2));
    const seen = await Promise.all(walks.map((walk, index) => takeNumbers(walk, index < 2 ? 4 : 2)));
    expect(seen).toEqual(seen.map((_, index) => [...(index < 2 ? [9, 10] : []), next, next + 1]));
    expect(await takeNumbers(ofQuiet, 2)).toEqual([1_000_001, 1_000_002]);
    const facts = await readNewFacts(database, { shopIds: [behind, shop], max: 100 });
    const numbersOf = (shopId: string) =>
      facts.filter((fact) => fact.shopId === shopId).map(({ number }) => Number(number));
    expect([numbersOf(behind), numbersOf(shop)]).toEqual([
      [8, 9, 10],
      [next, next + 1],
    ]);
    const read = [
      { shopId: behind, from: 7n, to: 10n },
      { shopId: shop, from: 1_000_010n, to: BigInt(next + 1) },
      { shopId: quiet, from: 1_000_000n, to: 1_000_002n },
    ];
    await inTransaction(database, (tx) => moveReaders(tx, read));
    // There are no events of the numbers that were left out, so nobody comes back for them again and again.
    expect(await shopsBehind(database)).toEqual([]);
    await expect(feed.follow({ shopId: shop, after: 1_000_013n })).rejects.toThrow(CursorInvalid);
  });
});
