import { pino } from 'pino';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import type { Reader } from '../../src/jobs/run-readers.ts';
import { startWorker, type Worker, type WorkerOptions } from '../../src/jobs/run-worker.ts';
import { freeLostJobs } from '../../src/jobs/sql/free-lost-jobs.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { inTransaction, read } from '../../src/kernel/db/database.ts';
import { enqueue } from '../../src/kernel/jobs/enqueue.ts';
import type { JobHandlers } from '../../src/kernel/jobs/handler.ts';
import { setTimers } from '../../src/kernel/jobs/timers.ts';
import { createLog } from '../../src/kernel/log.ts';
import type { Shop } from '../../src/shops/model.ts';
import { openTestDatabase } from '../support/database.ts';
import { createPayment, createPaymentDeps, createShop, createTestClock } from '../support/factories.ts';

const database = await openTestDatabase();
let shop: Shop;
let workers: Worker[] = [];

beforeAll(async () => {
  ({ shop } = await createShop(database));
});

afterEach(async () => {
  await Promise.all(workers.map((worker) => worker.stop()));
  workers = [];
  await database.pool.query('delete from timer');
  await database.pool.query('delete from graphile_worker._private_jobs');
});

async function start(handlers: JobHandlers, more: Partial<WorkerOptions> = {}): Promise<Worker> {
  const worker = await startWorker({
    database,
    clock: systemClock,
    log: createLog('silent'),
    sweeps: [],
    readers: [],
    jobs: { own: handlers, toShops: {}, mails: {}, files: {} },
    atATime: readConfig({}).sizes.atATime,
    ...more,
  });
  workers.push(worker);
  return worker;
}

type JobRow = { readonly name: string; readonly attempts: number; readonly lockedBy: string | null };

function jobsLeft(): Promise<JobRow[]> {
  return read<JobRow>(database, {
    name: 'test-jobs',
    text: 'select task_identifier as name, attempts::int, locked_by as "lockedBy" from graphile_worker.jobs order by id',
    values: [],
  });
}

function add(name: string, subject = 'it'): Promise<void> {
  return inTransaction(database, (tx) => enqueue(tx, [{ name, payload: { subject } }]));
}

