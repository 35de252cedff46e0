import { after, monthsAfter } from '../kernel/clock.ts';
import type { Payment, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { PaymentStatus } from '../kernel/db/generated/prisma/enums.ts';
import type { Job } from '../kernel/jobs/enqueue.ts';

/** The moves a payment may make. Money that arrives settles it whatever state it was in. */
export const paymentMoves = {
  NEW: ['PENDING', 'CANCELLED', 'EXPIRED', 'SETTLED'],
  PENDING: ['NEW', 'AUTHORIZED', 'SETTLED', 'CANCELLED', 'EXPIRED'],
  AUTHORIZED: ['SETTLED', 'CANCELLED', 'EXPIRED'],
  CANCELLED: ['SETTLED'],
  EXPIRED: ['SETTLED'],
  SETTLED: [],
} as const satisfies Record<PaymentStatus, readonly PaymentStatus[]>;

/** Says whether a payment may move from one state to another. */
export function mayMovePayment(from: PaymentStatus, to: PaymentStatus): boolean {
  const targets: readonly PaymentStatus[] = paymentMoves[from];
  return targets.includes(to);
}

/** Says whether nobody is to pay a payment any more; money that arrives counts all the same. */
export function isPaymentOver({ status }: Pick<Payment, 'status'>): boolean {
  return status === 'CANCELLED' || status === 'EXPIRED' || status === 'SETTLED';
}

/** A payment that never expires is kept as valid until the end of the calendar. */
export const neverExpires = new Date(Date.UTC(9999, 11, 31, 23, 59, 59, 999));

/** How far ahead an expiry must lie when it is set: 60 seconds (imoje protocol, section 1). */
export const validitySecondsMin = 60;

/** When a payment expires that does not say so itself: the shop's setting, else 15 months (imoje protocol, section 13). */
export function defaultValidUntil(now: Date, paymentValiditySeconds: number | undefined): Date {
  if (paymentValiditySeconds !== undefined) return new Date(now.getTime() + paymentValiditySeconds * 1000);
  return monthsAfter(now, 15);
}

/** Names of the timers that belong to payments; their subjects are ids of payments, transactions, captures or voids. */
export const timerKinds = {
  expire: 'expire-payment',
  ask: 'ask-acquirer',
  expireAuthorization: 'expire-authorization',
  askCapture: 'ask-capture',
  askVoid: 'ask-void',
} as const;

/** Name of the job that tells an acquirer to stop an order. */
export const stopOrderJob = 'stop-order';

/** The job that tells the acquirer of an attempt to stop it, and to release what it holds for it. */
export function jobToStop(transactionId: string): Job {
  return { name: stopOrderJob, payload: { transactionId } };
}

/** How long an attempt that was cancelled is still asked about: the acquirer may have taken the money all the same. */
export const askCancelledMs = 15 * 60_000;

/** How long an acquirer is asked before an attempt without an answer is given up, so that the payer may pay otherwise. */
export const answerDeadline = { ms: 15 * 60_000 };

/** How long an attempt that was given up is still asked about, once an hour: its money may turn up. */
export const askGivenUpMs = 3 * 24 * 3_600_000;

/** How long authorised money can be captured: seven days (domain: states). */
export const authorizationLasts = { ms: 7 * 24 * 3_600_000 };

/** When the acquirer is asked about an attempt without an answer: seconds after the start, by round; then every 5 minutes. */
const askAfterSeconds = [15, 15, 30, 60, 120, 300] as const;

/** How long to wait before the acquirer is asked, in the given round (0 is the first). */
export function askDelay(round: number): { ms: number } {
  return { ms: (askAfterSeconds[round] ?? 300) * 1000 };
}

/**
 * How long after its decision a call may begin: it is over, with its time-out, before anybody asks the acquirer for the first time.
 */
const callWithin = { ms: 8_000 };

/**
 * Says whether it is too late to call an acquirer for what was decided then. A process may stand still after a decision (its
 * machine was suspended, say); another one asks meanwhile, and what the acquirer never heard of is given up
 * (docs/decisions/0053-what-was-decided-is-sent-at-once-or-not-at-all.md).
 */
export function isTooLateToCall(decidedAt: Date, now: Date): boolean {
  return now > after(decidedAt, callWithin);
}

/** A payment with the attempt that concerns it. */
export type Attempt = { readonly payment: Payment; readonly transaction: Transaction };

/** How long a BLIK code is good; an attempt of which nothing more is heard for longer has missed its time. */
const quietMs = 120_000;

/**
 * Says when a payer who wants to pay otherwise may replace a live attempt (domain: states).
 * - `at-once`: nothing was sent to an acquirer yet.
 * - `after-warning`: it may still bring money, so the payer must have been warned: redirects, and BLIK after its timers.
 * - `not-yet`: its end is near, or the acquirer has not said yet that it knows of it.
 * - `never`: money is reserved or taken.
 */
export function mayReplace(
  attempt: Pick<Transaction, 'status' | 'nextStep' | 'confirmUntil' | 'heardAt'>,
  now: Date,
): 'at-once' | 'after-warning' | 'not-yet' | 'never' {
  switch (attempt.status) {
    case 'NEW':
      return 'at-once';
    case 'PENDING': {
      const { heardAt, nextStep, confirmUntil } = attempt;
      if (heardAt === null) return 'not-yet';
      const missed = confirmUntil ?? after(heardAt, { ms: quietMs });
      return nextStep !== null || missed <= now ? 'after-warning' : 'not-yet';
    }
    case 'UNKNOWN':
      return 'not-yet';
    default:
      return 'never';
  }
}
