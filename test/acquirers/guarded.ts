import { pino } from 'pino';
import { type GuardDeps, type GuardedAcquirer, guardAcquirer } from '../../src/acquirers/guard-acquirer.ts';
import type { Acquirer } from '../../src/acquirers/port.ts';
import { createMetrics, type Metrics } from '../../src/kernel/metrics.ts';

/** A guarded acquirer, with what its guard wrote and counted. */
export type Guarded = {
  readonly acquirer: GuardedAcquirer;
  /** Every line of the guard's log, oldest first. */
  readonly lines: readonly string[];
  readonly metrics: Metrics;
  /** Resolves when the guard says in its log that the acquirer answers again. */
  back(): Promise<void>;
};

/** Guards an acquirer as the gateway does. */
export function guard(acquirer: Acquirer, changes: Partial<GuardDeps> = {}): Guarded {
  const lines: string[] = [];
  let waiting: (() => void)[] = [];
  const write = (line: string): void => {
    const { level, msg } = JSON.parse(line) as { level: number; msg: string };
    lines.push(`${pino.levels.labels[level]}: ${msg}`);
    if (msg !== 'acquirer answers again') return;
    for (const resolve of waiting) resolve();
    waiting = [];
  };
  const metrics = createMetrics();
  const log = pino({ level: 'debug' }, { write });
  return {
    acquirer: guardAcquirer(acquirer, { log, metrics, timeoutMs: 3_000, ...changes }),
    lines,
    metrics,
    back: () => new Promise((resolve) => waiting.push(resolve)),
  };
}

/** Lets so many questions fail that the guard makes no more calls. */
export async function bringDown({ acquirer }: Pick<Guarded, 'acquirer'>): Promise<void> {
  const asked = Array.from({ length: 5 }, () => acquirer.status('nobody', new AbortController().signal));
  await Promise.allSettled(asked);
}
