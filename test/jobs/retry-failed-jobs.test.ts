import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Acquirer } from '../../src/acquirers/port.ts';
import { readConfig } from '../../src/config.ts';
import type { JobGroups } from '../../src/jobs/registry.ts';
import { retryFailedJobs } from '../../src/jobs/retry-failed-jobs.ts';
import { startWorker, type Worker } from '../../src/jobs/run-worker.ts';
import { freeLostJobs } from '../../src/jobs/sql/free-lost-jobs.ts';
import { sweepTimers } from '../../src/jobs/sweep-timers.ts';
import { after, systemClock } from '../../src/kernel/clock.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { enqueue, type Job } from '../../src/kernel/jobs/enqueue.ts';
import type { JobHandlers } from '../../src/kernel/jobs/handler.ts';
import { refundJobs } from '../../src/refunds/jobs.ts';
import { openRefundWorld, type RefundWorld, refundNow } from '../refunds/world.ts';
import { createTestClock } from '../support/factories.ts';

let world: RefundWorld;
let worker: Worker | undefined;
let alarms: { readonly msg: string; readonly count?: number }[] = [];
const log = pino({ level: 'error', base: null }, { write: (line) => void alarms.push(JSON.parse(line)) });

beforeAll(async () => {
  world = await openRefundWorld();
});

afterEach(async () => {
  await stop();
  await world.database.pool.query('delete from graphile_worker._private_jobs');
  await world.database.pool.query('delete from timer');
  alarms = [];
});

afterAll(() => world.close());

async function stop(): Promise<void> {
  await worker?.stop();
  worker = undefined;
}

function groupsOf(own: JobHandlers): JobGroups {
  return { own, toShops: {}, mails: {}, files: {} };
}

/** Starts a gateway's background work, as it is with these handlers. */
async function start(handlers: JobHandlers): Promise<void> {
  const { database } = world;
  const { atATime } = readConfig({}).sizes;
  worker = await startWorker({
    database,
    clock: systemClock,
    log,
    atATime,
    sweeps: [],
    readers: [],
    jobs: groupsOf(handlers),
  });
}

function add(...jobs: readonly Job[]): Promise<void> {
  return inTransaction(world.database, (tx) => enqueue(tx, jobs));
}

function change(what: string): Promise<unknown> {
  return world.database.pool.query(`update graphile_worker._private_jobs set ${what}`);
}

type JobNow = { readonly name: string; readonly triesLeft: number; readonly hasFailed: boolean; readonly runAt: Date };

async function jobsNow(): Promise<JobNow[]> {
  const { rows } = await world.database.pool.query<JobNow>(
    `select task_identifier as name, max_attempts - attempts as "triesLeft", last_error is not null as "hasFailed",
       run_at as "runAt"
     from graphile_worker.jobs where locked_at is null order by id`,
  );
  return rows;
}

const message = 'jobs have failed at every try; they are tried again four times a day';
const hour = 3_600_000;

describe('A job that has failed at its last try', () => {
  it('is an alarm and is tried again: the refund that it asks about is not forgotten', async () => {
    const sale = await world.sell();
    world.acquirer.onMove(new Error('time-out'));
    const { refund } = await world.refund(sale, { amount: 4_000n });
    world.clock.pass({ ms: 15_000 });
    await sweepTimers(world.database, world.clock);
    await change('attempts = max_attempts - 1');
    const acquirers = new Map<string, Acquirer>();
    // The configuration of the acquirer is gone for a while.
    await start(refundJobs({ ...world.refunds, acquirers }));
    await expect.poll(jobsNow).toMatchObject([{ name: 'ask-refund', hasFailed: true }]);
    await stop();
    world.acquirer.onAskMovement({ kind: 'settled' });
    await start(refundJobs(world.refunds));
    await expect
      .poll(() => alarms)
      .toEqual([
        expect.objectContaining({
          ...{ msg: message, level: 50, job: 'ask-refund', count: 1 },
          payloads: [{ subject: refund.id, round: 0 }],
        }),
      ]);
    const [job] = await jobsNow();
    expect(job).toMatchObject({ name: 'ask-refund', triesLeft: 1 });
    const pause = Number(job?.runAt) - systemClock.now().getTime();
    expect(pause).toBeGreaterThan(hour - 60_000);
    expect(pause).toBeLessThanOrEqual(7 * hour);
    expect((await refundNow(world.database, refund.id)).status).toBe('UNKNOWN');
    await change('run_at = now()');
    await expect
      .poll(async () => (await refundNow(world.database, refund.id)).status, { timeout: 5_000 })
      .toBe('SETTLED');
    await expect.poll(jobsNow).toEqual([]);
  });

  it('is an alarm each time, until it does not fail any more', async () => {
    await add({ name: 'stumble', payload: { subject: 'it' } });
    await change('attempts = max_attempts - 1');
    const handlers: JobHandlers = {
      stumble: async () => {
        throw new Error('not today');
      },
    };
    await start(handlers);
    const sweep = async () => {
      await retryFailedJobs(world.database, { clock: systemClock, log, jobs: groupsOf(handlers) });
      return alarms.length;
    };
    for (const times of [1, 2]) {
      await expect.poll(sweep, { timeout: 5_000 }).toBe(times);
      await change('run_at = now()');
    }
  });
});

