import type { Tx } from '../kernel/db/database.ts';
import type { Payment, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { appendEvents } from '../kernel/events/append-events.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import { transactionFact } from '../transactions/events.ts';
import { moveTransactions } from '../transactions/sql/move-transactions.ts';
import { bookCommissions } from './book-money.ts';
import { paymentFact } from './events.ts';
import { jobToStop, timerKinds } from './model.ts';
import { readPaymentOf } from './read-payment-of.ts';
import { movePayments } from './sql/move-payments.ts';

/** Why nothing may be left of an authorisation: it was captured, the shop released the rest, or its time is over. */
export type FinishCause = 'captured' | 'voided' | 'expired';

/**
 * Ends a transaction of which no authorised money is left, or whose payment was settled by another attempt: with what its
 * captures took it is SETTLED, without any it is CANCELLED (released by the shop, or not needed any more) or EXPIRED; the
 * payment follows. What was neither captured nor released by the shop the acquirer is told to release. One of which something
 * is left, or whose captures are not decided yet, stays as it is. The caller holds the lock of the shop
 * and, where his turnover is counted, of its merchant.
 * @returns the transaction as it is now.
 */
export async function finishAuthorization(
  tx: Tx,
  transaction: Transaction,
  { now, cause }: { readonly now: Date; readonly cause: FinishCause },
): Promise<Transaction> {
  const { status, amount, capturedAmount, settledAmount, authorizedUntil } = transaction;
  if (status !== 'AUTHORIZED' && status !== 'SUBMITTED') return transaction;
  if (capturedAmount !== settledAmount) return transaction;
  const { payment, otherSettled } = await readPaymentOf(tx, transaction);
  const isPast = authorizedUntil !== null && authorizedUntil <= now;
  if (cause === 'captured' && settledAmount < amount && !isPast && !otherSettled) return transaction;
  const ended = endOf(transaction, { now, cause, otherSettled });
  const next = otherSettled ? payment : paymentAfter(payment, ended, now);
  await moveTransactions(tx, [{ was: status, row: ended }]);
  if (next !== payment) await movePayments(tx, [{ was: payment.status, row: next }]);
  if (ended.status === 'SETTLED') await bookCommissions(tx, [{ transaction: ended, payment }]);
  await clearTimers(tx, [{ kind: timerKinds.expireAuthorization, subject: transaction.id }]);
  if (cause !== 'voided' && settledAmount < amount) await enqueue(tx, [jobToStop(transaction.id)]);
  await appendEvents(tx, [
    transactionFact(ended, next.status, now),
    ...(next === payment ? [] : [paymentFact(next, now)]),
  ]);
  return ended;
}

function endOf(
  transaction: Transaction,
  { now, cause, otherSettled }: { readonly now: Date; readonly cause: FinishCause; readonly otherSettled: boolean },
): Transaction {
  if (transaction.settledAmount > 0n) {
    return { ...transaction, status: 'SETTLED', surplus: otherSettled, settledAt: now, updatedAt: now };
  }
  if (cause === 'voided') return { ...transaction, status: 'CANCELLED', reason: 'VOIDED', updatedAt: now };
  if (otherSettled) return { ...transaction, status: 'CANCELLED', reason: 'SUPERSEDED', updatedAt: now };
  return { ...transaction, status: 'EXPIRED', updatedAt: now };
}

function paymentAfter(payment: Payment, ended: Transaction, now: Date): Payment {
  if (payment.status !== 'AUTHORIZED') return payment;
  const status = ended.status === 'SETTLED' || ended.status === 'EXPIRED' ? ended.status : 'CANCELLED';
  return { ...payment, status, settledAt: status === 'SETTLED' ? now : null, updatedAt: now };
}
