import { expect, it } from 'vitest';
import { countWaitingJobs } from '../../src/jobs/sql/count-waiting-jobs.ts';
import { systemClock } from '../../src/kernel/clock.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { enqueue } from '../../src/kernel/jobs/enqueue.ts';
import { openTestDatabase } from '../support/database.ts';

const database = await openTestDatabase();

it('Jobs that are due and that nobody does are counted, with the time for which the oldest has been', async () => {
  expect(await countWaitingJobs(database, systemClock.now())).toEqual({ count: 0, oldestSeconds: 0 });
  const jobs = ['old', 'new', 'later', 'under way'].map((subject) => ({ name: 'greet', payload: { subject } }));
  await inTransaction(database, (tx) => enqueue(tx, jobs));
  const set = (change: string, subject: string): Promise<unknown> =>
    database.pool.query(`update graphile_worker._private_jobs set ${change} where payload->>'subject' = $1`, [subject]);
  await set("run_at = now() - interval '1 hour'", 'old');
  await set("run_at = now() + interval '1 hour'", 'later');
  await set("locked_at = now(), locked_by = 'somebody', run_at = now() - interval '2 hours'", 'under way');
  const { count, oldestSeconds } = await countWaitingJobs(database, systemClock.now());
  expect(count).toBe(2);
  expect(oldestSeconds).toBeGreaterThanOrEqual(3_600);
  expect(oldestSeconds).toBeLessThan(7_200);
});
