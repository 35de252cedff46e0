import type { Tx } from '../../kernel/db/database.ts';

/** Removes the rows of queues that have no job, while nobody else writes to any; to be called in a transaction of its own. */
export async function deleteEmptyQueues(tx: Tx): Promise<void> {
  // Whoever waits for the lock holds up everybody who comes after, so it gives up soon.
  await tx.query({ name: 'wait-briefly-for-queues', text: "set local lock_timeout = '500ms'", values: [] });
  await tx.query({
    name: 'lock-queues',
    text: 'lock table graphile_worker._private_job_queues in share row exclusive mode',
    values: [],
  });
  await tx.query({
    name: 'delete-empty-queues',
    text: `
      delete from graphile_worker._private_job_queues q where q.locked_at is null
        and not exists (select from graphile_worker._private_jobs j where j.job_queue_id = q.id)`,
    values: [],
  });
}
