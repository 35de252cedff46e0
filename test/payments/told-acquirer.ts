import type { Acquirer, AcquirerAnswer, StartOrder } from '../../src/acquirers/port.ts';
import { blikAcquirer } from '../support/factories.ts';

/** What a test makes the acquirer answer; an error is a call without an answer. */
export type Told = AcquirerAnswer | Error;

/** An acquirer that says what the test told it to, and remembers what it was asked. */
export type ToldAcquirer = Acquirer & {
  readonly started: StartOrder[];
  readonly asked: string[];
  readonly stopped: string[];
  /** What it answers to new orders from now on; undefined: pending, with 60 seconds to confirm. */
  onStart(answer: Told | undefined): void;
  /** What it says when asked from now on, perhaps by the order; at first that it never heard of it. */
  onAsk(answer: Told | ((reference: string) => Told)): void;
  /** Makes it fail when it is told to stop an order, or obey again. */
  onStop(error: Error | undefined): void;
};

/** Makes one. Its notifications are JSON: the reference, the kind of answer, the amount. */
export function createToldAcquirer(name = blikAcquirer): ToldAcquirer {
  const told: { start: Told | undefined; ask: Told | ((reference: string) => Told); stop: Error | undefined } = {
    start: undefined,
    ask: { kind: 'unheard' },
    stop: undefined,
  };
  const started: StartOrder[] = [];
  const asked: string[] = [];
  const stopped: string[] = [];
  return {
    name,
    channels: ['blik'],
    started,
    asked,
    stopped,
    start: async (order) => {
      started.push(order);
      return orThrow(told.start ?? { kind: 'pending', confirmUntil: new Date(order.enteredAt.getTime() + 60_000) });
    },
    status: async (reference) => {
      asked.push(reference);
      return orThrow(typeof told.ask === 'function' ? told.ask(reference) : told.ask);
    },
    cancel: async (reference) => {
      if (told.stop) throw told.stop;
      stopped.push(reference);
    },
    readNotification: ({ body }) => {
      const { reference, kind, amount } = JSON.parse(body) as { reference: string; kind: string; amount: string };
      const answer = (kind === 'settled' ? { kind, amount: BigInt(amount) } : { kind }) as AcquirerAnswer;
      return { reference, answer };
    },
    onStart: (answer) => {
      told.start = answer;
    },
    onAsk: (answer) => {
      told.ask = answer;
    },
    onStop: (error) => {
      told.stop = error;
    },
  };
}

async function orThrow(told: Told): Promise<AcquirerAnswer> {
  if (told instanceof Error) throw told;
  return told;
}
