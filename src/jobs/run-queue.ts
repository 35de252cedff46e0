import { EventEmitter } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { runTaskList, type TaskList, type WorkerEvents, type WorkerPool } from 'graphile-worker';
import pg from 'pg';
import { breakOffWhenUnusable } from '../kernel/db/break-off-unusable.ts';
import { type Database, DatabaseUnavailable } from '../kernel/db/database.ts';
import { isDatabaseNotedAway, noteDatabaseBack } from '../kernel/db/note-away.ts';
import { requireWritable } from '../kernel/db/ping-database.ts';
import { endsInTime } from '../kernel/ends-in-time.ts';
import type { JobHandler, JobHandlers } from '../kernel/jobs/handler.ts';
import type { Log } from '../kernel/log.ts';
import { giveBackAtTheEnd, onFailedBeginning, onLostFetch, whenIdle } from './mend-graphile-worker.ts';
import { type QueueLine, withLine } from './queue-line.ts';
import { queueLog } from './queue-log.ts';
import { noteAwayForWork } from './start-loop.ts';

export type QueueOptions = {
  readonly database: Database;
  readonly line: QueueLine;
  readonly log: Log;
  readonly handlers: JobHandlers;
  /** How many jobs run at a time. */
  readonly jobsAtATime: number;
  /** True when some of them stand in line, one behind the other (`Job.queue`). */
  readonly inLine: boolean;
};

export type Queue = {
  /** Takes no new job and waits for those that run; those that take longer than `patience` are given back. */
  stop(patience: { readonly ms: number }): Promise<void>;
};

type Run = Queue & { readonly ended: Promise<void> };

/** A connection is needed only while a job begins or ends, so many jobs share a few. */
const connectionsMax = 10;
const restMs = 1_000;
/** How long a queue that takes no new jobs may take for those it has. */
const lastJobs = { ms: 600_000 };
/** How long a queue without a job under way may take to say that it has ended. */
const lastWords = { ms: 5_000 };
/**
 * How often a queue looks for jobs in milliseconds. New ones are announced; the next one in line behind a job that has just
 * ended is not, nor one that failed, was given back or was freed, nor any while the connection that listens is down.
 */
const pollMs = { inLine: 100, freely: 1_000 };
/** How long a job that was fetched may wait for a place; then any other process may have it. */
const fetchedForMs = 1_000;

/**
 * Runs the jobs of the queue. When it breaks off, as it does when it cannot write that a job is done, it starts again; so it
 * does when it may have taken jobs of which it never heard, which others get when it has ended what it is doing, and when it
 * could not even begin. Then it waits until the database is there, which it has to be at first.
 */
export function startQueue(options: QueueOptions): Queue {
  const { log } = options;
  const runs = new Set<Run>();
  const stopping = new AbortController();
  let beginning = begin();

  async function begin(restFirstMs?: number): Promise<void> {
    // Whoever starts a queue has just written to the database; four queues that asked it all the same opened a connection each.
    if (restFirstMs !== undefined) await untilReachable(options, { restFirstMs, signal: stopping.signal });
    if (stopping.signal.aborted) return;
    let present = true;
    /** False when that is under way already, or nothing shall begin any more. */
    const beginAnother = (level: 'warn' | 'error', why: string): boolean => {
      if (stopping.signal.aborted || !present) return false;
      present = false;
      log[level](why);
      beginning = begin(restMs);
      return true;
    };
    const replace = (why: string): void => {
      if (beginAnother('warn', why)) void run.stop(lastJobs);
    };
    const run = startRun(options, replace);
    runs.add(run);
    void run.ended.then(() => {
      runs.delete(run);
      beginAnother(levelOf(log), 'the job queue broke off and starts again');
    });
  }

  return {
    stop: async (patience) => {
      stopping.abort();
      // One that looks whether the database is there begins no run any more.
      await Promise.all([endsInTime(beginning, patience), ...[...runs].map((run) => run.stop(patience))]);
    },
  };
}