describe('The worker', () => {
  it('logs why a job failed without the values that the database quotes', async () => {
    const lines: string[] = [];
    const failed = Promise.withResolvers<void>();
    const write = (line: string): void => {
      lines.push(line);
      if (line.includes('Failed task')) failed.resolve();
    };
    const ask = { name: 'test-cast', text: 'select $1::text::uuid as id', values: ['jan@example.pl'] };
    const log = createLog('info', { write });
    await start({ fail: async () => void (await read(database, ask)) }, { log });
    await add('fail');
    await failed.promise;
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      {
        msg: expect.stringMatching(/^Failed task \d+ \(fail, [\d.]+ms, attempt 1 of \d+\)$/),
        err: { message: 'invalid input syntax for type uuid: "…"', code: '22P02' },
      },
    ]);
    expect(lines.join()).not.toContain('jan@example.pl');
  });

  it('runs the job of each due timer once, though two workers look for them', async () => {
    const subjects = Array.from({ length: 60 }, (_, index) => `subject ${index}`);
    const seen: string[] = [];
    const all = Promise.withResolvers<void>();
    const handlers: JobHandlers = {
      look: async ({ subject, round }) => {
        seen.push(`${subject} ${round}`);
        if (seen.length === subjects.length) all.resolve();
      },
    };
    await Promise.all([start(handlers), start(handlers)]);
    const dueAt = new Date(systemClock.now().getTime() - 1_000);
    const { merchantId } = shop;
    const later = new Date(systemClock.now().getTime() + 3_600_000);
    await inTransaction(database, (tx) =>
      setTimers(tx, [
        ...subjects.map((subject) => ({ kind: 'look', subject, merchantId, dueAt, round: 3 })),
        { kind: 'look', subject: 'not yet', merchantId, dueAt: later },
      ]),
    );
    await all.promise;
    await Promise.all(workers.map((worker) => worker.stop()));
    workers = [];
    expect(seen.sort()).toEqual(subjects.map((subject) => `${subject} 3`).sort());
    expect(await jobsLeft()).toEqual([]);
    expect(await read(database, { name: 'test-timers', text: 'select subject from timer', values: [] })).toEqual([
      { subject: 'not yet' },
    ]);
  });

  it('tries a job again that has thrown', async () => {
    let tries = 0;
    const done = Promise.withResolvers<void>();
    await start({
      stumble: async () => {
        tries += 1;
        if (tries === 1) throw new Error('not today');
        done.resolve();
      },
    });
    await add('stumble');
    await done.promise;
    expect(tries).toBe(2);
  });

  it('waits for the running job when it stops', async () => {
    const begun = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const steps: string[] = [];
    const worker = await start({
      long: async () => {
        begun.resolve();
        await mayEnd.promise;
        steps.push('job ended');
      },
    });
    await add('long');
    await begun.promise;
    const stopped = worker.stop().then(() => steps.push('worker stopped'));
    workers = [];
    // Some round trips to the database, in which a worker that did not wait would have ended.
    for (let trip = 0; trip < 50; trip += 1) await jobsLeft();
    expect(steps).toEqual([]);
    mayEnd.resolve();
    await stopped;
    expect(steps).toEqual(['job ended', 'worker stopped']);
    expect(await jobsLeft()).toEqual([]);
  });

  it('gives a job back to the queue that does not end in time when it stops', async () => {
    const begun = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const worker = await start({
      endless: async () => {
        begun.resolve();
        await mayEnd.promise;
      },
    });
    await add('endless');
    await begun.promise;
    workers = [];
    await worker.stop({ ms: 1 });
    expect(await jobsLeft()).toMatchObject([{ name: 'endless', attempts: 1, lockedBy: null }]);
    mayEnd.resolve();
  });

  it('runs the jobs again that a worker held which died', async () => {
    await add('orphan');
    await database.pool.query(
      `update graphile_worker._private_jobs set locked_by = 'pool-of-the-dead', locked_at = now() - interval '1 minute'`,
    );
    const done = Promise.withResolvers<void>();
    await start({ orphan: async () => done.resolve() });
    await done.promise;
  });

  it('frees the jobs of a worker that gives no sign of life for the second time, for it may just have begun', async () => {
    await add('taken');
    const pool = 'pool-of-the-newborn';
    await database.pool.query('update graphile_worker._private_jobs set locked_by = $1, locked_at = now()', [pool]);
    const silent = await freeLostJobs(database, ['another pool']);
    expect(silent).toEqual([pool]);
    expect(await jobsLeft()).toMatchObject([{ lockedBy: pool }]);
    expect(await freeLostJobs(database, silent)).toEqual([pool]);
    expect(await jobsLeft()).toMatchObject([{ lockedBy: null }]);
    expect(await freeLostJobs(database, [pool])).toEqual([]);
    await database.pool.query('delete from graphile_worker._private_jobs');
  });

  it('leaves the jobs alone that a living worker holds', async () => {
    const begun = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    await start({
      held: async () => {
        begun.resolve();
        await mayEnd.promise;
      },
    });
    await livingWorker();
    await add('held');
    await begun.promise;
    expect(await freeLostJobs(database, [])).toEqual([]);
    const [job] = await jobsLeft();
    expect(job?.lockedBy).toMatch(/^pool-/);
    mayEnd.resolve();
  });

  it('starts its queue again when that broke off, and then does the job again', async () => {
    const brokeOff = Promise.withResolvers<void>();
    const done = Promise.withResolvers<void>();
    const write = (line: string): void => {
      if (line.includes('broke off')) brokeOff.resolve();
    };
    let [runs, isDone] = [0, false];
    const breaking: JobHandlers = {
      breaking: async () => {
        runs += 1;
        // Now the queue cannot write down that the job is done.
        if (runs === 1) await database.pool.query(keepJobs);
        else done.resolve();
      },
    };
    await start(breaking, { log: pino({ level: 'error' }, { write }) });
    await livingWorker();
    await add('breaking');
    await brokeOff.promise;
    await database.pool.query('drop trigger keep on graphile_worker._private_jobs');
    void done.promise.then(() => {
      isDone = true;
    });
    let silent: string[] = [];
    while (!isDone) silent = await freeLostJobs(database, silent);
    expect(runs).toBe(2);
  });

  it('goes on when all its connections were cut', async () => {
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    await start({
      first: async () => first.resolve(),
      second: async () => second.resolve(),
    });
    await livingWorker();
    await add('first');
    await first.promise;
    while ((await jobsLeft()).length > 0);
    await database.pool.query(`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and pid <> pg_backend_pid()`);
    await add('second');
    await second.promise;
  });

  it('removes the counts of abuse guards that are over, and no others', async () => {
    const clock = createTestClock();
    const now = clock.now().getTime();
    const insert = 'insert into abuse_count (key, points, expire) values ($1, 5, $2)';
    for (const [key, expire] of Object.entries({ over: now, long: now - 3_600_000, still: now + 1, ever: null })) {
      await database.pool.query(insert, [key, expire]);
    }
    await start({}, { clock });
    const keysLeft = async () => (await database.pool.query('select key from abuse_count order by key')).rows;
    await expect.poll(keysLeft).toEqual([{ key: 'ever' }, { key: 'still' }]);
  });

  it('makes the partitions of the event log for this month and the next three', async () => {
    const clock = createTestClock(new Date('2031-11-30T23:30:00.000Z'));
    const log = createLog('silent');
    const started = [1, 2].map(() =>
      startWorker({
        database,
        clock,
        log,
        sweeps: [],
        readers: [],
        jobs: { own: { none: async () => {} }, toShops: {}, mails: {}, files: {} },
        atATime: readConfig({}).sizes.atATime,
      }),
    );
    workers = await Promise.all(started);
    const rows = await read(database, {
      name: 'test-partitions',
      text: `select relname as name from pg_class where relname ~ '^event_203[12]_[0-9]+$' order by relname`,
      values: [],
    });
    expect(rows).toEqual(['2031_11', '2031_12', '2032_01', '2032_02'].map((month) => ({ name: `event_${month}` })));
  });
});

