import { afterAll, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { createTestDatabase } from '../support/database.ts';
import { plain, writeEvents } from '../support/write-events.ts';
import { followStream } from './follow-stream.ts';
import { createProcesses, type Gateway, type Settings } from './gateway-process.ts';
import { createPayment } from './pay.ts';

const processes = createProcesses();
const storage = await createTestDatabase();
const database: Database = openDatabase({ url: storage.url, connectionsMax: 2 });

afterAll(async () => {
  await processes.endAll();
  await database.close();
  await storage.drop();
});

type Told = { readonly number: number };
const query = 'subscription ($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { number } }';

/** Of all processes, which share neither port nor data dir. */
const shared = { DATABASE_URL: storage.url, BRAMKA_SECRET: 'a secret for tests only, long enough to be one' };

/** Starts two processes that serve, on one database. */
async function startTwo(settings: Settings = {}): Promise<readonly [Gateway, Gateway]> {
  const dataDir = await processes.newDataDir();
  const start = () => processes.start(dataDir, { BRAMKA_ROLE: 'api', ...shared, ...settings });
  return [await start(), await start()];
}

/** Makes payments at a process, one after the other, until it takes no more or `isOver`. */
async function keepPaying(gateway: Gateway, name: string, isOver: () => boolean): Promise<void> {
  for (let made = 0; !isOver(); made += 1) {
    const paid = await createPayment(gateway, { idempotencyKey: `${name}-${made}` }).catch(() => undefined);
    if (!paid) return;
  }
}

const lastNumber = async (shopId: string): Promise<number> => {
  const { rows } = await database.pool.query('select last_number from shop_counter where shop_id = $1', [shopId]);
  return Number(rows[0].last_number);
};

test('who follows over SSE is sent elsewhere by SIGTERM, and by Last-Event-ID sees every event once', async () => {
  const [one, other] = await startTwo();
  const { shopId } = one.demo;
  await writeEvents(database, shopId, plain(2_000));
  const first = await lastNumber(shopId);
  let isOver = false;
  const paying = [keepPaying(one, 'one', () => isOver), keepPaying(other, 'other', () => isOver)];

  const after = encodeCursor(shopId, 0n);
  const live = await followStream<Told>(one, { query, variables: { shopId, after } });
  // This one is in the midst of what lies behind it when the process stops: it reads no further until then.
  let stop = (): void => {};
  const stopping = new Promise<void>((done) => {
    stop = done;
  });
  const took = (count: number) => (count === 10 ? stopping : undefined);
  const slow = await followStream<Told>(one, { query, variables: { shopId, after }, took });
  await live.inbox.until((told) => told.length > first + 5);
  await slow.inbox.until((told) => told.length === 10);

  const ended = one.end('SIGTERM');
  void ended.then(stop);
  expect(await live.ended).toBe('broken off');
  expect(await ended).toEqual({ code: 0, signal: null });
  expect(await slow.ended).toBe('broken off');
  expect(one.said.stderr).toBe('');

  const resumed = await Promise.all(
    [live, slow].map(({ inbox }) =>
      followStream<Told>(
        { url: other.url, demo: one.demo },
        { query, variables: { shopId, after }, lastEventId: inbox.items.at(-1)?.id },
      ),
    ),
  );
  await resumed[0]?.inbox.until((told) => told.length > 5);
  isOver = true;
  await Promise.all(paying);
  const last = await lastNumber(shopId);
  const numbers = Array.from({ length: last }, (_, index) => index + 1);
  for (const [index, { inbox }] of [live, slow].entries()) {
    const rest = await resumed[index]?.inbox.until((told) => inbox.items.length + told.length >= last);
    expect([...inbox.items, ...(rest ?? [])].map(({ item }) => item.number)).toEqual(numbers);
  }
  for (const stream of resumed) stream.end();
}, 120_000);

test('what a process still writes while it stops, others are told at once', async () => {
  // Whoever only looks now and then would hear of it after a minute.
  const [one, other] = await startTwo({ FEED_SWEEP_MS: '60000' });
  const { shopId } = one.demo;
  const live = await followStream<Told>({ url: other.url, demo: one.demo }, { query, variables: { shopId } });
  const holder = await database.pool.connect();
  await holder.query('begin');
  await holder.query('select from shop_counter where shop_id = $1 for no key update', [shopId]);
  const paying = createPayment(one, { idempotencyKey: 'at the end' });
  const waiting = `select from pg_stat_activity
    where datname = current_database() and wait_event_type = 'Lock' and query like '%with inp as materialized%'`;
  await expect.poll(async () => (await database.pool.query(waiting)).rowCount).toBe(1);
  const ended = one.end('SIGTERM');
  // Its streams are over when it takes no more requests.
  await expect.poll(() => fetch(`${one.url}/health/live`).catch(() => 'refused')).toBe('refused');
  await holder.query('rollback');
  holder.release();
  expect(await paying).toMatchObject({ payment: { status: 'NEW' } });
  await live.inbox.until((told) => told.length === 1);
  expect(await ended).toEqual({ code: 0, signal: null });
  live.end();
});
