import cluster, { type Worker } from 'node:cluster';
import { endsInTime } from '../kernel/ends-in-time.ts';
import type { Log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import { StartError } from '../kernel/start-error.ts';
import { type CountAll, createCountAll } from './count-all.ts';
import type { FromMain, ToMain } from './messages.ts';
import { type Death, paceRestarts } from './pace-restarts.ts';

export type SuperviseOptions = {
  /** The file that each process runs. */
  readonly script: string;
  /** The settings that a process has beside those of the main process, one for each that is to run. */
  readonly places: readonly Readonly<Record<string, string>>[];
  readonly log: Log;
  readonly metrics: Pick<Metrics, 'snapshot' | 'processesReady' | 'processRestarted'>;
  /** How long a process may take to end when it is told to, in milliseconds; then it is killed. */
  readonly stopWithinMs?: number;
};

export type Supervision = {
  /** Resolves when all processes are ready for the first time; rejects with StartError when one place is given up before. */
  readonly ready: Promise<void>;
  /** Resolves with one line when a place is given up: without it the gateway can only stop. */
  readonly givenUp: Promise<string>;
  /** Tells all processes to finish and waits until they have ended. */
  stop(): Promise<void>;
};

/** One that runs, until `ended`. */
type Process = {
  readonly worker: Worker;
  readonly ready: Promise<void>;
  readonly isReady: () => boolean;
  readonly ended: Promise<End>;
};
type End = Death & { readonly how: string; readonly reason: string | undefined };

/** A process finishes requests for 10 seconds, then jobs for 10 more. */
export const stopWithinMsUsual = 40_000;
/** Said when the process that asked for the sum got none; it answers for itself that it could not. */
const uncounted = 'what all processes count could not be added up';
/** How long the last words of a process that has ended may be on their way. */
const lastWords = { ms: 1_000 };

/**
 * Runs processes that share the port of this one, and starts another one for each that dies. They are children in Node's
 * cluster, so they end by themselves when this process does, however that ends.
 */
export function superviseProcesses(options: SuperviseOptions): Supervision {
  // All take connections from one queue of the system's. Handed over by this process, one that was on its way to a
  // process that died would stay open for good, with nobody to answer (Node 26).
  cluster.schedulingPolicy = cluster.SCHED_NONE;
  cluster.setupPrimary({ exec: options.script, args: [], serialization: 'advanced' });
  const running = new Map<number, Process>();
  const stopping = new AbortController();
  const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<string>();
  const counts = createCountAll({ ask: (question) => askAll(running, question), own: options.metrics.snapshot });
  options.metrics.processesReady(() => [...running.values()].filter((process) => process.isReady()).length);
  const places = options.places.map((settings) =>
    keepPlace({ ...options, settings, running, counts, giveUp, signal: stopping.signal }),
  );
  const allReady = Promise.all(places.map((place) => place.ready)).then(() => {});
  const refused = givenUp.then((line) => {
    throw new StartError(line);
  });
  const ready = Promise.race([allReady, refused]);
  ready.catch(() => {});
  return {
    ready,
    givenUp,
    stop: async () => {
      stopping.abort();
      const ends = [...running.values()].map((process) => stopProcess(process, options));
      await Promise.all([...ends, ...places.map((place) => place.over)]);
    },
  };
}

type PlaceOptions = SuperviseOptions & {
  readonly settings: Readonly<Record<string, string>>;
  readonly running: Map<number, Process>;
  readonly counts: CountAll;
  readonly giveUp: (line: string) => void;
  readonly signal: AbortSignal;
};

/** Keeps one process running. `ready`: the first that came to be; `over`: there is none any more. */
function keepPlace(place: PlaceOptions): { readonly ready: Promise<void>; readonly over: Promise<void> } {
  const { promise: ready, resolve } = Promise.withResolvers<void>();
  const remedyFor = paceRestarts();
  const keep = async (): Promise<void> => {
    while (!place.signal.aborted) {
      const end = await runProcess(place, resolve);
      if (place.signal.aborted) return;
      const remedy = remedyFor(end);
      if (remedy === 'give up') return place.giveUp(lineOf(end));
      const { how, reason } = end;
      place.log.warn({ how, reason, againInMs: remedy.afterMs }, 'a process ended and is started again');
      place.metrics.processRestarted();
      await pauseUnless(place.signal, remedy.afterMs);
    }
  };
  return { ready, over: keep() };
}

function lineOf({ how, reason }: End): string {
  return reason ?? `A process of the gateway could not start (${how}), five times in a row; see its last words above.`;
}

/** Runs a process to its end, whatever that is. */
async function runProcess(place: PlaceOptions, onReady: () => void): Promise<End> {
  try {
    const process = startProcess(place);
    void process.ready.then(onReady);
    return await process.ended;
  } catch (error) {
    // Node throws some of the system's refusals at once, as that of the memory for it.
    return { how: String(error), reason: undefined, readyForMs: undefined };
  }
}

function startProcess({ settings, running, counts, log }: PlaceOptions): Process {
  const worker = cluster.fork(settings);
  const { promise: ready, resolve: becomeReady } = Promise.withResolvers<void>();
  let readyAt: number | undefined;
  let reason: string | undefined;
  worker.on('message', (message: ToMain) => {
    if (message.kind === 'ready') {
      readyAt = performance.now();
      becomeReady();
    } else if (message.kind === 'refused') reason = message.reason;
    else if (message.kind === 'own count') counts.take(worker.id, message.question, message.snapshot);
    else if (message.kind === 'count all') {
      answerCount(worker, counts, message.question).catch((err: unknown) => log.error({ err }, uncounted));
    }
  });
  const ended = untilGone(worker).then((how): End => {
    running.delete(worker.id);
    counts.forget(worker.id);
    const readyForMs = readyAt === undefined ? undefined : performance.now() - readyAt;
    return { how, reason, readyForMs };
  });
  const process = { worker, ready, isReady: () => readyAt !== undefined, ended };
  running.set(worker.id, process);
  return process;
}

/** Waits until a process has ended, and what it said last has arrived; or the system has not even made it. Gives how it was. */
async function untilGone(worker: Worker): Promise<string> {
  const silent = new Promise<void>((resolve) => worker.once('disconnect', resolve));
  const { promise: ended, resolve: end } = Promise.withResolvers<string>();
  worker.once('exit', (code: number | null, signal: string | null) =>
    end(signal ? `signal ${signal}` : `code ${code}`),
  );
  worker.on('error', (error) => {
    // A message to a process that is just dying fails, and its end follows; of one that never was, no end is told.
    if (worker.process.pid === undefined) end(error.message);
  });
  const how = await ended;
  // Node forgets those whose end it has heard of.
  delete cluster.workers?.[worker.id];
  // Node 26 never notices the end of one that died while its port was on its way to it.
  if (!(await endsInTime(silent, lastWords)) && worker.isConnected()) worker.process.disconnect();
  return how;
}

function tell(worker: Worker, message: FromMain): void {
  if (worker.isConnected()) worker.send(message);
}

function askAll(running: ReadonlyMap<number, Process>, question: number): number[] {
  const asked = [...running.values()].map(({ worker }) => worker).filter((worker) => worker.isConnected());
  for (const worker of asked) tell(worker, { kind: 'count', question });
  return asked.map(({ id }) => id);
}

async function answerCount(worker: Worker, counts: CountAll, question: number): Promise<void> {
  tell(worker, { kind: 'counted', question, text: await counts.write() });
}

async function stopProcess(
  { worker, ended }: Process,
  { log, stopWithinMs = stopWithinMsUsual }: Pick<SuperviseOptions, 'log' | 'stopWithinMs'>,
): Promise<void> {
  tell(worker, { kind: 'stop' });
  const force = setTimeout(() => {
    log.warn({ killed: worker.process.pid, afterMs: stopWithinMs }, 'a process did not end in time and is killed');
    worker.process.kill('SIGKILL');
  }, stopWithinMs);
  await ended;
  clearTimeout(force);
}

async function pauseUnless(signal: AbortSignal, ms: number): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  const stop = (): void => resolve();
  signal.addEventListener('abort', stop);
  await promise;
  clearTimeout(timer);
  signal.removeEventListener('abort', stop);
}
