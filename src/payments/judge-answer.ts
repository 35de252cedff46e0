import type { AcquirerAnswer } from '../acquirers/port.ts';
import { after } from '../kernel/clock.ts';
import type { Payment, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { DeclineReason } from '../kernel/db/generated/prisma/enums.ts';
import { isLive } from '../transactions/model.ts';
import { toNextStep } from '../transactions/next-step.ts';
import { type Attempt, authorizationLasts } from './model.ts';

/** What can be known of an attempt: an acquirer's word, or that the acquirer was asked for long enough in vain. */
export type Word = AcquirerAnswer | { readonly kind: 'given-up' };

/** What a word changes; undefined members stay as they are. */
export type Judgement = {
  readonly transaction: Transaction | undefined;
  readonly payment: Payment | undefined;
  /** Something that people must look at, in a few words. */
  readonly alarm: string | undefined;
  /** True when the acquirer works on an attempt that is over, or holds money for it: it has to stop, and to release that. */
  readonly release: boolean;
};

type Known = Attempt & {
  readonly otherSettled: boolean;
  /** True when a void has given back what was authorised, which may have been after time had ended the attempt. */
  readonly released?: boolean;
};

const nothing: Judgement = { transaction: undefined, payment: undefined, alarm: undefined, release: false };

/**
 * Says what a word means for an attempt and its payment. Pure: every combination of state and word has its answer here.
 * - The first word wins, but for "settled", which always counts: money that arrives is never dropped.
 * - Settled after the attempt or the payment was over: `late`; after a void had released it, with an alarm. After another
 *   attempt had settled: `surplus`, with an alarm.
 * - Settled with another amount than asked: the money is held in suspense, an attempt that waits is UNKNOWN with the reason
 *   AMOUNT_MISMATCH, and an alarm is raised. The right amount, or a refusal, told later ends that.
 * - Authorised for an attempt that is over, or with another amount: it is released at once. Authorised while money is held
 *   for it: an alarm, and nothing else.
 * - No answer: UNKNOWN, unless the acquirer has said before that it works on it; PENDING again when it says so later, or,
 *   if the payment is over by then, CANCELLED, and it is to be stopped. No answer until the deadline: ERROR with the reason
 *   NO_ANSWER, and the payer may pay otherwise.
 * - A word that the table of states has no move for ("rejected" after "authorised" or "settled") changes nothing and
 *   raises an alarm. "Never heard of it" raises none: what has money is not asked about, so the question was under way
 *   before the order arrived, and its answer is old news.
 * @param known.otherSettled whether another attempt has brought money for this payment already.
 */
export function judgeAnswer(known: Known, word: Word, now: Date): Judgement {
  switch (word.kind) {
    case 'settled':
      return settle(known, word.amount, now);
    case 'authorized':
      return authorize(known, word.amount, now);
    case 'pending':
      return wait(known, word, now);
    case 'silent':
      return isUnheard(known) && known.transaction.status === 'PENDING'
        ? move(known, { status: 'UNKNOWN' }, now)
        : nothing;
    case 'given-up':
      if (!isUnheard(known) || known.transaction.status !== 'UNKNOWN') return nothing;
      return endWithoutMoney(known, { status: 'ERROR', reason: 'NO_ANSWER', acquirerCode: null }, now);
    case 'rejected':
      return endWithoutMoney(known, { status: 'REJECTED', reason: word.reason, acquirerCode: word.code }, now);
    case 'failed':
      return endWithoutMoney(known, { status: 'ERROR', reason: 'TECHNICAL', acquirerCode: null }, now);
    case 'unheard':
      if (isAccepted(known)) return nothing;
      return endWithoutMoney(known, { status: 'ERROR', reason: 'NOT_SENT', acquirerCode: null }, now);
  }
}

/** Says whether the acquirer has told nothing at all of an attempt yet. */
function isUnheard({ transaction }: Attempt): boolean {
  return transaction.heardAt === null && transaction.heldAmount === 0n;
}

/** Says whether the acquirer has taken money for an attempt, or reserved it. */
function isAccepted({ transaction: { status } }: Attempt): boolean {
  return status === 'AUTHORIZED' || status === 'SUBMITTED' || status === 'SETTLED';
}

function move({ transaction }: Attempt, change: Partial<Transaction>, now: Date): Judgement {
  return { ...nothing, transaction: { ...transaction, ...change, updatedAt: now } };
}

function settle(known: Known, amount: bigint, now: Date): Judgement {
  const { transaction, payment, otherSettled } = known;
  if (transaction.status === 'SETTLED' && amount === transaction.settledAmount) return nothing;
  if (transaction.status === 'NEW') return { ...nothing, alarm: 'the acquirer settled an attempt that was never sent' };
  if (transaction.status === 'SETTLED' || transaction.capturedAmount > 0n) {
    return { ...nothing, alarm: 'the acquirer settled another amount than it had told before' };
  }
  if (amount !== transaction.amount) return hold(known, amount, now);
  const over = payment.status === 'CANCELLED' || payment.status === 'EXPIRED';
  const settled: Transaction = {
    ...transaction,
    status: 'SETTLED',
    reason: null,
    acquirerCode: null,
    late: over || !isLive(transaction.status),
    surplus: otherSettled,
    capturedAmount: amount,
    settledAmount: amount,
    heldAmount: 0n,
    nextStep: null,
    settledAt: now,
    updatedAt: now,
  };
  return {
    ...nothing,
    transaction: settled,
    payment: otherSettled ? undefined : { ...payment, status: 'SETTLED', settledAt: now, updatedAt: now },
    alarm: alarmAtMoney(known),
  };
}

/** What people must look at when an attempt settles: its payer had paid before, or is said to have this money back. */
function alarmAtMoney({ otherSettled, released }: Known): string | undefined {
  if (otherSettled) return 'a payment was paid twice';
  return released ? 'the acquirer settled an attempt that it had released' : undefined;
}

/** Keeps money that does not fit out of the shop's balance, and the payer from paying once more while it is looked into. */
function hold(known: Known, amount: bigint, now: Date): Judgement {
  const { status, heldAmount } = known.transaction;
  if (heldAmount === amount) return nothing;
  const waits = status === 'PENDING' || status === 'UNKNOWN';
  const change = waits ? ({ status: 'UNKNOWN', reason: 'AMOUNT_MISMATCH' } as const) : {};
  const alarm = 'the acquirer settled another amount than was asked';
  return { ...move(known, { ...change, heldAmount: amount }, now), alarm };
}

function authorize(known: Known, amount: bigint, now: Date): Judgement {
  const { transaction, payment } = known;
  switch (transaction.status) {
    case 'NEW':
      return { ...nothing, alarm: 'the acquirer authorised an attempt that was never sent' };
    case 'AUTHORIZED':
    case 'SUBMITTED':
    case 'SETTLED':
      return nothing;
    case 'PENDING':
    case 'UNKNOWN':
      break;
    default:
      return { ...nothing, release: true };
  }
  if (transaction.heldAmount > 0n)
    return { ...nothing, alarm: 'the acquirer authorised an attempt that it had settled' };
  if (amount !== transaction.amount) {
    const ended = endWithoutMoney(known, { status: 'ERROR', reason: 'AMOUNT_MISMATCH', acquirerCode: null }, now);
    return { ...ended, release: true, alarm: 'the acquirer authorised another amount than was asked' };
  }
  const reason = whyUnwanted(known);
  if (reason !== undefined) {
    return { ...endWithoutMoney(known, { status: 'REJECTED', reason, acquirerCode: null }, now), release: true };
  }
  const authorizedUntil = after(now, authorizationLasts);
  const change = { status: 'AUTHORIZED', reason: null, acquirerCode: null, nextStep: null, authorizedUntil } as const;
  const reserved: Payment = { ...payment, status: 'AUTHORIZED', updatedAt: now };
  return { ...move(known, change, now), payment: payment.status === 'PENDING' ? reserved : undefined };
}

/** Why nobody is to pay by an attempt any more; undefined while somebody may. */
function whyUnwanted({ payment: { status }, otherSettled }: Known): DeclineReason | undefined {
  if (otherSettled) return 'SUPERSEDED';
  return status === 'CANCELLED' || status === 'EXPIRED' ? `PAYMENT_${status}` : undefined;
}

/**
 * Notes that the acquirer works on it and what the payer can do meanwhile, when it is news. One that nobody is to pay by any
 * more ends instead, as it would have with its payment, had the acquirer been heard by then: its payer could still pay.
 */
function wait(known: Known, word: Word & { readonly kind: 'pending' }, now: Date): Judgement {
  const { status, heardAt, confirmUntil, nextStep, heldAmount } = known.transaction;
  if (status !== 'PENDING' && status !== 'UNKNOWN') return nothing;
  const unwanted = whyUnwanted(known);
  if (unwanted !== undefined && heldAmount === 0n) {
    const end = { status: 'CANCELLED', reason: unwanted, acquirerCode: null } as const;
    return { ...endWithoutMoney(known, end, now), release: true };
  }
  const change: Partial<Transaction> = {
    ...(status === 'UNKNOWN' && heldAmount === 0n ? { status: 'PENDING' } : {}),
    ...(heardAt === null ? { heardAt: now } : {}),
    ...(word.confirmUntil && confirmUntil === null ? { confirmUntil: word.confirmUntil } : {}),
    ...(word.redirect && nextStep === null ? { nextStep: toNextStep(word.redirect) } : {}),
    ...(word.softDecline && nextStep === null ? { acquirerCode: word.softDecline } : {}),
  };
  return Object.keys(change).length === 0 ? nothing : move(known, change, now);
}

function endWithoutMoney(
  known: Attempt,
  end: Pick<Transaction, 'status' | 'reason' | 'acquirerCode'>,
  now: Date,
): Judgement {
  const { transaction, payment } = known;
  if (transaction.status === 'SETTLED') {
    return { ...nothing, alarm: 'the acquirer rejected an attempt it had settled' };
  }
  if (transaction.status === 'AUTHORIZED' || transaction.status === 'SUBMITTED') {
    return { ...nothing, alarm: 'the acquirer rejected an attempt it had authorised' };
  }
  // What was held has gone back with it.
  if (!isLive(transaction.status)) return transaction.heldAmount > 0n ? move(known, { heldAmount: 0n }, now) : nothing;
  const reopened: Payment = { ...payment, status: 'NEW', updatedAt: now };
  return {
    ...move(known, { ...end, nextStep: null, heldAmount: 0n }, now),
    payment: payment.status === 'PENDING' ? reopened : undefined,
  };
}
