import { AggregatorRegistry, Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client';
import type { RefusalCode } from './errors.ts';

/** What is limited: requests under an API key or from an address, and attempts to pay. */
export type LimitName = 'key' | 'address' | 'attempts_address' | 'attempts_shop' | 'attempts_payment';

/** What the gateway counts of itself, for Prometheus. Labels are words of ours, never anything that came from outside. */
export type Metrics = {
  /** An answer went out; `route` is the pattern of its path, `seconds` the time until the answer began. */
  requestAnswered(request: {
    readonly method: string;
    readonly route: string;
    readonly status: number;
    readonly seconds: number;
  }): void;
  /** Payments were written; replays do not count. */
  paymentsCreated(count: number): void;
  /** A transaction came into a state. */
  transactionMoved(status: string): void;
  /** A notification to a shop was tried. */
  webhookTried(outcome: 'delivered' | 'failed'): void;
  /** An acquirer was called, or was not because it has not been answering; `probe` is the guard's own question. */
  acquirerCalled(called: {
    readonly acquirer: string;
    readonly call: AcquirerCall;
    readonly outcome: 'answered' | 'failed' | 'not_made';
  }): void;
  /** From now on an acquirer is called, or is left alone because it does not answer. */
  acquirerUp(acquirer: string, up: boolean): void;
  /** The gateway said no. */
  operationRefused(code: RefusalCode): void;
  /** An error of GraphQL for which its caller is not to blame. */
  operationFailed(code: string): void;
  /** A subscription's result was executed; subscribers who shared one are not counted. */
  resultExecuted(): void;
  /** Something came too often: it was held back for a while, or refused. */
  limited(what: { readonly limit: LimitName; readonly effect: 'slowed' | 'refused' }): void;
  /** A piece of the ledger was checked: so many new postings, and the names of the checks that found something wrong. */
  ledgerChecked(round: { readonly postings: number; readonly faults: readonly string[] }): void;
  /** So many jobs are due that nobody does yet, the oldest of them for so long. */
  jobsWaiting(now: { readonly count: number; readonly oldestSeconds: number }): void;
  /** From now on tells how many live subscriptions there are. */
  watchFollowers(count: () => number): void;
  /** From now on tells how many processes the main process has that do their part. */
  processesReady(count: () => number): void;
  /** A process of this gateway ended by itself, and another is started for it. */
  processRestarted(): void;
  /** From now on tells how the connections to the database are used. */
  watchPool(pool: { readonly totalCount: number; readonly idleCount: number; readonly waitingCount: number }): void;
  /** Everything as Prometheus reads it, text format 0.0.4. */
  write(): Promise<string>;
  /** Everything as data, to be added to that of other processes. */
  snapshot(): Promise<MetricsSnapshot>;
  readonly contentType: string;
};

/** What one process counts, as data: one entry for each name. */
export type MetricsSnapshot = readonly Readonly<{ name: string; type: unknown }>[];

/** What an acquirer can be asked. */
export type AcquirerCall = 'start' | 'status' | 'cancel' | 'move' | 'movement_status' | 'probe';

/** Answers are mostly a few milliseconds away; an acquirer may take 3 seconds. */
const secondsBuckets = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

/** What is measured of the process: one set of it, also where a process holds several gateways, as in tests. */
let ofProcess: Registry | undefined;

/** Makes the counters of one gateway, in a registry of its own; what is measured of the process comes with them. */
export function createMetrics(): Metrics {
  const registry = new Registry();
  ofProcess ??= measureProcess();
  const registries = [ofProcess, registry];
  return {
    ...createCounters([registry]),
    ...createGauges([registry]),
    // Some gauges come later than the rest.
    write: () => Registry.merge(registries).metrics(),
    snapshot: () => Registry.merge(registries).getMetricsAsJSON(),
    contentType: registry.contentType,
  };
}

/** Measures memory, garbage collection and how late timers are, from now on to the end of the process: nothing stops it. */
function measureProcess(): Registry {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: 'bramka_' });
  return registry;
}

type GaugeName = 'acquirerUp' | 'jobsWaiting' | 'watchFollowers' | 'watchPool' | 'processesReady';

