import { pino } from 'pino';
import { afterAll, afterEach, expect, it } from 'vitest';
import { openQueueLine } from '../../src/jobs/queue-line.ts';
import { type Queue, startQueue } from '../../src/jobs/run-queue.ts';
import { freeLostJobs } from '../../src/jobs/sql/free-lost-jobs.ts';
import { DatabaseUnavailable, inTransaction } from '../../src/kernel/db/database.ts';
import { noteDatabaseAway } from '../../src/kernel/db/note-away.ts';
import { enqueue } from '../../src/kernel/jobs/enqueue.ts';
import { createLog } from '../../src/kernel/log.ts';
import { openTestDatabase } from '../support/database.ts';

const database = await openTestDatabase();
const line = openQueueLine(database, createLog('silent'));
let queue: Queue | undefined;

afterAll(() => line.close());

afterEach(async () => {
  await queue?.stop({ ms: 1_000 });
  await database.pool.query('delete from graphile_worker._private_jobs');
});

/** The job of this subject cannot be written down as done. */
const keepSome = `
  create function keep() returns trigger language plpgsql as $$ begin raise exception 'no'; end; $$;
  create trigger keep before delete on graphile_worker._private_jobs for each row
    when (old.payload ->> 'subject' = 'kept') execute function keep();`;

it.each([
  ['an error', false, 50],
  ['a warning while the database is known to be away', true, 40],
])(
  'starts again when one job could not be written down as done and others could afterwards, with %s',
  async (_what, isAway, level) => {
    const levels: number[] = [];
    const [failed, brokeOff] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const [slowBegun, slowAgain] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const write = (line: string): void => {
      if (line.includes('Failed to complete jobs')) failed.resolve();
      if (/broke off|did not end well/.test(line)) levels.push(JSON.parse(line).level);
      if (line.includes('broke off')) brokeOff.resolve();
    };
    const log = pino({ level: 'warn' }, { write });
    let runs = 0;
    await database.pool.query(keepSome);
    queue = startQueue({
      inLine: false,
      ...{ database, line },
      jobsAtATime: 10,
      log,
      handlers: {
        work: async ({ subject }) => {
          if (subject === 'kept') {
            await slowBegun.promise;
            if (isAway) noteDatabaseAway(log, new DatabaseUnavailable(new Error('gone')), 'nothing is done');
            runs += 1;
            if (runs > 1) slowAgain.resolve();
            return;
          }
          // Ends after the other one could not, while the queue waits for it.
          slowBegun.resolve();
          await failed.promise;
        },
      },
    });
    const jobs = ['kept', 'slow 1', 'slow 2', 'slow 3'].map((subject) => ({ name: 'work', payload: { subject } }));
    await inTransaction(database, (tx) => enqueue(tx, jobs));
    await brokeOff.promise;
    expect(new Set(levels)).toEqual(new Set([level]));
    await database.pool.query('drop trigger keep on graphile_worker._private_jobs; drop function keep()');
    let isDone = false;
    void slowAgain.promise.then(() => {
      isDone = true;
    });
    let silent: string[] = [];
    while (!isDone) silent = await freeLostJobs(database, silent);
    expect(runs).toBe(2);
  },
);

it('ends in good order when it has fetched a job for which there was no place yet, and gives that one back', async () => {
  const [bothBegun, mayEnd] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const firstBegun = Promise.withResolvers<void>();
  const complaints: string[] = [];
  const runs: string[] = [];
  queue = startQueue({
    inLine: false,
    ...{ database, line },
    jobsAtATime: 2,
    log: pino({ level: 'warn' }, { write: (line) => complaints.push(line) }),
    handlers: {
      work: async ({ subject }) => {
        runs.push(String(subject));
        if (runs.length === 1) firstBegun.resolve();
        if (runs.length === 2) bothBegun.resolve();
        await mayEnd.promise;
      },
    },
  });
  const add = (...subjects: string[]): Promise<void> =>
    inTransaction(database, (tx) =>
      enqueue(
        tx,
        subjects.map((subject) => ({ name: 'work', payload: { subject } })),
      ),
    );
  await add('first');
  await firstBegun.promise;
  await add('second', 'fetched');
  await bothBegun.promise;
  const stopped = queue.stop({ ms: 10_000 });
  mayEnd.resolve();
  await stopped;
  expect(complaints).toEqual([]);
  expect(runs).toEqual(['first', 'second']);
  const { rows } = await database.pool.query('select payload, locked_by, attempts from graphile_worker._private_jobs');
  expect(rows).toEqual([{ payload: { subject: 'fetched' }, locked_by: null, attempts: 0 }]);
});
