import { type Database, withoutTransaction } from '../../kernel/db/database.ts';
import type { Job } from '../../kernel/jobs/enqueue.ts';

export type FailedJob = Pick<Job, 'name' | 'payload'>;

/**
 * Gives jobs of these names that the queue has given up one more try, at `runAt`: up to `max` of them, the oldest first. Those
 * that another process takes up are left to it.
 */
export function takeUpFailedJobs(
  database: Database,
  { names, runAt, max }: { readonly names: readonly string[]; readonly runAt: Date; readonly max: number },
): Promise<FailedJob[]> {
  return withoutTransaction(database, (tx) =>
    tx.query<FailedJob>({
      name: 'take-up-failed-jobs',
      text: `
      with failed as (
        select j.id, t.identifier as name
        from graphile_worker._private_jobs j join graphile_worker._private_tasks t on t.id = j.task_id
        where j.locked_at is null and j.attempts >= j.max_attempts and t.identifier = any($1::text[])
        order by j.id limit $3::int
        for update of j skip locked
      )
      update graphile_worker._private_jobs j set attempts = j.max_attempts - 1, run_at = $2::timestamptz
      from failed where j.id = failed.id
      returning failed.name, j.payload`,
      values: [names, runAt, max],
    }),
  );
}
