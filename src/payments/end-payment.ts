import type { Outcome } from '../kernel/batch.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Payment, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { TransactionStatus } from '../kernel/db/generated/prisma/enums.ts';
import { NotFound } from '../kernel/errors.ts';
import { appendEvents, lockShops } from '../kernel/events/append-events.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import { readShopStates } from '../shops/sql/read-shop-states.ts';
import { transactionFact } from '../transactions/events.ts';
import { isLive } from '../transactions/model.ts';
import { moveTransactions } from '../transactions/sql/move-transactions.ts';
import { readAttempts } from '../transactions/store.ts';
import { PaymentNotPayable } from './errors.ts';
import { paymentFact } from './events.ts';
import { jobToStop, timerKinds } from './model.ts';
import { movePayments } from './sql/move-payments.ts';
import { readPayments } from './store.ts';

/** How a payment may be ended without money: by the shop, or by time. */
export type PaymentEnd = 'CANCELLED' | 'EXPIRED';

type Ending = {
  readonly payment: Payment;
  readonly before: Payment;
  /** The attempt that ends with it, as it was and as it shall be. */
  readonly attempt: { readonly was: TransactionStatus; readonly row: Transaction } | undefined;
  /** Attempts that an acquirer may still be working on. */
  readonly toStop: readonly string[];
};

/**
 * Ends payments of one shop that have not been paid. A pending attempt ends with its payment, and its acquirer is told
 * afterwards; so is that of an attempt whose outcome is unknown, which goes on being asked about, and settles the payment late
 * if it was paid.
 * Ending a payment again in the same way changes nothing.
 */
export async function endPayments(
  tx: Tx,
  clock: Clock,
  wish: { readonly shopId: string; readonly paymentIds: readonly string[]; readonly end: PaymentEnd },
): Promise<readonly Outcome<Payment>[]> {
  await lockShops(tx, [wish.shopId]);
  const shops = await readShopStates(tx, [wish.shopId]);
  const now = clock.now(shops.get(wish.shopId));
  const payments = new Map((await readPayments(tx, wish.paymentIds)).map((payment) => [payment.id, payment]));
  const attempts = await readAttempts(tx, wish.paymentIds);
  const endings: Ending[] = [];
  const outcomes = wish.paymentIds.map((id): Outcome<Payment> => {
    const payment = payments.get(id);
    if (!payment || payment.shopId !== wish.shopId)
      return { refusal: new NotFound('No payment has this id.', ['paymentId']) };
    if (payment.status === wish.end || isEarly(payment, wish.end, now)) return { value: payment };
    if (payment.status !== 'NEW' && payment.status !== 'PENDING') {
      return { refusal: new PaymentNotPayable(payment.status, 'cancelled') };
    }
    const ended: Payment = { ...payment, status: wish.end, updatedAt: now };
    payments.set(id, ended);
    const live = attempts.find((candidate) => candidate.paymentId === id && isLive(candidate.status));
    const row = live && endsWithPayment(live) ? endAttempt(live, wish.end, now) : undefined;
    const attempt = row && live && { was: live.status, row };
    endings.push({ payment: ended, before: payment, attempt, toStop: live && live.status !== 'NEW' ? [live.id] : [] });
    return { value: ended };
  });
  await write(tx, endings, now);
  return outcomes;
}

/** Time may only end what its time is over for: a sandbox clock may have been set back since the timer was due. */
function isEarly(payment: Payment, end: PaymentEnd, now: Date): boolean {
  return end === 'EXPIRED' && payment.validUntil > now;
}

function endsWithPayment({ status }: Transaction): boolean {
  return status === 'NEW' || status === 'PENDING';
}

function endAttempt(attempt: Transaction, end: PaymentEnd, now: Date): Transaction {
  return { ...attempt, status: 'CANCELLED', reason: `PAYMENT_${end}`, nextStep: null, updatedAt: now };
}

async function write(tx: Tx, endings: readonly Ending[], now: Date): Promise<void> {
  const attempts = endings.flatMap((ending) => (ending.attempt ? [ending.attempt] : []));
  await moveTransactions(tx, attempts);
  await movePayments(
    tx,
    endings.map((ending) => ({ was: ending.before.status, row: ending.payment })),
  );
  // The timers by which attempts are asked about stay: an acquirer may have taken the money all the same.
  await clearTimers(
    tx,
    endings.map((ending) => ({ kind: timerKinds.expire, subject: ending.payment.id })),
  );
  await appendEvents(
    tx,
    endings.flatMap(({ attempt, payment }) => [
      ...(attempt ? [transactionFact(attempt.row, payment.status, now)] : []),
      paymentFact(payment, now),
    ]),
  );
  await enqueue(
    tx,
    endings.flatMap(({ toStop }) => toStop.map(jobToStop)),
  );
}
