/** What an acquirer may say of an order in a generated history. */
export const words = [
  'settled',
  'other sum',
  'authorized',
  'rejected',
  'pending',
  'redirect',
  'silent',
  'unheard',
] as const;
export type Word = (typeof words)[number];

export type ModelPayment = {
  readonly key: number;
  readonly amount: number;
  /** Milliseconds; undefined: never. */
  readonly validUntil: number | undefined;
  status: 'NEW' | 'PENDING' | 'AUTHORIZED' | 'SETTLED' | 'CANCELLED' | 'EXPIRED';
  /** Types of the events that were told about it, oldest first. */
  readonly told: string[];
};

type Status =
  | ('NEW' | 'PENDING' | 'UNKNOWN' | 'AUTHORIZED' | 'SUBMITTED')
  | ('SETTLED' | 'REJECTED' | 'ERROR' | 'CANCELLED' | 'EXPIRED');

export type ModelAttempt = {
  readonly key: number;
  /** By what it was begun: a key comes again only with the same input. */
  readonly via: 'code' | 'entry' | 'card';
  /** The key under which the payer sent the card that it had waited for. */
  entryKey: number | undefined;
  readonly payment: ModelPayment;
  readonly method: 'BLIK' | 'CARD';
  status: Status;
  late: boolean;
  surplus: boolean;
  /** Captures ordered and not refused; what they took; what was given back, or is to be. */
  captured: number;
  settled: number;
  refunded: number;
  /** Money that came and does not fit. */
  held: number;
  /** When the acquirer first said that it works on it; undefined until then. */
  heardAt: number | undefined;
  /** When it became unknown, which is when its silence began. */
  silentAt: number;
  /** Whether the payer was sent to a page, and until when he may confirm in an app. */
  redirected: boolean;
  confirmUntil: number | undefined;
  authorizedUntil: number | undefined;
  /** When authorised money runs out, or is looked at again; undefined when there is none. */
  runsOutAt: number | undefined;
  /** When the acquirer is asked next; undefined when nobody asks any more. */
  askAt: number | undefined;
  round: number;
  cancelledAt: number | undefined;
  /** When the acquirer was given up, which is asked about for three days more. */
  givenUpAt: number | undefined;
  /** Its acquirer was told to stop, and has released what it held. */
  stopped: boolean;
  /** It was cancelled because the shop had all of its money released. */
  voided: boolean;
};

/** What the domain says should be there, in plain words and without a database. */
export type Model = {
  readonly payments: ModelPayment[];
  readonly attempts: ModelAttempt[];
  readonly movements: ModelMovement[];
  /** Attempts whose acquirers are still to be told to stop, oldest first. */
  readonly stops: ModelAttempt[];
  balance: number;
  alarms: number;
};

/** A capture, void or refund. */
export type ModelMovement = {
  readonly kind: 'capture' | 'void' | 'refund';
  readonly key: number;
  readonly attempt: ModelAttempt;
  readonly amount: number;
  /** What was asked for; undefined: all. */
  readonly wished: number | undefined;
  status: 'PENDING' | 'SETTLED' | 'REJECTED' | 'UNKNOWN';
  askAt: number | undefined;
  round: number;
};

