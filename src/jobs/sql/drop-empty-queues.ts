import { type Database, withoutTransaction } from '../../kernel/db/database.ts';

/**
 * Removes the rows of queues that have no job, while nobody else writes to any. All in one statement: whoever adds a job
 * waits for the lock, and would wait half a minute for a process that vanished between two statements.
 */
export async function deleteEmptyQueues(database: Database): Promise<void> {
  await withoutTransaction(database, (tx) =>
    tx.query({
      name: 'delete-empty-queues',
      // Whoever waits for the lock holds up everybody who comes after, so it gives up soon.
      text: `
      do $$ begin
        perform set_config('lock_timeout', '500ms', true);
        lock table graphile_worker._private_job_queues in share row exclusive mode;
        delete from graphile_worker._private_job_queues q where q.locked_at is null
          and not exists (select from graphile_worker._private_jobs j where j.job_queue_id = q.id);
      end $$`,
      values: [],
    }),
  );
}
