import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type pg from 'pg';
import { afterAll, afterEach, expect, it, onTestFinished } from 'vitest';
import { openQueueLine, type QueueLine, withLine } from '../../src/jobs/queue-line.ts';
import { startWorker } from '../../src/jobs/run-worker.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import { enqueue } from '../../src/kernel/jobs/enqueue.ts';
import type { JobHandlers } from '../../src/kernel/jobs/handler.ts';
import { createLog } from '../../src/kernel/log.ts';
import { openTestDatabase } from '../support/database.ts';

const database = await openTestDatabase();
// Gives ten signs of life a second.
const hasty = openDatabase({ url: database.url, answerWithinMs: 1_000 });
const log = createLog('silent');
let line: QueueLine | undefined;

afterEach(async () => {
  await line?.close();
  line = undefined;
});

afterAll(() => hasty.close());

/** The connections that show pools, and how many each shows. */
async function signs(): Promise<{ pid: number; pools: number }[]> {
  const { rows } = await database.pool.query<{ pid: number; pools: number }>(`
    select pid, count(*)::integer as pools from pg_locks
    where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
    group by pid`);
  return rows;
}

const addJob = (): Promise<void> =>
  inTransaction(database, (tx) => enqueue(tx, [{ name: 'greet', payload: { subject: 'anybody' } }]));

it('is one connection for all queues of a process, and shows each of them', async () => {
  const done = Promise.withResolvers<void>();
  const idle: JobHandlers = { nothing: async () => {} };
  const worker = await startWorker({
    ...{ database, clock: systemClock, log, sweeps: [], readers: [] },
    jobs: { own: { greet: async () => done.resolve() }, toShops: idle, mails: idle, files: idle },
    atATime: { own: 1, toShops: 1, mails: 1, files: 1 },
  });
  await expect.poll(signs).toEqual([{ pid: expect.any(Number), pools: 4 }]);
  await addJob();
  await done.promise;
  await worker.stop();
  await expect.poll(signs).toEqual([]);
});

it('shows a pool until that is over, and no longer, though others are shown still', async () => {
  line = openQueueLine(database, log);
  const hide = ['one', 'other', 'third'].map((pool) => (line as QueueLine).show(pool));
  await expect.poll(signs).toEqual([{ pid: expect.any(Number), pools: 3 }]);
  hide[1]?.();
  await expect.poll(signs).toEqual([{ pid: expect.any(Number), pools: 2 }]);
  hide[0]?.();
  // Over before it was shown.
  line.show('short')();
  await expect.poll(signs).toEqual([{ pid: expect.any(Number), pools: 1 }]);
});

it('is there again when its connection was lost, shows what it showed before and hears of new jobs', async () => {
  line = openQueueLine(hasty, log);
  line.show('one');
  line.show('other');
  await expect.poll(signs).toEqual([{ pid: expect.any(Number), pools: 2 }]);
  const [first] = await signs();
  await database.pool.query('select pg_terminate_backend($1)', [first?.pid]);
  const isAnother = async (): Promise<boolean> => {
    const [now] = await signs();
    return now?.pools === 2 && now.pid !== first?.pid;
  };
  await expect.poll(isAnother).toBe(true);
  const heard = Promise.withResolvers<string>();
  line.hear(({ channel }) => heard.resolve(channel));
  await addJob();
  expect(await heard.promise).toBe('jobs:insert');
});

it('ends when it is to, although nobody answers its connection', async () => {
  const accepted = Promise.withResolvers<void>();
  const mute = createServer(() => accepted.resolve()).listen(0, '127.0.0.1');
  onTestFinished(() => void mute.close());
  await once(mute, 'listening');
  const url = `postgresql://nobody@127.0.0.1:${(mute.address() as AddressInfo).port}/none?sslmode=disable`;
  line = openQueueLine({ url, limits: database.limits }, log);
  await accepted.promise;
  await line.close();
});

it('is what a queue hears on as long as it wants to', async () => {
  line = openQueueLine(database, log);
  line.show('one');
  await expect.poll(signs).toHaveLength(1);
  const { promise: opened, resolve } = Promise.withResolvers<{ client: pg.PoolClient; release: () => void }>();
  withLine(database.pool, line).connect((_error, client, release) => {
    if (client) resolve({ client, release });
  });
  const { client, release } = await opened;
  const heard: (string | undefined)[] = [];
  client.on('notification', ({ channel }) => heard.push(channel));
  await addJob();
  await expect.poll(() => heard).toEqual(['jobs:insert']);
  release();
  const after = Promise.withResolvers<void>();
  line.hear(() => after.resolve());
  await addJob();
  await after.promise;
  expect(heard).toEqual(['jobs:insert']);
});
