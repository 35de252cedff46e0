import type {
  Acquirer,
  AcquirerAnswer,
  AcquirerNotification,
  AcquirerWord,
  Capabilities,
  MovementKind,
  MovementOrder,
  StartOrder,
} from '../../src/acquirers/port.ts';
import type { Database } from '../../src/kernel/db/database.ts';
import type { CaptureMode } from '../../src/kernel/db/generated/prisma/enums.ts';

/** What becomes of an order: all but `silent` is told by notification, and `paid-late` only after it was cancelled. */
type OrderOutcome = 'settled' | 'rejected' | 'silent' | 'told-twice' | 'paid-late';

/** What an order is to be like, beside its outcome. */
type OrderWish = {
  /** Undefined: `AUTOMATIC`. */
  readonly captureMode?: CaptureMode;
  /** Minor units. */
  readonly amount?: bigint;
  /** What becomes of every capture of it; undefined: they settle. */
  readonly captures?: 'rejected' | 'silent';
  /** What becomes of its void; undefined: it settles. */
  readonly voids?: 'silent';
};

/** What a movement is about: our id of the transaction, and minor units. */
export type MovementOf = { readonly transaction: string; readonly amount: bigint };

/** An acquirer with what the contract needs to play with it. */
export type AcquirerUnderTest = {
  readonly acquirer: Acquirer;
  /** A new order that will come to this outcome, when its payer does what that takes. */
  order(outcome: OrderOutcome, wish?: OrderWish): StartOrder;
  /** A new refund of an order that will come to this outcome. */
  refund(outcome: 'settled' | 'rejected' | 'rejected-late' | 'silent' | 'told-twice', of: MovementOf): MovementOrder;
  /** A new capture or void of an order; the order says what becomes of it. */
  movement(kind: 'capture' | 'void', of: MovementOf): MovementOrder;
  /** Lets time pass, in which payers and the acquirer do all that is due. */
  letPass(duration: { readonly ms: number }): Promise<void>;
  /** Every notification it has sent, oldest first. */
  readonly sent: readonly AcquirerNotification[];
  /** How another acquirer of the same make, that was given the same secret, would tell this. */
  toldByAnother(word: AcquirerWord): AcquirerNotification;
  /** Does something while calls reach the acquirer, but none is answered. */
  whileSlow(work: () => Promise<void>): Promise<void>;
};

/** What a folder gives for its contract test. */
export type AcquirerFixture = {
  /** What its acquirer says it can do. */
  readonly capabilities: Capabilities;
  /** Makes a fresh one. */
  make(database: Database): Promise<AcquirerUnderTest>;
};

export type Make = () => Promise<AcquirerUnderTest>;

/** Long enough for every outcome that is not late, and shorter than any payer's patience. */
export const long = { ms: 120_000 };

/** Long enough for a bank to find out that it cannot give money back. */
export const threeDays = { ms: 3 * 24 * 3_600_000 };

/** The signal of a caller with all patience. */
export function neverAborted(): AbortSignal {
  return new AbortController().signal;
}

/** The answer that says of an order what was asked for it: money taken, or only authorised. */
export function taken({ captureMode, amount }: StartOrder): AcquirerAnswer {
  return { kind: captureMode === 'MANUAL' ? 'authorized' : 'settled', amount };
}

/** All that was told from the n-th notification on, read. */
export function wordsAfter({ acquirer, sent }: AcquirerUnderTest, count: number): readonly AcquirerWord[] {
  return sent.slice(count).map((notification) => acquirer.readNotification(notification));
}

/** How often something was told of movements of a kind. */
export function countWords(under: AcquirerUnderTest, about: MovementKind): number {
  return wordsAfter(under, 0).filter((word) => word.about === about).length;
}

/** An acquirer with an order. */
export type Ordered = { readonly under: AcquirerUnderTest; readonly order: StartOrder };

/** An acquirer that has authorised the money of an order. */
export async function authorized(make: Make, wish: Omit<OrderWish, 'captureMode'> = {}): Promise<Ordered> {
  const under = await make();
  const order = under.order('settled', { ...wish, captureMode: 'MANUAL' });
  await under.acquirer.start(order, neverAborted());
  await under.letPass(long);
  return { under, order };
}

/** An acquirer that has taken the money of an order: at once, or by a capture of what it had authorised. */
export async function paid(make: Make, captureMode: CaptureMode): Promise<Ordered> {
  if (captureMode === 'MANUAL') {
    const { under, order } = await authorized(make);
    const whole = under.movement('capture', { transaction: order.reference, amount: order.amount });
    await under.acquirer.move(whole, neverAborted());
    await under.letPass(long);
    return { under, order };
  }
  const under = await make();
  const order = under.order('settled');
  await under.acquirer.start(order, neverAborted());
  await under.letPass(long);
  return { under, order };
}

/** Makes a call and gives it up once the acquirer has heard of it: then it fails with "no more patience". */
export async function giveUpOnceHeard<Answer>(
  call: (patience: AbortSignal) => Promise<Answer>,
  ask: () => Promise<{ readonly kind: string }>,
): Promise<Answer> {
  const patience = new AbortController();
  const answer = call(patience.signal);
  answer.catch(() => {});
  while ((await ask()).kind === 'unheard');
  patience.abort(new Error('no more patience'));
  return answer;
}
