import {
  isPaidByOther,
  type Model,
  type ModelAttempt,
  type ModelMovement,
  move,
  movePayment,
} from './history-model.ts';

/** What an acquirer may say of a capture, void or refund in a generated history. */
export const movementWords = ['settled', 'rejected', 'pending', 'silent', 'unheard'] as const;
export type MovementWord = (typeof movementWords)[number];

export type MovementWish = {
  readonly kind: ModelMovement['kind'];
  readonly attempt: ModelAttempt;
  readonly key: number;
  /** Undefined: all that is left; a refund always says how much. */
  readonly amount: number | undefined;
  readonly reply: MovementWord;
};

/** Captures, voids or refunds an attempt, to which the acquirer answers at once. */
export function order(model: Model, wish: MovementWish, now: number): string {
  const { kind, attempt, key } = wish;
  const earlier = model.movements.find((movement) => movement.kind === kind && movement.key === key);
  if (earlier) {
    const same = earlier.attempt === attempt && (kind === 'void' || earlier.wished === wish.amount);
    return same ? `replayed ${earlier.status}` : 'IDEMPOTENCY_KEY_REUSED';
  }
  const refused = refusalOf(model, wish, now);
  if (refused !== undefined) return refused;
  const left = attempt.payment.amount - attempt.captured;
  const amount = kind === 'void' ? left : (wish.amount ?? left);
  const movement: ModelMovement = {
    ...{ kind, key, attempt, amount, wished: wish.amount, status: 'PENDING', askAt: now + 15_000, round: 0 },
  };
  model.movements.push(movement);
  tell(movement);
  if (kind === 'capture') {
    attempt.captured += amount;
    if (attempt.captured === attempt.payment.amount) move(attempt, 'SUBMITTED');
  }
  if (kind === 'refund') {
    attempt.refunded += amount;
    model.balance -= amount;
  }
  hearMovement(model, movement, { word: wish.reply, now });
  return `ordered ${movement.status} ${attempt.status} ${attempt.payment.status}`;
}

function refusalOf(model: Model, { kind, attempt, amount }: MovementWish, now: number): string | undefined {
  const isVoided = model.movements.some(
    (movement) => movement.kind === 'void' && movement.attempt === attempt && isOpen(movement),
  );
  if (kind === 'refund') {
    if (attempt.status !== 'SETTLED') return 'TRANSACTION_NOT_SETTLED';
    return (amount ?? 0) > attempt.settled - attempt.refunded ? 'REFUND_EXCEEDS_AMOUNT' : undefined;
  }
  if (kind === 'void') {
    return attempt.captured > attempt.settled || attempt.status !== 'AUTHORIZED' || isVoided
      ? 'NOT_VOIDABLE'
      : undefined;
  }
  const isOver = (attempt.authorizedUntil ?? 0) <= now;
  const isPaid = attempt.payment.status === 'SETTLED';
  if (attempt.status !== 'AUTHORIZED' || isOver || isVoided || isPaid) return 'NOT_CAPTURABLE';
  return (amount ?? 1) > attempt.payment.amount - attempt.captured ? 'AMOUNT_OUT_OF_RANGE' : undefined;
}

type Heard = { readonly word: MovementWord; readonly now: number };

/** Takes a word of the acquirer about a capture, void or refund. */
export function hearMovement(model: Model, movement: ModelMovement, { word, now }: Heard): string {
  const { status } = movement;
  const contradicts = (status === 'SETTLED' && word === 'rejected') || (status === 'REJECTED' && word === 'settled');
  if (contradicts) model.alarms += 1;
  if (isOpen(movement)) {
    if (word === 'settled') become(movement, 'SETTLED');
    if (word === 'rejected') become(movement, 'REJECTED');
    if (word === 'silent' && status === 'PENDING') become(movement, 'UNKNOWN');
    if (!isOpen(movement)) {
      movement.askAt = undefined;
      count(model, movement, now);
    }
  }
  return movement.status;
}

function become(movement: ModelMovement, status: ModelMovement['status']): void {
  movement.status = status;
  tell(movement);
}

function tell({ kind, status, attempt }: ModelMovement): void {
  attempt.payment.told.push(`${kind.toUpperCase()}_${status}`);
}

function count(model: Model, { kind, status, attempt, amount }: ModelMovement, now: number): void {
  const isSettled = status === 'SETTLED';
  if (kind === 'refund' && !isSettled) {
    attempt.refunded -= amount;
    model.balance += amount;
  }
  if (kind === 'void' && isSettled) {
    // What is released was taken meanwhile.
    if (attempt.settled + amount > attempt.payment.amount) model.alarms += 1;
    finish(model, attempt, { now, cause: 'voided' });
  }
  if (kind !== 'capture') return;
  if (isSettled) {
    if (attempt.settled === 0 && isPaidByOther(model, attempt)) model.alarms += 1;
    attempt.settled += amount;
    model.balance += amount;
  } else {
    attempt.captured -= amount;
    if (attempt.status === 'SUBMITTED') move(attempt, 'AUTHORIZED');
  }
  finish(model, attempt, { now, cause: 'captured' });
}

type Finish = { readonly now: number; readonly cause: 'captured' | 'voided' | 'expired' };

/** Ends an attempt of which nothing is authorised any more; says whether it did. */
export function finish(model: Model, attempt: ModelAttempt, { now, cause }: Finish): boolean {
  if (attempt.status !== 'AUTHORIZED' && attempt.status !== 'SUBMITTED') return false;
  const { payment, authorizedUntil = Number.POSITIVE_INFINITY } = attempt;
  const isPaid = isPaidByOther(model, attempt);
  const isOver = cause !== 'captured' || attempt.settled === payment.amount || authorizedUntil <= now || isPaid;
  if (attempt.captured > attempt.settled || !isOver) return false;
  attempt.surplus = attempt.settled > 0 && isPaid;
  attempt.runsOutAt = undefined;
  const status = attempt.settled > 0 ? 'SETTLED' : cause === 'voided' || isPaid ? 'CANCELLED' : 'EXPIRED';
  move(attempt, status);
  if (status === 'CANCELLED') attempt.cancelledAt = now;
  attempt.voided = status === 'CANCELLED' && cause === 'voided';
  // What the shop has not released itself, the acquirer is told to release.
  if (cause !== 'voided' && attempt.settled < payment.amount) model.stops.push(attempt);
  if (payment.status === 'AUTHORIZED' && !isPaid) movePayment(payment, status);
  return true;
}

/** Says whether the acquirer's word on a capture, void or refund is still awaited. */
export function isOpen({ status }: ModelMovement): boolean {
  return status === 'PENDING' || status === 'UNKNOWN';
}
