import type { Clock } from '../../src/kernel/clock.ts';
import { type Database, inTransaction, type Tx } from '../../src/kernel/db/database.ts';
import type { JobHandlers } from '../../src/kernel/jobs/handler.ts';
import { takeDueTimers } from '../../src/kernel/jobs/timers.ts';

type DueJob = { readonly name: string; readonly payload: { readonly [key: string]: string | number } };

const roundsMax = 100;

/**
 * Does what a worker would do by now: runs the handlers of all timers that are due and of all jobs in the queue, and of
 * those that these give rise to, one after the other and without waiting. What a handler throws comes out; its job is
 * then gone, so a test of a retry enqueues it again.
 * @returns the names of the jobs that were run, in order.
 */
export async function runDueJobs(work: {
  readonly database: Database;
  readonly clock: Clock;
  readonly handlers: JobHandlers;
}): Promise<string[]> {
  const done: string[] = [];
  for (let round = 0; round < roundsMax; round += 1) {
    const jobs = await inTransaction(work.database, (tx) => takeJobs(tx, work.clock));
    if (jobs.length === 0) return done;
    for (const { name, payload } of jobs) {
      const handle = work.handlers[name];
      if (!handle) throw new Error(`No handler was given for the job ${name}.`);
      await handle(payload);
      done.push(name);
    }
  }
  throw new Error(`The jobs gave rise to ever new ones; the last was ${done.at(-1)}.`);
}

async function takeJobs(tx: Tx, clock: Clock): Promise<DueJob[]> {
  const timers = await takeDueTimers(tx, clock.now(), 1_000);
  // Of one moment by their kind, so that a run can be repeated.
  timers.sort((a, b) => a.dueAt.getTime() - b.dueAt.getTime() || (a.kind < b.kind ? -1 : 1));
  const queued = await tx.query<DueJob & { readonly id: bigint }>({
    name: 'test-take-jobs',
    text: `
      delete from graphile_worker._private_jobs j using graphile_worker._private_tasks t where t.id = j.task_id
      returning j.id, t.identifier as name, j.payload`,
    values: [],
  });
  queued.sort((a, b) => Number(a.id - b.id));
  return [
    ...timers.map(({ kind, subject, round }) => ({ name: kind, payload: { subject, round } })),
    ...queued.map(({ name, payload }) => ({ name, payload })),
  ];
}
