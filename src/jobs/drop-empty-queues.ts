import type { Database } from '../kernel/db/database.ts';
import { deleteEmptyQueues } from './sql/drop-empty-queues.ts';

/** lock_not_available: somebody writes to queues all the time. */
const tooBusy = '55P03';

/**
 * Removes the rows of queues without jobs: each payment with notifications has a queue of its own, for good otherwise.
 * Nothing is removed while others keep writing to queues; the next time will do. The cleanup of graphile-worker removes
 * the queue under a job that is just being added, which then never runs.
 */
export async function dropEmptyQueues(database: Database): Promise<void> {
  await deleteEmptyQueues(database).catch((error: unknown) => {
    if ((error as { code?: string }).code !== tooBusy) throw error;
  });
}