function createGauges(registers: Registry[]): Pick<Metrics, GaugeName> {
  const gauge = (name: string, help: string, read: () => number): Gauge =>
    new Gauge({
      ...{ name: `bramka_${name}`, help, registers },
      collect() {
        this.set(read());
      },
    });
  const acquirersUp = new Gauge({
    name: 'bramka_acquirer_up',
    help: '1 while the acquirer is called, 0 while it is left alone because it does not answer.',
    labelNames: ['acquirer'],
    // Of several processes that call it, the one that does not is what has to be seen.
    aggregator: 'min',
    registers,
  });
  // Each process that works in the background sees the same ones.
  const shared = (name: string, help: string): Gauge =>
    new Gauge({ name: `bramka_${name}`, help, aggregator: 'max', registers });
  const jobs = shared('jobs_waiting', 'Jobs of the database that are due and that nobody does yet.');
  const oldestJob = shared('jobs_oldest_seconds', 'For how long the oldest of them has been due.');
  // Who does not count them, as an `api` process, knows nothing: his 0 would say that all is done where nobody works.
  for (const uncounted of [jobs, oldestJob]) uncounted.remove();
  return {
    jobsWaiting: ({ count, oldestSeconds }) => {
      jobs.set(count);
      oldestJob.set(oldestSeconds);
    },
    acquirerUp: (acquirer, up) => acquirersUp.set({ acquirer }, up ? 1 : 0),
    watchFollowers: (count) => {
      gauge('live_subscriptions', 'Subscribers that follow a log now.', count);
    },
    processesReady: (count) => {
      gauge('processes', 'Processes of several on this machine that are ready.', count);
    },
    watchPool: (pool) => {
      gauge('database_connections', 'Open connections for writing.', () => pool.totalCount);
      gauge('database_connections_idle', 'Open connections that nobody uses.', () => pool.idleCount);
      gauge('database_waiting', 'Work that waits for a connection.', () => pool.waitingCount);
    },
  };
}

type CounterMaker = (name: string, help: string, labelNames?: string[]) => Counter;

function createLedgerCounters(counter: CounterMaker): Pick<Metrics, 'ledgerChecked'> {
  const ledgerPostings = counter(
    'ledger_postings_checked_total',
    'Postings that the watch over the ledger has checked.',
  );
  const ledgerFaults = counter(
    'ledger_faults_total',
    'Faults that were found in the books, each time they were found.',
    ['check'],
  );
  return {
    ledgerChecked: ({ postings, faults }) => {
      ledgerPostings.inc(postings);
      for (const check of faults) ledgerFaults.inc({ check });
    },
  };
}

function createCounters(registers: Registry[]): Omit<Metrics, GaugeName | 'write' | 'snapshot' | 'contentType'> {
  const counter = (name: string, help: string, labelNames: string[] = []): Counter =>
    new Counter({ name: `bramka_${name}`, help, labelNames, registers });
  const requests = new Histogram({
    name: 'bramka_http_request_seconds',
    help: 'Time until an answer began, in seconds.',
    labelNames: ['method', 'route', 'status'],
    buckets: secondsBuckets,
    registers,
  });
  const payments = counter('payments_created_total', 'Payments written by this process.');
  const transactions = counter(
    'transactions_total',
    'Moves of transactions into a state by a start or by the word of an acquirer.',
    ['status'],
  );
  const webhooks = counter('webhook_tries_total', 'Tries to deliver a notification.', ['outcome']);
  const acquirerCalls = counter('acquirer_calls_total', 'Calls to acquirers, also those that were not made.', [
    'acquirer',
    'call',
    'outcome',
  ]);
  const refused = counter('refused_operations_total', 'Operations that were refused.', ['code']);
  const failed = counter(
    'failed_operations_total',
    'Errors of GraphQL that are no fault of the caller: time-outs, faults of ours, the database away.',
    ['code'],
  );
  const results = counter(
    'subscription_results_total',
    'Results of subscriptions, each counted once for all who share it.',
  );
  const restarts = counter('process_restarts_total', 'Processes that ended by themselves and were started again.');
  const limited = counter('limited_total', 'What came too often, by the limit and by what became of it.', [
    'limit',
    'effect',
  ]);
  return {
    ...createLedgerCounters(counter),
    requestAnswered: ({ seconds, ...labels }) => requests.observe(labels, seconds),
    paymentsCreated: (count) => payments.inc(count),
    transactionMoved: (status) => transactions.inc({ status }),
    webhookTried: (outcome) => webhooks.inc({ outcome }),
    acquirerCalled: (called) => acquirerCalls.inc(called),
    operationRefused: (code) => refused.inc({ code }),
    operationFailed: (code) => failed.inc({ code }),
    resultExecuted: () => results.inc(),
    limited: (labels) => limited.inc(labels),
    processRestarted: () => restarts.inc(),
  };
}

/** The sum of what several processes count; gauges of which no sum makes sense say how to join them themselves. */
export function addSnapshots(snapshots: readonly MetricsSnapshot[]): Promise<MetricsSnapshot> {
  return AggregatorRegistry.aggregate(snapshots.map((snapshot) => [...snapshot])).getMetricsAsJSON();
}

/** What only grows: of a process that has ended the rest is no more. */
export function withoutGauges(snapshot: MetricsSnapshot): MetricsSnapshot {
  return snapshot.filter(({ type }) => type !== 'gauge');
}

/** The sum of snapshots as Prometheus reads it. */
export function writeSnapshots(snapshots: readonly MetricsSnapshot[]): Promise<string> {
  return AggregatorRegistry.aggregate(snapshots.map((snapshot) => [...snapshot])).metrics();
}
