import { after, type Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';
import type { JobGroups } from './registry.ts';
import { type FailedJob, takeUpFailedJobs } from './sql/take-up-failed-jobs.ts';

/** A job that fails at every try is tried as often in the end. */
const pause = { ms: 6 * 3_600_000 };
const jobsMax = 1_000;
/** Of how many jobs of a kind the alarm says which they are. */
const toldMax = 10;

/**
 * Sees to it that no job is given up, since nobody else would ask again about a refund, say: one that has failed at each of
 * its tries, or was lost with its process each time, gets another one in six hours, and again, with an alarm each time
 * (docs/decisions/0062-no-job-is-given-up.md). Any number of processes may do so at once.
 */
export async function retryFailedJobs(
  database: Database,
  { clock, log, jobs }: { readonly clock: Clock; readonly log: Log; readonly jobs: JobGroups },
): Promise<void> {
  // One of a kind that nobody does any more would wait for ever as if it were due.
  const names = Object.values(jobs).flatMap((handlers) => Object.keys(handlers));
  let found: readonly FailedJob[];
  do {
    found = await takeUpFailedJobs(database, { names, runAt: after(clock.now(), pause), max: jobsMax });
    for (const name of new Set(found.map((job) => job.name))) {
      const payloads = found.filter((job) => job.name === name).map(({ payload }) => payload);
      const told = { job: name, count: payloads.length, payloads: payloads.slice(0, toldMax) };
      log.error(told, 'jobs have failed at every try; they are tried again in six hours');
    }
  } while (found.length === jobsMax);
}
