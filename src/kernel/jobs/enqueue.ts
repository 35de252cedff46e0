import type { Tx } from '../db/database.ts';

/** Work to be done by a worker soon after the transaction has committed. Payloads carry ids, and jobs re-read. */
export type Job = {
  readonly name: string;
  readonly payload: { readonly [key: string]: string | number };
  /**
   * Jobs of one queue run one after the other. Its group is one of those in line (`groupsInLine`), which are looked after more
   * often.
   */
  readonly queue?: string;
  /** A job that waits under the same key is replaced. No two jobs of one call have the same. */
  readonly key?: string;
};

/**
 * How often a job is tried after ever longer pauses, some 16 hours in all, before it is an alarm and tried four times a day
 * (src/jobs/retry-failed-jobs.ts). What is counted by a job itself, as the beginnings of a report, ends before.
 */
const triesMax = 12;

/**
 * Adds jobs in the transaction that gives rise to them, so that they run if and only if it commits: those of one queue in the
 * order given.
 */
export async function enqueue(tx: Tx, jobs: readonly Job[]): Promise<void> {
  if (jobs.length === 0) return;
  const turns = turnsOf(jobs);
  await tx.query({
    name: 'enqueue-jobs',
    // In one call, as a call for each job took a millisecond a job, most of it to announce it. Jobs that are added together have
    // no order, so those of one queue are added in turn.
    text: `
      select from generate_series(1, $5::int) as round (turn) cross join lateral graphile_worker.add_jobs(array(
        select row(name, payload, queue, null, $7::int, key, null, null)::graphile_worker.job_spec
        from unnest($1::text[], $2::json[], $3::text[], $4::text[], $6::int[]) as j (name, payload, queue, key, turn)
        where j.turn = round.turn
      ))`,
    values: [
      jobs.map((job) => job.name),
      jobs.map((job) => JSON.stringify(job.payload)),
      jobs.map((job) => job.queue ?? null),
      jobs.map((job) => job.key ?? null),
      Math.max(...turns),
      turns,
      triesMax,
    ],
  });
}

/** Says of each job which one of its queue it is; those of no queue are all first. */
function turnsOf(jobs: readonly Job[]): number[] {
  const last = new Map<string, number>();
  return jobs.map(({ queue }) => {
    if (queue === undefined) return 1;
    const turn = (last.get(queue) ?? 0) + 1;
    last.set(queue, turn);
    return turn;
  });
}