/** From now on no job can be removed from the queue. */
const keepJobs = `
  create function keep_job() returns trigger language plpgsql as $$ begin raise 'jobs are kept'; end $$;
  create trigger keep before delete on graphile_worker._private_jobs for each row execute function keep_job()`;

/** Resolves when a worker has shown by its lock that it is alive. */
async function livingWorker(): Promise<void> {
  const text = `
    select 1 as one from pg_locks where locktype = 'advisory' and mode = 'ShareLock' and granted
      and database = (select oid from pg_database where datname = current_database())`;
  while ((await read(database, { name: 'test-alive', text, values: [] })).length === 0);
}

describe('A reader of the event log', () => {
  const handlers: JobHandlers = { none: async () => {} };

  function createReader(values: Partial<Reader>): Reader {
    return {
      name: 'test',
      reads: new Set(['PAYMENT_CREATED']),
      behind: async () => [],
      passOver: async (ids) => [...ids],
      run: async () => [],
      ...values,
    };
  }

  it('runs as soon as this process has written to the log of a shop', async () => {
    const ran = Promise.withResolvers<string>();
    const run = async ([shopId = '']: readonly string[]): Promise<string[]> => {
      ran.resolve(shopId);
      return [];
    };
    await start(handlers, { sweeps: [], readers: [createReader({ run })] });
    await createPayment(createPaymentDeps(database), shop);
    expect(await ran.promise).toBe(shop.id);
  });

  it('runs for shops that are behind without news, until there is no more to read', async () => {
    const runs: string[] = [];
    const done = Promise.withResolvers<void>();
    const reader = createReader({
      behind: async () => (runs.length === 0 ? ['shop 1'] : []),
      run: async (shopIds) => {
        runs.push(...shopIds);
        if (runs.length === 3) done.resolve();
        return runs.length < 3 ? [...shopIds] : [];
      },
    });
    await start(handlers, { sweeps: [], readers: [reader] });
    await done.promise;
    expect(runs).toEqual(['shop 1', 'shop 1', 'shop 1']);
  });

  it('runs once at a time for a shop, and once more for all news that came meanwhile', async () => {
    const deps = createPaymentDeps(database);
    const first = Promise.withResolvers<void>();
    const mayEnd = Promise.withResolvers<void>();
    const again = Promise.withResolvers<void>();
    let [runs, running, runningMost] = [0, 0, 0];
    const run = async (): Promise<string[]> => {
      runs += 1;
      if (runs === 2) again.resolve();
      running += 1;
      runningMost = Math.max(runningMost, running);
      first.resolve();
      await mayEnd.promise;
      running -= 1;
      return [];
    };
    const worker = await start(handlers, { sweeps: [], readers: [createReader({ run })] });
    await createPayment(deps, shop);
    await first.promise;
    for (let more = 0; more < 3; more += 1) await createPayment(deps, shop);
    mayEnd.resolve();
    await again.promise;
    await worker.stop();
    workers = [];
    expect([runs, runningMost]).toEqual([2, 1]);
  });

  it('that fails does not stop the others, and runs again for the shop it left behind', async () => {
    const recovered = Promise.withResolvers<void>();
    const other = Promise.withResolvers<void>();
    let tries = 0;
    const failing = createReader({
      name: 'failing',
      behind: async () => [shop.id],
      run: async () => {
        tries += 1;
        if (tries === 1) throw new Error('not today');
        recovered.resolve();
        return [];
      },
    });
    const fine = createReader({
      name: 'fine',
      behind: async () => ['shop 2'],
      run: async () => {
        other.resolve();
        return [];
      },
    });
    await start(handlers, { sweeps: [], readers: [failing, fine] });
    await Promise.all([recovered.promise, other.promise]);
    expect(tries).toBeGreaterThan(1);
  });

  it('reads of each shop that can be read, whatever is wrong with another one', async () => {
    const reads: string[][] = [];
    const readAll = Promise.withResolvers<void>();
    const reader = createReader({
      behind: async () => (reads.length === 0 ? ['shop 1', 'bad shop', 'shop 2'] : []),
      run: async (shopIds) => {
        reads.push([...shopIds]);
        if (shopIds.includes('bad shop')) throw new Error('not of this one');
        if (shopIds.includes('shop 2')) readAll.resolve();
        return [];
      },
    });
    await start(handlers, { sweeps: [], readers: [reader] });
    await readAll.promise;
    // The first is looked at at once, the others together a moment later.
    expect(reads).toEqual([['shop 1'], ['bad shop', 'shop 2'], ['bad shop'], ['shop 2']]);
  });

  it('that cannot say which shops are behind is asked again', async () => {
    const recovered = Promise.withResolvers<void>();
    let asked = 0;
    const behind = async (): Promise<string[]> => {
      asked += 1;
      if (asked === 1) throw new Error('not today');
      recovered.resolve();
      return [];
    };
    await start(handlers, { sweeps: [], readers: [createReader({ behind })] });
    await recovered.promise;
    expect(asked).toBe(2);
  });
});
