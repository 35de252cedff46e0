import { type Database, read } from '../../kernel/db/database.ts';

/** How many jobs are due that nobody does yet, and for how long the oldest of them has been, in seconds; 0 when there is none. */
export type WaitingJobs = { readonly count: number; readonly oldestSeconds: number };

/** Counts what the queue has to do now. Who has failed waits for his next try, and is not due before it. */
export async function countWaitingJobs(database: Database, now: Date): Promise<WaitingJobs> {
  const [row] = await read<WaitingJobs>(database, {
    name: 'count-waiting-jobs',
    text: `
      select count(*)::int as count, coalesce(extract(epoch from $1::timestamptz - min(run_at)), 0)::float8 as "oldestSeconds"
      from graphile_worker._private_jobs where is_available and run_at <= $1::timestamptz`,
    values: [now],
  });
  return row ?? { count: 0, oldestSeconds: 0 };
}
