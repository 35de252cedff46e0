import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { startWorker, type Worker } from '../../src/jobs/run-worker.ts';
import { freeLostJobs } from '../../src/jobs/sql/free-lost-jobs.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { type Database, inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import { enqueue } from '../../src/kernel/jobs/enqueue.ts';
import type { JobHandlers } from '../../src/kernel/jobs/handler.ts';
import { createLog } from '../../src/kernel/log.ts';
import { type FaultProxy, openFaultProxy } from '../faults/fault-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

let home: TestDatabase;
/** The database as the test sees it, and as the worker does: through a network that fails. */
let near: Database;
let far: Database;
let network: FaultProxy;
/** Whether nobody takes a connection, and how often one was asked for then. */
let isAway = false;
let refused = 0;
let worker: Worker | undefined;

beforeAll(async () => {
  home = await createTestDatabase();
  near = openDatabase({ url: home.url });
  const address = new URL(home.url);
  const port = Number(address.port);
  network = await openFaultProxy(() => {
    if (!isAway) return port;
    refused += 1;
    return undefined;
  });
  address.port = String(network.port);
  far = openDatabase({ url: address.href, answerWithinMs: 2_000 });
});

afterEach(async () => {
  isAway = false;
  network.calm();
  await worker?.stop();
  await near.pool.query('delete from graphile_worker._private_jobs');
});

afterAll(async () => {
  await Promise.all([near.close(), far.close()]);
  await network.close();
  await home.drop();
});

async function start(handlers: JobHandlers, log = createLog('silent')): Promise<void> {
  const jobs = { own: handlers, toShops: {}, mails: {}, files: {} };
  worker = await startWorker({
    ...{ database: far, clock: systemClock, log, sweeps: [], readers: [], jobs },
    atATime: readConfig({}).sizes.atATime,
  });
}

const addJob = (subject: string): Promise<void> =>
  inTransaction(near, (tx) => enqueue(tx, [{ name: 'greet', payload: { subject } }]));

it('gets all its connections back when the network has swallowed them and told nobody', async () => {
  const jobsAtATime = 10;
  const [first, all] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let running = 0;
  await start({
    greet: async ({ subject }) => {
      if (subject === 'first') return first.resolve();
      running += 1;
      if (running === jobsAtATime) all.resolve();
      // Each keeps its place in the queue until all have one.
      await all.promise;
    },
  });
  await addJob('first');
  await first.promise;
  network.swallow();
  await Promise.all(Array.from({ length: jobsAtATime }, (_, place) => addJob(String(place))));
  await all.promise;
});

it('loses the sign that it lives together with its network, so that others may do its jobs', async () => {
  const begun = Promise.withResolvers<void>();
  const never = Promise.withResolvers<void>();
  await start({
    greet: () => {
      begun.resolve();
      return never.promise;
    },
  });
  await addJob('held');
  await begun.promise;
  network.swallow({ newOnes: true });
  let silent: string[] = [];
  await expect
    .poll(async () => {
      silent = await freeLostJobs(near, silent);
      return (await near.pool.query('select from graphile_worker.jobs where locked_by is null')).rowCount;
    })
    .toBe(1);
  never.resolve();
});

it('ends in good order when the network falls silent, and then breaks, before it has heard that it listens for jobs', async () => {
  const listening = async (): Promise<number | null> =>
    (
      await near.pool.query(
        "select from pg_stat_activity where datname = current_database() and query like 'listen \"jobs%'",
      )
    ).rowCount;
  const givesUp = Promise.withResolvers<void>();
  const write = (line: string): void => {
    if (line.includes('given back')) givesUp.resolve();
  };
  await start({ greet: async () => {} }, pino({ level: 'warn' }, { write }));
  network.delay({ ms: 300 });
  await expect.poll(listening).toBe(1);
  network.swallow({ newOnes: true });
  const stopped = worker?.stop({ ms: 100 });
  await givesUp.promise;
  network.cut();
  await stopped;
});

it('does a job whose fetching it never heard of, since the connection broke off before the answer came', async () => {
  const [begun, done] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  await start({
    greet: async ({ subject }) => {
      if (subject === 'first') begun.resolve();
      if (subject === 'of the lost answer') done.resolve();
    },
  });
  await addJob('first');
  await begun.promise;
  network.loseAnswerWith('of the lost answer');
  await addJob('of the lost answer');
  await done.promise;
});

it('does the jobs that come after an outage in which it lost the answer to a fetch', async () => {
  const [begun, another, done] = [1, 2, 3].map(() => Promise.withResolvers<void>());
  const write = (line: string): void => {
    if (line.includes('another one begins')) another?.resolve();
  };
  const greet = async ({ subject }: { readonly subject?: string | number }): Promise<void> => {
    if (subject === 'first') begun?.resolve();
    if (subject === 'after the outage') done?.resolve();
  };
  await start({ greet }, pino({ level: 'warn' }, { write }));
  await addJob('first');
  await begun?.promise;
  isAway = true;
  network.loseAnswerWith('of the lost answer');
  await addJob('of the lost answer');
  await another?.promise;
  network.cut();
  // The other one would have begun by then.
  const before = refused;
  await expect.poll(() => refused - before).toBeGreaterThan(20);
  isAway = false;
  await addJob('after the outage');
  await done?.promise;
});

it('begins anew when the network breaks while it reads the numbers of its tasks', async () => {
  const done = Promise.withResolvers<void>();
  network.loseAnswerWith('identifier');
  await start({ greet: async () => done.resolve() });
  await addJob('any');
  await done.promise;
});
