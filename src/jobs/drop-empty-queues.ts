import type { Database } from '../kernel/db/database.ts';
import { unlessBusy } from '../kernel/db/unless-busy.ts';
import { deleteEmptyQueues } from './sql/drop-empty-queues.ts';

/**
 * Removes the rows of queues without jobs: each payment with notifications has a queue of its own, for good otherwise.
 * Nothing is removed while others keep writing to queues; the next time will do. The cleanup of graphile-worker removes
 * the queue under a job that is just being added, which then never runs.
 */
export function dropEmptyQueues(database: Database): Promise<void> {
  return unlessBusy(deleteEmptyQueues(database));
}
