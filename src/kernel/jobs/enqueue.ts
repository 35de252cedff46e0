import type { Tx } from '../db/database.ts';

/** Work to be done by a worker soon after the transaction has committed. Payloads carry ids, and jobs re-read. */
export type Job = {
  readonly name: string;
  readonly payload: { readonly [key: string]: string | number };
  /** Jobs of one queue run one after the other. */
  readonly queue?: string;
  /** A job that waits under the same key is replaced. */
  readonly key?: string;
};

/** Adds jobs in the transaction that gives rise to them, so that they run if and only if it commits. */
export async function enqueue(tx: Tx, jobs: readonly Job[]): Promise<void> {
  if (jobs.length === 0) return;
  await tx.query({
    name: 'enqueue-jobs',
    text: `
      select graphile_worker.add_job(identifier => j.name, payload => j.payload, queue_name => j.queue,
        job_key => j.key, max_attempts => 25)
      from unnest($1::text[], $2::json[], $3::text[], $4::text[]) as j (name, payload, queue, key)`,
    values: [
      jobs.map((job) => job.name),
      jobs.map((job) => JSON.stringify(job.payload)),
      jobs.map((job) => job.queue ?? null),
      jobs.map((job) => job.key ?? null),
    ],
  });
}
