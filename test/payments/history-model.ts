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
  /** Money that came and does not fit. */
  held: number;
  readonly startedAt: number;
  /** When the acquirer is asked next; undefined when nobody asks any more. */
  askAt: number | undefined;
  round: number;
  cancelledAt: number | undefined;
  /** When the acquirer was given up, which is asked about for three days more. */
  givenUpAt: number | undefined;
};

/** What the domain says should be there, in plain words and without a database. */
export type Model = {
  readonly payments: ModelPayment[];
  readonly attempts: ModelAttempt[];
  /** Attempts whose acquirers are still to be told to stop, oldest first. */
  readonly stops: ModelAttempt[];
  balance: number;
  alarms: number;
};

const askAfterSeconds = [15, 15, 30, 60, 120, 300];

/** An empty shop. */
export function createModel(): Model {
  return { payments: [], attempts: [], stops: [], balance: 0, alarms: 0 };
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
    held: 0,
    startedAt: now,
    askAt: now + 15_000,
    round: 0,
    cancelledAt: undefined,
    givenUpAt: undefined,
  };
  model.attempts.push(attempt);
  payment.status = 'PENDING';
  payment.told.push('TRANSACTION_PENDING', 'PAYMENT_PENDING');
  hear(model, attempt, { word: reply, now });
  return `started ${model.attempts.length - 1} ${attempt.status} ${payment.status}`;
}

type Heard = { readonly now: number; readonly word: Word };

/** Takes a word of the acquirer about an attempt. */
export function hear(model: Model, attempt: ModelAttempt, { word, now }: Heard): string {
  const { status: before, held } = attempt;
  if (word === 'settled') takeMoney(model, attempt, now);
  if (word === 'other sum') holdMoney(model, attempt);
  if (word === 'silent' && before === 'PENDING') move(attempt, 'UNKNOWN');
  if (word === 'rejected' || word === 'unheard') {
    if (before === 'SETTLED') model.alarms += 1;
    attempt.held = 0;
    if (isOpen(attempt)) {
      move(attempt, word === 'rejected' ? 'REJECTED' : 'ERROR');
      if (attempt.payment.status === 'PENDING') movePayment(attempt.payment, 'NEW');
    }
  }
  return `${attempt.status !== before || attempt.held !== held} ${attempt.status} ${attempt.payment.status}`;
}

/** Money that does not fit is held, and people are called once. */
function holdMoney(model: Model, attempt: ModelAttempt): void {
  const sum = attempt.payment.amount + 1;
  if (attempt.status !== 'SETTLED' && attempt.held === sum) return;
  model.alarms += 1;
  if (attempt.status === 'SETTLED') return;
  if (attempt.status === 'PENDING') move(attempt, 'UNKNOWN');
  attempt.held = sum;
  attempt.payment.told.push('TRANSACTION_HELD');
}

/** Money is never dropped: late when the attempt or the payment was over, surplus when another had paid. */
function takeMoney(model: Model, attempt: ModelAttempt, now: number): void {
  const { payment } = attempt;
  if (attempt.status === 'SETTLED') return;
  attempt.late = !isOpen(attempt) || payment.status === 'CANCELLED' || payment.status === 'EXPIRED';
  attempt.surplus = payment.status === 'SETTLED';
  attempt.held = 0;
  move(attempt, 'SETTLED');
  model.balance += payment.amount;
  if (attempt.surplus) {
    model.alarms += 1;
    return;
  }
  movePayment(payment, 'SETTLED');
  // Whoever has begun to pay once more is not to pay twice.
  for (const other of model.attempts) {
    if (other.payment === payment && other.status === 'PENDING') cancelAttempt(model, other, now);
  }
}

/** Cancels a payment for the shop. */
export function cancel(model: Model, payment: ModelPayment, now: number): string {
  if (payment.status === 'SETTLED' || payment.status === 'EXPIRED') return 'PAYMENT_NOT_PAYABLE';
  if (payment.status !== 'CANCELLED') end(model, payment, { status: 'CANCELLED', now });
  return 'CANCELLED';
}

function cancelAttempt(model: Model, attempt: ModelAttempt, now: number): void {
  move(attempt, 'CANCELLED');
  attempt.cancelledAt = now;
  model.stops.push(attempt);
}

type End = { readonly status: 'CANCELLED' | 'EXPIRED'; readonly now: number };

function end(model: Model, payment: ModelPayment, { status, now }: End): void {
  const pending = model.attempts.find((attempt) => attempt.payment === payment && attempt.status === 'PENDING');
  if (pending) cancelAttempt(model, pending, now);
  movePayment(payment, status);
}

/** Lets everything happen that is due by now, earliest first; the acquirer says the same word whenever it is asked. */
export function passTo(model: Model, now: number, word: Word): void {
  const expiries = model.payments
    .filter((payment) => isUnpaid(payment) && isOver(payment, now))
    .map((payment) => ({
      due: payment.validUntil ?? 0,
      act: () => isUnpaid(payment) && end(model, payment, { status: 'EXPIRED', now }),
    }));
  const asks = model.attempts.flatMap((attempt) => {
    const due = attempt.askAt;
    if (due === undefined || due > now) return [];
    return [{ due, act: () => attempt.askAt === due && ask(model, attempt, { now, word }) }];
  });
  for (const { act } of [...expiries, ...asks].sort((a, b) => a.due - b.due)) act();
  for (let stopped = model.stops.shift(); stopped; stopped = model.stops.shift()) {
    if (stopped.status === 'CANCELLED' && word !== 'silent') hear(model, stopped, { now, word });
  }
}

const askCancelledMs = 900_000;
const giveUpMs = 900_000;
const askGivenUpMs = 3 * 24 * 3_600_000;

/** Asks once, unless nobody wants to know any more, and says when the next time is. */
function ask(model: Model, attempt: ModelAttempt, heard: Heard): void {
  const { now, word } = heard;
  attempt.askAt = undefined;
  if (!isAskedAbout(attempt, now)) return;
  hear(model, attempt, heard);
  if (word === 'silent' && attempt.status === 'UNKNOWN' && now >= attempt.startedAt + giveUpMs && attempt.held === 0) {
    move(attempt, 'ERROR');
    attempt.givenUpAt = now;
    if (attempt.payment.status === 'PENDING') movePayment(attempt.payment, 'NEW');
  }
  if (!isAskedAbout(attempt, now) || (!isOpen(attempt) && word !== 'pending' && word !== 'silent')) return;
  attempt.round += 1;
  const seconds = attempt.status === 'ERROR' ? 3_600 : (askAfterSeconds[attempt.round] ?? 300);
  attempt.askAt = now + seconds * 1000;
}

function isAskedAbout(attempt: ModelAttempt, now: number): boolean {
  if (attempt.status === 'CANCELLED') return now < (attempt.cancelledAt ?? 0) + askCancelledMs;
  if (attempt.status === 'ERROR') return now < (attempt.givenUpAt ?? -Infinity) + askGivenUpMs;
  return isOpen(attempt);
}

function move(attempt: ModelAttempt, status: ModelAttempt['status']): void {
  attempt.status = status;
  if (status === 'SETTLED' || status === 'REJECTED' || status === 'ERROR') attempt.askAt = undefined;
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
