/** What an acquirer may say in a generated history. */
export const words = ['settled', 'other sum', 'rejected', 'pending', 'silent', 'unheard'] as const;
export type Word = (typeof words)[number];

export type ModelPayment = {
  readonly key: number;
  readonly amount: number;
  /** Milliseconds; undefined: never. */
  readonly validUntil: number | undefined;
  status: 'NEW' | 'PENDING' | 'SETTLED' | 'CANCELLED' | 'EXPIRED';
  /** Types of the events that were told about it, oldest first. */
  readonly told: string[];
};

export type ModelAttempt = {
  readonly key: number;
  readonly payment: ModelPayment;
  status: 'PENDING' | 'UNKNOWN' | 'SETTLED' | 'REJECTED' | 'ERROR' | 'CANCELLED';
  late: boolean;
  surplus: boolean;
  askAt: number;
  round: number;
};

/** What the domain says should be there, in plain words and without a database. */
export type Model = {
  readonly payments: ModelPayment[];
  readonly attempts: ModelAttempt[];
  balance: number;
  alarms: number;
};

const askAfterSeconds = [15, 15, 30, 60, 120, 300];

/** An empty shop. */
export function createModel(): Model {
  return { payments: [], attempts: [], balance: 0, alarms: 0 };
}

/** Creates a payment, or says what becomes of the wish. */
export function create(model: Model, wish: Pick<ModelPayment, 'key' | 'amount' | 'validUntil'>): string {
  const place = model.payments.findIndex((payment) => payment.key === wish.key);
  const earlier = model.payments[place];
  if (earlier && (earlier.amount !== wish.amount || earlier.validUntil !== wish.validUntil)) {
    return 'IDEMPOTENCY_KEY_REUSED';
  }
  if (earlier) return `replayed ${place} ${earlier.status}`;
  model.payments.push({ ...wish, status: 'NEW', told: ['PAYMENT_CREATED'] });
  return `made ${model.payments.length - 1} NEW`;
}

/** Starts an attempt, to which the acquirer answers at once. */
export function start(
  model: Model,
  wish: { readonly payment: ModelPayment; readonly key: number; readonly reply: Word },
  now: number,
): string {
  const { payment, key, reply } = wish;
  const place = model.attempts.findIndex((attempt) => attempt.key === key);
  const earlier = model.attempts[place];
  if (earlier) {
    return earlier.payment === payment
      ? `replayed ${place} ${earlier.status} ${payment.status}`
      : 'IDEMPOTENCY_KEY_REUSED';
  }
  if (model.attempts.some((attempt) => attempt.payment === payment && isOpen(attempt))) return 'ATTEMPT_IN_PROGRESS';
  if (payment.status !== 'NEW' || isOver(payment, now)) return 'PAYMENT_NOT_PAYABLE';
  const attempt: ModelAttempt = {
    key,
    payment,
    status: 'PENDING',
    late: false,
    surplus: false,
    askAt: now + 15_000,
    round: 0,
  };
  model.attempts.push(attempt);
  payment.status = 'PENDING';
  payment.told.push('TRANSACTION_PENDING', 'PAYMENT_PENDING');
  hear(model, attempt, reply);
  return `started ${model.attempts.length - 1} ${attempt.status} ${payment.status}`;
}

/** Takes a word of the acquirer about an attempt. */
export function hear(model: Model, attempt: ModelAttempt, word: Word): string {
  const before = attempt.status;
  if (word === 'settled') takeMoney(model, attempt);
  if (word === 'other sum') {
    model.alarms += 1;
    if (before === 'PENDING') move(attempt, 'UNKNOWN');
  }
  if (word === 'silent' && before === 'PENDING') move(attempt, 'UNKNOWN');
  if (word === 'rejected' || word === 'unheard') {
    if (before === 'SETTLED') model.alarms += 1;
    if (isOpen(attempt)) {
      move(attempt, word === 'rejected' ? 'REJECTED' : 'ERROR');
      if (attempt.payment.status === 'PENDING') movePayment(attempt.payment, 'NEW');
    }
  }
  return `${attempt.status !== before} ${attempt.status} ${attempt.payment.status}`;
}

/** Money is never dropped: late when the attempt or the payment was over, surplus when another had paid. */
function takeMoney(model: Model, attempt: ModelAttempt): void {
  const { payment } = attempt;
  if (attempt.status === 'SETTLED') return;
  attempt.late = !isOpen(attempt) || payment.status === 'CANCELLED' || payment.status === 'EXPIRED';
  attempt.surplus = payment.status === 'SETTLED';
  move(attempt, 'SETTLED');
  model.balance += payment.amount;
  if (attempt.surplus) model.alarms += 1;
  else movePayment(payment, 'SETTLED');
}

/** Cancels a payment for the shop. */
export function cancel(model: Model, payment: ModelPayment): string {
  if (payment.status === 'SETTLED' || payment.status === 'EXPIRED') return 'PAYMENT_NOT_PAYABLE';
  if (payment.status !== 'CANCELLED') end(model, payment, 'CANCELLED');
  return 'CANCELLED';
}

function end(model: Model, payment: ModelPayment, status: 'CANCELLED' | 'EXPIRED'): void {
  const pending = model.attempts.find((attempt) => attempt.payment === payment && attempt.status === 'PENDING');
  if (pending) move(pending, 'CANCELLED');
  movePayment(payment, status);
}

/** Lets everything happen that is due by now, earliest first; the acquirer says the same word whenever it is asked. */
export function passTo(model: Model, now: number, word: Word): void {
  const expiries = model.payments
    .filter((payment) => isUnpaid(payment) && isOver(payment, now))
    .map((payment) => ({
      due: payment.validUntil ?? 0,
      act: () => isUnpaid(payment) && end(model, payment, 'EXPIRED'),
    }));
  const asks = model.attempts
    .filter((attempt) => isOpen(attempt) && attempt.askAt <= now)
    .map((attempt) => ({ due: attempt.askAt, act: () => isOpen(attempt) && ask(model, attempt, { now, word }) }));
  for (const { act } of [...expiries, ...asks].sort((a, b) => a.due - b.due)) act();
}

function ask(model: Model, attempt: ModelAttempt, heard: { readonly now: number; readonly word: Word }): void {
  hear(model, attempt, heard.word);
  attempt.round += 1;
  attempt.askAt = heard.now + (askAfterSeconds[attempt.round] ?? 300) * 1000;
}

function move(attempt: ModelAttempt, status: ModelAttempt['status']): void {
  attempt.status = status;
  attempt.payment.told.push(`TRANSACTION_${status}`);
}

function movePayment(payment: ModelPayment, status: ModelPayment['status']): void {
  payment.status = status;
  payment.told.push(`PAYMENT_${status}`);
}

/** Says whether an attempt still waits for its outcome. */
export function isOpen(attempt: ModelAttempt): boolean {
  return attempt.status === 'PENDING' || attempt.status === 'UNKNOWN';
}

/** Says whether a payment still waits for its money. */
export function isUnpaid(payment: ModelPayment): boolean {
  return payment.status === 'NEW' || payment.status === 'PENDING';
}

function isOver(payment: ModelPayment, now: number): boolean {
  return payment.validUntil !== undefined && payment.validUntil <= now;
}
