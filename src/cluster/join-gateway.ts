import { createMetrics, type Metrics } from '../kernel/metrics.ts';
import type { FromMain, ToMain } from './messages.ts';

/** What a process has of the main one. */
export type Membership = {
  /** Counts for this process, and writes what all processes count. */
  readonly metrics: Metrics;
  /** Says that this process does its part. */
  ready(): void;
  /** Says in one line why it cannot, and ends it. */
  refuse(reason: string): void;
  /** Resolves when the main process says that this one shall end. */
  readonly stopped: Promise<void>;
};

/** How long the main process may take to add up what all count, in milliseconds; it waits for others for 2 seconds. */
const countedWithinMs = 5_000;

/** Takes up the connection to the main process, which started this one. When it is gone, Node ends this process. */
export function joinGateway(): Membership {
  const metrics = createMetrics();
  const questions = new Map<number, (text: string) => void>();
  const { promise: stopped, resolve: stop } = Promise.withResolvers<void>();
  let last = 0;
  const tell = (message: ToMain, said = (): void => {}): void => void process.send?.(message, said);
  process.on('message', (message: FromMain) => {
    if (message.kind === 'stop') stop();
    else if (message.kind === 'counted') questions.get(message.question)?.(message.text);
    else if (message.kind === 'count') {
      const { question } = message;
      void metrics.snapshot().then((snapshot) => tell({ kind: 'own count', question, snapshot }));
    }
  });
  const countAll = async (): Promise<string> => {
    last += 1;
    const question = last;
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const timer = setTimeout(() => reject(new Error('The main process does not say what all count.')), countedWithinMs);
    questions.set(question, resolve);
    tell({ kind: 'count all', question });
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      questions.delete(question);
    }
  };
  return {
    metrics: { ...metrics, write: countAll },
    ready: () => tell({ kind: 'ready' }),
    refuse: (reason) => tell({ kind: 'refused', reason }, () => process.exit(1)),
    stopped,
  };
}
