import { after, type Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';
import type { JobGroups } from './registry.ts';
import { type FailedJob, takeUpFailedJobs } from './sql/take-up-failed-jobs.ts';

/** A job that fails at every try is tried as often in the end. All are at the same moments, so that they are told of together. */
const apartMs = 6 * 3_600_000;
const pauseMin = { ms: 3_600_000 };
const jobsMax = 1_000;
/** Of how many jobs of a kind the alarm says which they are. */
const toldMax = 10;

/**
 * Sees to it that no job is given up, since nobody else would ask again about a refund, say: one that has failed at each of
 * its tries, or was lost with its process each time, gets another one at 0:00, 6:00, 12:00 or 18:00 UTC, an hour later or
 * more, and again, with an alarm for each kind each time (docs/decisions/0062-no-job-is-given-up.md). Any number of processes
 * may do so at once.
 */
export async function retryFailedJobs(
  database: Database,
  { clock, log, jobs }: { readonly clock: Clock; readonly log: Log; readonly jobs: JobGroups },
): Promise<void> {
  // One of a kind that nobody does any more would wait for ever as if it were due.
  const names = Object.values(jobs).flatMap((handlers) => Object.keys(handlers));
  const runAt = nextMoment(clock.now());
  let found: readonly FailedJob[];
  do {
    found = await takeUpFailedJobs(database, { names, runAt, max: jobsMax });
    for (const name of new Set(found.map((job) => job.name))) {
      const payloads = found.filter((job) => job.name === name).map(({ payload }) => payload);
      const told = { job: name, count: payloads.length, payloads: payloads.slice(0, toldMax), runAt };
      log.error(told, 'jobs have failed at every try; they are tried again four times a day');
    }
  } while (found.length === jobsMax);
}

function nextMoment(now: Date): Date {
  return new Date(Math.ceil(after(now, pauseMin).getTime() / apartMs) * apartMs);
}
