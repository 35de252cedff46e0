import { addSnapshots, type MetricsSnapshot, withoutGauges, writeSnapshots } from '../kernel/metrics.ts';

export type CountAll = {
  /** Takes the answer of a process to `count`. */
  take(from: number, question: number, snapshot: MetricsSnapshot): void;
  /** A process has ended: what it counted stays in the sums, as far as it was known. */
  forget(from: number): void;
  /** Asks all processes, and gives their sum as Prometheus reads it. */
  write(): Promise<string>;
};

export type CountOptions = {
  /** Asks each process that runs, and gives their numbers. */
  readonly ask: (question: number) => readonly number[];
  /** What the main process counts itself. */
  readonly own: () => Promise<MetricsSnapshot>;
  /** How long a process may take to answer, in milliseconds; then its last answer stands. */
  readonly withinMs?: number;
};

/**
 * Adds up what the processes of a gateway count. Whatever only grows keeps growing when a process dies: a sum that fell
 * would look to Prometheus like a new start, and everything would be counted twice.
 */
export function createCountAll({ ask, own, withinMs = 2_000 }: CountOptions): CountAll {
  const known = new Map<number, MetricsSnapshot>();
  const waiting = new Map<number, { readonly from: Set<number>; readonly done: () => void }>();
  // Kept as one, so that a process that dies again and again does not fill the memory.
  let ended: Promise<MetricsSnapshot> = Promise.resolve([]);
  let questions = 0;
  const answered = (question: number, from: number): void => {
    const round = waiting.get(question);
    round?.from.delete(from);
    if (round?.from.size === 0) round.done();
  };
  return {
    take: (from, question, snapshot) => {
      known.set(from, snapshot);
      answered(question, from);
    },
    forget: (from) => {
      const last = known.get(from);
      known.delete(from);
      if (last) ended = ended.then((sum) => addSnapshots([sum, withoutGauges(last)]));
      for (const question of waiting.keys()) answered(question, from);
    },
    write: async () => {
      questions += 1;
      const question = questions;
      const { promise, resolve } = Promise.withResolvers<void>();
      const timer = setTimeout(resolve, withinMs);
      waiting.set(question, { from: new Set(ask(question)), done: resolve });
      if (waiting.get(question)?.from.size === 0) resolve();
      await promise;
      clearTimeout(timer);
      waiting.delete(question);
      return writeSnapshots([await own(), ...known.values(), await ended]);
    },
  };
}
