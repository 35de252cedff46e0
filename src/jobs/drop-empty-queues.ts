import { makeWorkerUtils } from 'graphile-worker';
import type { Database } from '../kernel/db/database.ts';

/** Removes the rows of queues without jobs: each payment with notifications has a queue of its own, for good otherwise. */
export async function dropEmptyQueues(database: Database): Promise<void> {
  const utils = await makeWorkerUtils({ connectionString: database.url });
  try {
    await utils.cleanup({ tasks: ['GC_JOB_QUEUES'] });
  } finally {
    await utils.release();
  }
}
