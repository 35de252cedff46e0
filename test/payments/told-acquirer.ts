import type {
  Acquirer,
  AcquirerAnswer,
  AcquirerWord,
  RefundAnswer,
  RefundOrder,
  StartOrder,
} from '../../src/acquirers/port.ts';
import { blikAcquirer } from '../support/factories.ts';

/** What a test makes the acquirer answer; an error is a call without an answer. */
export type Told = AcquirerAnswer | Error;

/** What a test makes the acquirer say of refunds; an error is a call without an answer. */
export type ToldRefund = RefundAnswer | Error;

/** An acquirer that says what the test told it to, and remembers what it was asked. */
export type ToldAcquirer = Acquirer & {
  readonly started: StartOrder[];
  readonly asked: string[];
  readonly stopped: string[];
  readonly refunded: RefundOrder[];
  readonly askedRefunds: string[];
  /** What it answers to new orders from now on; undefined: pending, with 60 seconds to confirm. */
  onStart(answer: Told | undefined): void;
  /** What it says when asked from now on, perhaps by the order; at first that it never heard of it. */
  onAsk(answer: Told | ((reference: string) => Told)): void;
  /** Makes it fail when it is told to stop an order, or obey again. */
  onStop(error: Error | undefined): void;
  /** What it answers to refunds from now on; undefined: pending. */
  onRefund(answer: ToldRefund | undefined): void;
  /** What it says of refunds when asked from now on; at first that it never heard of them. */
  onAskRefund(answer: ToldRefund): void;
};

/** Makes one. Its notifications are JSON: what they are about, the reference, the kind of answer, the amount. */
export function createToldAcquirer(name = blikAcquirer): ToldAcquirer {
  const told: {
    start: Told | undefined;
    ask: Told | ((reference: string) => Told);
    stop: Error | undefined;
    refund: ToldRefund;
    askRefund: ToldRefund;
  } = {
    start: undefined,
    ask: { kind: 'unheard' },
    stop: undefined,
    refund: { kind: 'pending' },
    askRefund: { kind: 'unheard' },
  };
  const started: StartOrder[] = [];
  const asked: string[] = [];
  const stopped: string[] = [];
  const refunded: RefundOrder[] = [];
  const askedRefunds: string[] = [];
  return {
    name,
    channels: ['blik'],
    started,
    asked,
    stopped,
    refunded,
    askedRefunds,
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
    refund: async (order) => {
      refunded.push(order);
      return orThrow(told.refund);
    },
    refundStatus: async (reference) => {
      askedRefunds.push(reference);
      return orThrow(told.askRefund);
    },
    readNotification: ({ body }) => wordIn(JSON.parse(body) as ToldWord),
    onStart: (answer) => {
      told.start = answer;
    },
    onAsk: (answer) => {
      told.ask = answer;
    },
    onStop: (error) => {
      told.stop = error;
    },
    onRefund: (answer = { kind: 'pending' }) => {
      told.refund = answer;
    },
    onAskRefund: (answer) => {
      told.askRefund = answer;
    },
  };
}

type ToldWord = { about?: 'refund'; reference: string; kind: string; amount: string };

function wordIn({ about, reference, kind, amount }: ToldWord): AcquirerWord {
  if (about === 'refund') return { about, reference, answer: { kind } as RefundAnswer };
  const answer = (kind === 'settled' ? { kind, amount: BigInt(amount) } : { kind }) as AcquirerAnswer;
  return { about: 'transaction', reference, answer };
}

async function orThrow<Answer>(told: Answer | Error): Promise<Answer> {
  if (told instanceof Error) throw told;
  return told;
}
