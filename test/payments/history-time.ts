import {
  end,
  hear,
  isOver,
  isPaidByOther,
  isUnpaid,
  type Model,
  type ModelAttempt,
  type ModelMovement,
  type ModelPayment,
  move,
  movePayment,
  type Word,
} from './history-model.ts';
import { finish, hearMovement, isOpen, type MovementWord } from './history-movements.ts';

/** What acquirers say to whoever asks while time passes, the same each time. */
export type Said = {
  readonly word: Word;
  readonly ofMovements: MovementWord;
  /** To a movement that is sent again, since they never heard of it. */
  readonly toMovements: MovementWord;
};

const askAfterSeconds = [15, 15, 30, 60, 120, 300];
const askRefundAfterSeconds = [...askAfterSeconds, 3_600];
const quarter = 900_000;
const hour = 3_600_000;
const threeDays = 72 * hour;

type Due = { readonly due: number; readonly kind: string; act(): void };

/** Lets everything happen that is due by now, earliest first, and of one moment by the name of its kind. */
export function passTo(model: Model, now: number, said: Said): void {
  const due = [
    ...model.payments.filter((payment) => isUnpaid(payment) && isOver(payment, now)).map(expiry),
    ...model.attempts.flatMap((attempt) => [...asking(attempt), ...runningOut(attempt)]),
    ...model.movements.flatMap(chasing),
  ];
  due.sort((a, b) => a.due - b.due || (a.kind < b.kind ? -1 : 1));
  for (const { act } of due) act();
  for (let stopped = model.stops.shift(); stopped; stopped = model.stops.shift()) stop(stopped);

  function expiry(payment: Model['payments'][number]): Due {
    const act = () => isUnpaid(payment) && end(model, payment, { status: 'EXPIRED', now });
    return { due: payment.validUntil ?? 0, kind: 'expire-payment', act };
  }

  function asking(attempt: ModelAttempt): Due[] {
    const due = attempt.askAt;
    if (due === undefined || due > now) return [];
    return [
      { due, kind: 'ask-acquirer', act: () => attempt.askAt === due && ask(model, attempt, { now, word: said.word }) },
    ];
  }

  function runningOut(attempt: ModelAttempt): Due[] {
    const due = attempt.runsOutAt;
    if (due === undefined || due > now) return [];
    const act = (): void => {
      if (attempt.runsOutAt !== due) return;
      if (!finish(model, attempt, { now, cause: 'expired' })) attempt.runsOutAt = now + hour;
    };
    return [{ due, kind: 'expire-authorization', act }];
  }

  function chasing(movement: ModelMovement): Due[] {
    const due = movement.askAt;
    if (due === undefined || due > now) return [];
    const act = (): void => {
      if (movement.askAt !== due) return;
      const again = hasReason(model, movement) ? said.toMovements : 'rejected';
      const word = said.ofMovements === 'unheard' ? again : said.ofMovements;
      hearMovement(model, movement, { word, now });
      if (!isOpen(movement)) return;
      movement.round += 1;
      const refund = movement.kind === 'refund';
      const seconds = (refund ? askRefundAfterSeconds : askAfterSeconds)[movement.round] ?? (refund ? 21_600 : 300);
      movement.askAt = now + seconds * 1000;
    };
    return [{ due, kind: `ask-${movement.kind}`, act }];
  }

  /** Once told to stop, an acquirer holds nothing any more. */
  function stop(attempt: ModelAttempt): void {
    const isPart = attempt.status === 'SETTLED' && attempt.settled < attempt.payment.amount;
    const isLost = attempt.status === 'UNKNOWN' && isOverForGood(attempt.payment);
    if (!isPart && !isLost && !['CANCELLED', 'REJECTED', 'ERROR', 'EXPIRED'].includes(attempt.status)) return;
    attempt.stopped = true;
    if (said.word !== 'silent' && !isPart) hear(model, attempt, { now, word: wordOf(attempt, said.word) });
  }
}

/** What the acquirer never heard of is not sent any more once its reason is gone. */
function hasReason(model: Model, { kind, attempt }: ModelMovement): boolean {
  if (kind === 'capture') return !isPaidByOther(model, attempt);
  return kind === 'refund' || attempt.status === 'AUTHORIZED';
}

function wordOf({ stopped }: ModelAttempt, word: Word): Word {
  return stopped && word === 'authorized' ? 'rejected' : word;
}

/** Asks once, unless nobody wants to know any more, and says when the next time is. */
function ask(model: Model, attempt: ModelAttempt, heard: { readonly now: number; readonly word: Word }): void {
  const { now } = heard;
  const word = wordOf(attempt, heard.word);
  attempt.askAt = undefined;
  if (!isAskedAbout(attempt, now)) return;
  hear(model, attempt, { now, word });
  const isLong = now >= attempt.silentAt + quarter && attempt.heardAt === undefined;
  if (word === 'silent' && attempt.status === 'UNKNOWN' && isLong && attempt.held === 0) {
    move(attempt, 'ERROR');
    attempt.givenUpAt = now;
    if (attempt.payment.status === 'PENDING') movePayment(attempt.payment, 'NEW');
  }
  const isRunning = attempt.status === 'PENDING' || attempt.status === 'UNKNOWN';
  const isWaiting = word === 'pending' || word === 'redirect' || word === 'silent';
  if (!isAskedAbout(attempt, now) || (!isRunning && !isWaiting)) return;
  if (isWaiting && word !== 'silent' && isOverForGood(attempt.payment)) model.stops.push(attempt);
  attempt.round += 1;
  attempt.askAt = now + (attempt.status === 'ERROR' ? hour : (askAfterSeconds[attempt.round] ?? 300) * 1000);
}

/** Says whether nobody is to pay a payment any more. */
function isOverForGood({ status }: ModelPayment): boolean {
  return status === 'CANCELLED' || status === 'EXPIRED' || status === 'SETTLED';
}

function isAskedAbout(attempt: ModelAttempt, now: number): boolean {
  if (attempt.status === 'CANCELLED') return now < (attempt.cancelledAt ?? 0) + quarter;
  if (attempt.status === 'ERROR') return now < (attempt.givenUpAt ?? Number.NEGATIVE_INFINITY) + threeDays;
  return attempt.status === 'PENDING' || attempt.status === 'UNKNOWN';
}
