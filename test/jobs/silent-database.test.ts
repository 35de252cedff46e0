import { pino } from 'pino';
import { describe, expect, it, type TestContext } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { startWorker, type Worker } from '../../src/jobs/run-worker.ts';
import { freeLostJobs } from '../../src/jobs/sql/free-lost-jobs.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { type Database, inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import { enqueue } from '../../src/kernel/jobs/enqueue.ts';
import type { JobHandlers } from '../../src/kernel/jobs/handler.ts';
import { createLog, type Log } from '../../src/kernel/log.ts';
import { type FaultProxy, openFaultProxy } from '../faults/fault-proxy.ts';
import { createTestDatabase } from '../support/database.ts';

/** A worker on a database of its own, which it reaches through a network that fails. */
type Scene = {
  /** The database as the test sees it. */
  readonly near: Database;
  readonly network: FaultProxy;
  /** Nobody takes a connection from now on, or again; says how often one was asked for meanwhile. */
  away(isAway: boolean): void;
  refused(): number;
  start(handlers: JobHandlers, log?: Log): Promise<Worker>;
  addJob(subject: string): Promise<void>;
};

async function openScene({ onTestFinished }: TestContext): Promise<Scene> {
  const home = await createTestDatabase();
  const near = openDatabase({ url: home.url });
  const address = new URL(home.url);
  const port = Number(address.port);
  let isAway = false;
  let refused = 0;
  const network = await openFaultProxy(() => {
    if (!isAway) return port;
    refused += 1;
    return undefined;
  });
  address.port = String(network.port);
  const far = openDatabase({ url: address.href, answerWithinMs: 2_000 });
  let worker: Worker | undefined;
  onTestFinished(async () => {
    isAway = false;
    network.calm();
    await worker?.stop();
    await Promise.all([near.close(), far.close()]);
    await network.close();
    await home.drop();
  });
  return {
    ...{ near, network, refused: () => refused },
    away: (away) => {
      isAway = away;
    },
    start: async (handlers, log = createLog('silent')) => {
      const jobs = { own: handlers, toShops: {}, mails: {}, files: {} };
      worker = await startWorker({
        ...{ database: far, clock: systemClock, log, sweeps: [], readers: [], jobs },
        atATime: readConfig({}).sizes.atATime,
      });
      return worker;
    },
    addJob: (subject) => inTransaction(near, (tx) => enqueue(tx, [{ name: 'greet', payload: { subject } }])),
  };
}

// Each waits for most of its time, so they wait together.
describe.concurrent('A worker whose database falls silent', { timeout: 60_000 }, () => {
  it('gets all its connections back when the network has swallowed them and told nobody', async (test) => {
    const { network, start, addJob } = await openScene(test);
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

  it('loses the sign that it lives together with its network, so that others may do its jobs', async (test) => {
    const { near, network, start, addJob } = await openScene(test);
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

  it('ends in good order when the network falls silent, and then breaks, before it has heard that it listens for jobs', async (test) => {
    const { near, network, start } = await openScene(test);
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
    const worker = await start({ greet: async () => {} }, pino({ level: 'warn' }, { write }));
    network.delay({ ms: 300 });
    await expect.poll(listening).toBe(1);
    network.swallow({ newOnes: true });
    const stopped = worker.stop({ ms: 100 });
    await givesUp.promise;
    network.cut();
    await stopped;
  });

  it('does a job whose fetching it never heard of, since the connection broke off before the answer came', async (test) => {
    const { network, start, addJob } = await openScene(test);
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

  it('does the jobs that come after an outage in which it lost the answer to a fetch', async (test) => {
    const { near, network, away, refused, start, addJob } = await openScene(test);
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
    // Its end wants a connection as well.
    await expect.poll(async () => (await near.pool.query('select from graphile_worker.jobs')).rowCount).toBe(0);
    away(true);
    network.loseAnswerWith('of the lost answer');
    await addJob('of the lost answer');
    await another?.promise;
    network.cut();
    // The other one would have begun by then.
    const before = refused();
    await expect.poll(() => refused() - before).toBeGreaterThan(20);
    away(false);
    await addJob('after the outage');
    await done?.promise;
  });

  it('begins anew when the network breaks while it reads the numbers of its tasks', async (test) => {
    const { network, start, addJob } = await openScene(test);
    const done = Promise.withResolvers<void>();
    network.loseAnswerWith('identifier');
    await start({ greet: async () => done.resolve() });
    await addJob('any');
    await done.promise;
  });
});
