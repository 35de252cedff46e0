import type { Clock } from '../kernel/clock.ts';
import { endsInTime } from '../kernel/ends-in-time.ts';
import type { JobHandlers } from '../kernel/jobs/handler.ts';
import { dropEmptyQueues } from './drop-empty-queues.ts';
import { prepareQueue } from './prepare-queue.ts';
import { openQueueLine } from './queue-line.ts';
import { groupsInLine, type JobGroups, type Sweep } from './registry.ts';
import { retryFailedJobs } from './retry-failed-jobs.ts';
import { startQueue } from './run-queue.ts';
import { type ReaderOptions, startReaders } from './run-readers.ts';
import { dropOldCounts } from './sql/drop-old-counts.ts';
import { ensureEventPartitions } from './sql/ensure-event-partitions.ts';
import { freeLostJobs } from './sql/free-lost-jobs.ts';
import { loopsInTurn } from './start-loop.ts';
import { sweepTimers } from './sweep-timers.ts';

export type WorkerOptions = ReaderOptions & {
  readonly clock: Clock;
  readonly jobs: JobGroups;
  readonly sweeps: readonly Sweep[];
  /** How many jobs run at a time, by their group. */
  readonly atATime: { readonly [group in keyof JobGroups]: number };
};

export type Worker = {
  /**
   * Takes no new work, waits for what is running and closes its connections. Jobs that take longer than `patience`, ten
   * seconds by default, are given back to the queue.
   */
  stop(patience?: { readonly ms: number }): Promise<void>;
};

const timerSweepMs = 200;
const lostJobsSweepMs = 2_500;
/** No index tells of them: each look goes through all jobs that there are. */
const failedJobsSweepMs = 600_000;
const minuteMs = 60_000;
const hourMs = 3_600_000;
const dayMs = 86_400_000;
const usualPatience = { ms: 10_000 };

/**
 * Starts everything that runs in the background: the jobs, the sweep that turns timers into jobs, the readers of the
 * event log, the care for jobs that failed and for the log's partitions, and the removal of counts that are over. Any number of processes may do
 * so on one database.
 */
export async function startWorker(options: WorkerOptions): Promise<Worker> {
  const { database, clock, log } = options;
  await prepareQueue(database, log);
  await ensureEventPartitions(database, clock.now());
  const every = loopsInTurn(log);
  const groups = (Object.keys(options.jobs) as (keyof JobGroups)[]).filter((group) => !isEmpty(options.jobs[group]));
  let silent: string[] = [];
  const line = openQueueLine(database, log);
  const queues = groups.map((group) =>
    startQueue({
      ...{ database, line, log, handlers: options.jobs[group], jobsAtATime: options.atATime[group] },
      inLine: groupsInLine.has(group),
    }),
  );
  const loops = [
    every('timers', timerSweepMs, () => sweepTimers(database, clock)),
    every('lost jobs', lostJobsSweepMs, async () => {
      const before = silent;
      // A look that fails is none: whoever gave no sign before it gets another chance.
      silent = [];
      silent = await freeLostJobs(database, before);
    }),
    every('failed jobs', failedJobsSweepMs, () => retryFailedJobs(database, options)),
    every('old counts', minuteMs, () => dropOldCounts(database, clock.now())),
    every('event partitions', hourMs, () => ensureEventPartitions(database, clock.now())),
    every('empty queues', dayMs, () => dropEmptyQueues(database)),
    startReaders(options),
    ...options.sweeps.map(({ name, everyMs, work }) => every(name, everyMs, work)),
  ];
  return {
    stop: async (patience = usualPatience) => {
      const loopsEnd = Promise.all(loops.map((loop) => loop.stop()));
      await Promise.all([endsInTime(loopsEnd, patience), ...queues.map((queue) => queue.stop(patience))]);
      await line.close();
    },
  };
}

/** A queue that has nothing to do could only complain of that. */
function isEmpty(handlers: JobHandlers): boolean {
  return Object.keys(handlers).length === 0;
}