/** Resolves when the database answers and takes writes, or when the signal ends that. */
async function untilReachable(
  { database, log }: QueueOptions,
  { restFirstMs, signal }: { readonly restFirstMs: number; readonly signal: AbortSignal },
): Promise<void> {
  for (let rest = restFirstMs; ; rest = restMs) {
    await pause(rest, undefined, { signal }).catch(() => {});
    if (signal.aborted) return;
    try {
      await requireWritable(database);
      return noteDatabaseBack(log);
    } catch (err) {
      if (!noteAwayForWork(log, err)) log.error({ err }, 'the job queue cannot begin');
    }
  }
}

/** A queue that ends while the database is away is no fault that anybody could mend. */
function levelOf(log: Log): 'warn' | 'error' {
  return isDatabaseNotedAway(log) ? 'warn' : 'error';
}

/** @param replace has another one begin in its place, for the reason that is given. */
function startRun(options: QueueOptions, replace: (why: string) => void): Run {
  const { log, line } = options;
  const pool = openPool(options, () =>
    replace('an answer to the job queue was lost, and perhaps jobs with it; another one begins'),
  );
  const events: WorkerEvents = new EventEmitter();
  giveBackAtTheEnd(events);
  onFailedBeginning(events, () => replace('the job queue could not begin; another one does'));
  const idle = whenIdle(events);
  const jobs = runTaskList({ ...settingsOf(options), events }, tasksOf(options.handlers), withLine(pool, line));
  const hide = line.show(jobs.id);
  let over = false;
  const told = jobs.promise.catch((error: unknown) =>
    log[levelOf(log)]({ err: error }, 'the job queue did not end well'),
  );
  const ended = Promise.race([told, idle]).then(async () => {
    over = true;
    hide();
    if (await endsInTime(told, lastWords)) await pool.end();
    // What is left of it may hold a connection; nobody waits for that.
    else void pool.end();
  });
  return {
    ended,
    stop: async (patience) => {
      if (!over) await Promise.race([stopRun(jobs, patience, log), ended]);
      await ended;
    },
  };
}

async function stopRun(jobs: WorkerPool, patience: { readonly ms: number }, log: Log): Promise<void> {
  // What goes wrong in here also comes out of `jobs.promise`, where it is logged.
  const graceful = Promise.resolve(jobs.gracefulShutdown()).catch(() => {});
  if (await endsInTime(graceful, patience)) return;
  log.warn('jobs that did not end in time are given back to the queue');
  await Promise.resolve(jobs.forcefulShutdown('the worker stops')).catch(() => {});
}

function openPool({ database, log }: QueueOptions, tellLostFetch: () => void): pg.Pool {
  const pool = new pg.Pool({ connectionString: database.url, max: connectionsMax, ...database.limits });
  pool.on('error', (error) => {
    if (!pool.ending) noteAwayForWork(log, new DatabaseUnavailable(error));
  });
  // A connection in use tells its errors to whoever waits for a query, but without a listener they end the process.
  pool.on('connect', (client) => {
    client.on('error', () => {});
    // A statement whose answer never comes would keep its place in the queue for good, and the queue from ever ending.
    breakOffWhenUnusable(client);
    onLostFetch(client, tellLostFetch);
  });
  return pool;
}

function settingsOf({ log, jobsAtATime, inLine }: QueueOptions): Parameters<typeof runTaskList>[0] {
  // Without batches the queue waits for no answer when it writes that a job is done, so an error there would end the
  // process, and `stop` would not wait for it.
  const batches = { completeJobBatchDelay: 0, failJobBatchDelay: 0 };
  // One looks for jobs for all places. When each did so itself, idle places were most of what an idle gateway did.
  const localQueue = { size: jobsAtATime, ttl: fetchedForMs };
  return {
    concurrency: jobsAtATime,
    pollInterval: inLine ? pollMs.inLine : pollMs.freely,
    noHandleSignals: true,
    logger: queueLog(log),
    preset: { worker: { ...batches, localQueue } },
  };
}

function tasksOf(handlers: JobHandlers): TaskList {
  return Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [
      name,
      (payload: unknown) => handle(payload as Parameters<JobHandler>[0]),
    ]),
  );
}