/** An empty shop. */
export function createModel(): Model {
  return { payments: [], attempts: [], movements: [], stops: [], balance: 0, alarms: 0 };
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

export type StartWish = {
  readonly payment: ModelPayment;
  readonly key: number;
  /** With a BLIK code; by card, to be entered on our page; or with the card that the payer entered there. */
  readonly via: 'code' | 'entry' | 'card';
  readonly supersede: boolean;
  readonly reply: Word;
};

/** Starts an attempt, to which the acquirer answers at once. */
export function start(model: Model, wish: StartWish, now: number): string {
  const { payment, key, reply, via } = wish;
  const method = via === 'code' ? 'BLIK' : 'CARD';
  const earlier = model.attempts.find((attempt) => attempt.key === key || attempt.entryKey === key);
  if (earlier) {
    const same = earlier.payment === payment && (earlier.via === via || earlier.entryKey === key);
    if (!same) return 'IDEMPOTENCY_KEY_REUSED';
    return `replayed ${model.attempts.indexOf(earlier)} ${earlier.status} ${payment.status}`;
  }
  const live = model.attempts.find((attempt) => attempt.payment === payment && isLive(attempt));
  if (live && !isReplaceable(live, wish.supersede, now)) return 'ATTEMPT_IN_PROGRESS';
  if (payment.status !== (live ? 'PENDING' : 'NEW') || isOver(payment, now)) return 'PAYMENT_NOT_PAYABLE';
  const continues = live?.status === 'NEW' && live.method === method && via === 'card';
  if (live && !continues) cancelAttempt(model, live, now);
  const attempt = continues ? live : newAttempt(wish, method, now);
  if (!continues) model.attempts.push(attempt);
  if (continues) attempt.entryKey = key;
  attempt.status = via === 'entry' ? 'NEW' : 'PENDING';
  attempt.redirected = via === 'entry';
  attempt.askAt = via === 'entry' ? undefined : now + 15_000;
  payment.told.push(`TRANSACTION_${attempt.status}`);
  if (payment.status === 'NEW') movePayment(payment, 'PENDING');
  if (via !== 'entry') hear(model, attempt, { word: reply, now });
  return `started ${model.attempts.indexOf(attempt)} ${attempt.status} ${payment.status}`;
}

function newAttempt({ key, payment, via }: StartWish, method: 'BLIK' | 'CARD', now: number): ModelAttempt {
  return {
    ...{
      key,
      via,
      entryKey: undefined,
      payment,
      method,
      status: 'PENDING',
      heardAt: undefined,
      silentAt: now,
      round: 0,
    },
    ...{ late: false, surplus: false, redirected: false, stopped: false, voided: false },
    ...{ captured: 0, settled: 0, refunded: 0, held: 0 },
    ...{ askAt: undefined, confirmUntil: undefined, authorizedUntil: undefined, runsOutAt: undefined },
    ...{ cancelledAt: undefined, givenUpAt: undefined },
  };
}

/** What was not sent gives way at once; what may still bring money, to a payer who was warned, once its time is over. */
function isReplaceable(live: ModelAttempt, warned: boolean, now: number): boolean {
  if (live.status === 'NEW') return true;
  if (live.status !== 'PENDING' || !warned || live.heardAt === undefined) return false;
  return live.redirected || (live.confirmUntil ?? live.heardAt + 120_000) <= now;
}

export type Heard = { readonly now: number; readonly word: Word };

/** Takes a word of the acquirer about an attempt. */
export function hear(model: Model, attempt: ModelAttempt, heard: Heard): string {
  const { status: before, held, redirected, confirmUntil, heardAt } = attempt;
  listen(model, attempt, heard);
  const changed =
    attempt.status !== before ||
    attempt.held !== held ||
    ((before === 'PENDING' || before === 'UNKNOWN') &&
      (attempt.redirected !== redirected || attempt.confirmUntil !== confirmUntil || attempt.heardAt !== heardAt));
  return `${changed} ${attempt.status} ${attempt.payment.status}`;
}

function listen(model: Model, attempt: ModelAttempt, { word, now }: Heard): void {
  const waits = attempt.status === 'PENDING' || attempt.status === 'UNKNOWN';
  switch (word) {
    case 'settled':
      takeMoney(model, attempt, now);
      return;
    case 'other sum':
      holdMoney(model, attempt);
      return;
    case 'authorized':
      reserve(model, attempt, now);
      return;
    case 'pending':
    case 'redirect':
      if (!waits) return;
      if (attempt.held === 0 && isUnwanted(model, attempt)) {
        cancelAttempt(model, attempt, now);
        return;
      }
      attempt.heardAt ??= now;
      if (attempt.status === 'UNKNOWN' && attempt.held === 0) move(attempt, 'PENDING');
      if (word === 'redirect') attempt.redirected = true;
      else attempt.confirmUntil ??= now + 60_000;
      return;
    case 'silent':
      if (attempt.status !== 'PENDING' || attempt.heardAt !== undefined) return;
      move(attempt, 'UNKNOWN');
      attempt.silentAt = now;
      return;
    case 'unheard':
      // Asked before the order arrived.
      if (!isAccepted(attempt)) endWithoutMoney(model, attempt, 'ERROR');
      return;
    default:
      endWithoutMoney(model, attempt, word === 'rejected' ? 'REJECTED' : 'ERROR');
  }
}

function endWithoutMoney(model: Model, attempt: ModelAttempt, end: 'REJECTED' | 'ERROR'): void {
  if (isAccepted(attempt)) {
    model.alarms += 1;
    return;
  }
  attempt.held = 0;
  if (!isLive(attempt)) return;
  move(attempt, end);
  if (attempt.payment.status === 'PENDING') movePayment(attempt.payment, 'NEW');
}

function isAccepted({ status }: ModelAttempt): boolean {
  return status === 'AUTHORIZED' || status === 'SUBMITTED' || status === 'SETTLED';
}

/** Money that does not fit is held, and people are called once. */
function holdMoney(model: Model, attempt: ModelAttempt): void {
  const sum = attempt.payment.amount + 1;
  const hears = attempt.status !== 'NEW' && attempt.status !== 'SETTLED' && attempt.captured === 0;
  if (hears && attempt.held === sum) return;
  model.alarms += 1;
  if (!hears) return;
  if (attempt.status === 'PENDING') move(attempt, 'UNKNOWN');
  attempt.held = sum;
  attempt.payment.told.push('TRANSACTION_HELD');
}

/** Reserves money for the shop; for an attempt or a payment that is over it is released again. */
function reserve(model: Model, attempt: ModelAttempt, now: number): void {
  const { payment, status } = attempt;
  const isOdd = status === 'NEW' || (attempt.held > 0 && ['PENDING', 'UNKNOWN'].includes(status));
  if (isOdd) model.alarms += 1;
  if (isOdd || isAccepted(attempt)) return;
  if (!isLive(attempt) || isUnwanted(model, attempt)) {
    if (isLive(attempt)) endWithoutMoney(model, attempt, 'REJECTED');
    model.stops.push(attempt);
    return;
  }
  move(attempt, 'AUTHORIZED');
  attempt.redirected = false;
  attempt.askAt = undefined;
  attempt.authorizedUntil = now + 7 * 24 * 3_600_000;
  attempt.runsOutAt = attempt.authorizedUntil;
  if (payment.status === 'PENDING') movePayment(payment, 'AUTHORIZED');
}

/** Money is never dropped: late when the attempt or the payment was over, surplus when another had paid. */
function takeMoney(model: Model, attempt: ModelAttempt, now: number): void {
  const { payment } = attempt;
  if (attempt.status === 'SETTLED' && attempt.settled === payment.amount) return;
  if (attempt.status === 'NEW' || attempt.captured > 0) {
    model.alarms += 1;
    return;
  }
  attempt.late = !isLive(attempt) || payment.status === 'CANCELLED' || payment.status === 'EXPIRED';
  attempt.surplus = isPaidByOther(model, attempt);
  attempt.held = 0;
  attempt.captured = payment.amount;
  attempt.settled = payment.amount;
  move(attempt, 'SETTLED');
  model.balance += payment.amount;
  if (attempt.surplus || attempt.voided) model.alarms += 1;
  if (attempt.surplus) return;
  movePayment(payment, 'SETTLED');
  // Whoever has begun to pay once more is not to pay twice.
  for (const other of model.attempts) {
    const canEnd = ['NEW', 'PENDING'].includes(other.status) || (other.status === 'AUTHORIZED' && other.captured === 0);
    if (other.payment !== payment) continue;
    if (canEnd) cancelAttempt(model, other, now);
    if (other.status === 'UNKNOWN') model.stops.push(other);
  }
}

/** Says whether nobody is to pay by an attempt any more. */
function isUnwanted(model: Model, attempt: ModelAttempt): boolean {
  return ['CANCELLED', 'EXPIRED'].includes(attempt.payment.status) || isPaidByOther(model, attempt);
}

/** Says whether another attempt has brought the money of a payment. */
export function isPaidByOther(model: Model, attempt: ModelAttempt): boolean {
  return model.attempts.some((other) => {
    return other !== attempt && other.payment === attempt.payment && other.settled > 0 && !other.surplus;
  });
}

/** Cancels a payment for the shop. */
export function cancel(model: Model, payment: ModelPayment, now: number): string {
  if (['SETTLED', 'EXPIRED', 'AUTHORIZED'].includes(payment.status)) return 'PAYMENT_NOT_PAYABLE';
  if (payment.status !== 'CANCELLED') end(model, payment, { status: 'CANCELLED', now });
  return 'CANCELLED';
}

function cancelAttempt(model: Model, attempt: ModelAttempt, now: number): void {
  if (attempt.status !== 'NEW') model.stops.push(attempt);
  attempt.runsOutAt = undefined;
  move(attempt, 'CANCELLED');
  attempt.cancelledAt = now;
}

/** Ends a payment without money, and what was begun for it. */
export function end(
  model: Model,
  payment: ModelPayment,
  { status, now }: { readonly status: 'CANCELLED' | 'EXPIRED'; readonly now: number },
): void {
  const begun = model.attempts.find((attempt) => attempt.payment === payment && isLive(attempt));
  if (begun?.status === 'UNKNOWN') model.stops.push(begun);
  else if (begun) cancelAttempt(model, begun, now);
  movePayment(payment, status);
}

/** Moves an attempt, and tells it. */
export function move(attempt: ModelAttempt, status: Status): void {
  attempt.status = status;
  if (status === 'SETTLED' || status === 'REJECTED' || status === 'ERROR') attempt.askAt = undefined;
  if (status === 'SETTLED' || status === 'EXPIRED') attempt.runsOutAt = undefined;
  attempt.payment.told.push(`TRANSACTION_${status}`);
}

/** Moves a payment, and tells it. */
export function movePayment(payment: ModelPayment, status: ModelPayment['status']): void {
  payment.status = status;
  payment.told.push(`PAYMENT_${status}`);
}

/** Says whether an attempt is still running. */
export function isLive({ status }: ModelAttempt): boolean {
  return ['NEW', 'PENDING', 'UNKNOWN', 'AUTHORIZED', 'SUBMITTED'].includes(status);
}

/** Says whether a payment still waits for its money. */
export function isUnpaid(payment: ModelPayment): boolean {
  return payment.status === 'NEW' || payment.status === 'PENDING';
}

/** Says whether the time of a payment is over. */
export function isOver(payment: ModelPayment, now: number): boolean {
  return payment.validUntil !== undefined && payment.validUntil <= now;
}
