import type {
  Acquirer,
  AcquirerAnswer,
  AcquirerWord,
  MovementAnswer,
  MovementKind,
  MovementOrder,
  StartOrder,
} from '../../src/acquirers/port.ts';
import type { Channel } from '../../src/shops/model.ts';
import { blikAcquirer } from '../support/factories.ts';

/** What a test makes the acquirer answer; an error is a call without an answer. */
export type Told = AcquirerAnswer | Error;

/** What a test makes the acquirer say of captures, voids and refunds; an error is a call without an answer. */
export type ToldMovement = MovementAnswer | Error;

/** An acquirer that says what the test told it to, and remembers what it was asked. */
export type ToldAcquirer = Acquirer & {
  readonly started: StartOrder[];
  readonly asked: string[];
  readonly stopped: string[];
  readonly moved: MovementOrder[];
  readonly askedMovements: string[];
  /** What it answers to new orders from now on; undefined: pending, with 60 seconds to confirm. */
  onStart(answer: Told | undefined): void;
  /** What it says when asked from now on, perhaps by the order; at first that it never heard of it. */
  onAsk(answer: Told | ((reference: string) => Told)): void;
  /** Makes it fail when it is told to stop an order, or obey again. */
  onStop(error: Error | undefined): void;
  /** What it answers to captures, voids and refunds from now on; undefined: pending. */
  onMove(answer: ToldMovement | undefined): void;
  /** What it says of them when asked from now on; at first that it never heard of them. */
  onAskMovement(answer: ToldMovement): void;
};

/** Makes one. Its notifications are JSON: what they are about, the reference, the kind of answer, the amount. */
export function createToldAcquirer(channels: readonly Channel[] = ['blik'], name = blikAcquirer): ToldAcquirer {
  const told: {
    start: Told | undefined;
    ask: Told | ((reference: string) => Told);
    stop: Error | undefined;
    move: ToldMovement;
    askMovement: ToldMovement;
  } = {
    start: undefined,
    ask: { kind: 'unheard' },
    stop: undefined,
    move: { kind: 'pending' },
    askMovement: { kind: 'unheard' },
  };
  const started: StartOrder[] = [];
  const asked: string[] = [];
  const stopped: string[] = [];
  const moved: MovementOrder[] = [];
  const askedMovements: string[] = [];
  return {
    name,
    channels,
    capabilities: { authorizes: true, stopsOrders: true },
    unavailability: () => undefined,
    started,
    asked,
    stopped,
    moved,
    askedMovements,
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
    move: async (order) => {
      moved.push(order);
      return orThrow(told.move);
    },
    movementStatus: async (reference) => {
      askedMovements.push(reference);
      return orThrow(told.askMovement);
    },
    dayFile: async () => [],
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
    onMove: (answer = { kind: 'pending' }) => {
      told.move = answer;
    },
    onAskMovement: (answer) => {
      told.askMovement = answer;
    },
  };
}

type ToldWord = { about?: MovementKind; reference: string; kind: string; amount: string };

function wordIn({ about, reference, kind, amount }: ToldWord): AcquirerWord {
  if (about !== undefined) return { about, reference, answer: { kind } as MovementAnswer };
  const answer = (amount === undefined ? { kind } : { kind, amount: BigInt(amount) }) as AcquirerAnswer;
  return { about: 'transaction', reference, answer };
}

async function orThrow<Answer>(told: Answer | Error): Promise<Answer> {
  if (told instanceof Error) throw told;
  return told;
}