describe('What failed is taken up', () => {
  const nothing = async (): Promise<void> => {};
  const jobs = groupsOf({ fail: nothing, other: nothing });
  const retry = () => retryFailedJobs(world.database, { clock: systemClock, log, jobs });

  it('once, by whichever process, and told with the first ten of each kind', async () => {
    const failed = (name: string, index: number) => ({ name, payload: { subject: `${name} ${index}` } });
    const indices = Array.from({ length: 12 }, (_, index) => index);
    await add(...indices.map((index) => failed('fail', index)), failed('other', 0));
    await change('attempts = max_attempts');
    await retry();
    expect(alarms.map((alarm) => ({ ...alarm, time: undefined }))).toEqual([
      expect.objectContaining({
        ...{ job: 'fail', count: 12 },
        payloads: indices.slice(0, 10).map((index) => failed('fail', index).payload),
      }),
      expect.objectContaining({ job: 'other', count: 1 }),
    ]);
    await change('attempts = max_attempts');
    alarms.splice(0);
    // Each tells of those that it has taken up.
    await Promise.all([retry(), retry(), retry()]);
    expect(alarms.reduce((sum, { count }) => sum + Number(count), 0)).toBe(13);
    expect(await jobsNow()).toHaveLength(13);
    expect((await jobsNow()).every(({ triesLeft }) => triesLeft === 1)).toBe(true);
  });

  it('at the same four moments of a day, an hour later or more, so that one cause is one alarm for each kind', async () => {
    const clock = createTestClock(new Date('2026-11-27T00:30:00Z'));
    const sweep = async () => {
      await retryFailedJobs(world.database, { clock, log, jobs });
      const [job] = await jobsNow();
      return [alarms.splice(0).length, job?.runAt.toISOString()];
    };
    const failDue = () =>
      world.database.pool.query(
        'update graphile_worker._private_jobs set attempts = max_attempts where attempts < max_attempts and run_at <= $1',
        [clock.now()],
      );
    // They come to their last try one after the other.
    for (const index of Array.from({ length: 30 }).keys()) {
      await add({ name: index % 2 ? 'fail' : 'other', payload: { subject: String(index) } });
      await change('attempts = max_attempts where attempts = 0');
      await sweep();
      clock.pass({ ms: 10 * 60_000 });
    }
    // The last one failed at 5:20, less than an hour before the next of the moments.
    expect(new Set((await jobsNow()).map(({ runAt }) => runAt.toISOString()))).toEqual(
      new Set(['2026-11-27T06:00:00.000Z', '2026-11-27T12:00:00.000Z']),
    );
    for (const at of ['06:00', '12:00', '18:00']) {
      clock.pass({ ms: Date.parse(`2026-11-27T${at}:00Z`) - clock.now().getTime() });
      await failDue();
      const next = after(clock.now(), { ms: 6 * hour }).toISOString();
      expect(await sweep()).toEqual([2, next]);
    }
    expect(new Set((await jobsNow()).map(({ runAt }) => runAt.toISOString()))).toEqual(
      new Set(['2026-11-28T00:00:00.000Z']),
    );
  });

  it('also when it did not fail but was lost with its process each time', async () => {
    await add({ name: 'fail', payload: { subject: 'it' } });
    await change(`attempts = max_attempts, locked_by = 'pool-of-the-dead', locked_at = now() - interval '1 minute'`);
    await retry();
    expect(alarms).toEqual([]);
    await freeLostJobs(world.database, await freeLostJobs(world.database, []));
    await retry();
    expect(alarms).toHaveLength(1);
    expect(await jobsNow()).toMatchObject([{ triesLeft: 1 }]);
  });

  it('unless it has tries left, is under way, or is of a kind that nobody does any more', async () => {
    await add({ name: 'fail', payload: { subject: 'has tries left' } });
    await change('attempts = max_attempts - 1');
    await retry();
    await change(`attempts = max_attempts, locked_by = 'pool-of-the-living', locked_at = now()`);
    await retry();
    await change('locked_by = null, locked_at = null');
    await retryFailedJobs(world.database, { clock: systemClock, log, jobs: groupsOf({ other: nothing }) });
    expect(alarms).toEqual([]);
    expect(await jobsNow()).toMatchObject([{ name: 'fail', triesLeft: 0 }]);
  });
});
