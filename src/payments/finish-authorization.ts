import type { Tx } from '../kernel/db/database.ts';
import type { Payment, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { appendEvents } from '../kernel/events/append-events.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import { transactionFact } from '../transactions/events.ts';
import { moveTransactions } from '../transactions/sql/move-transactions.ts';
import { readAttempts } from '../transactions/store.ts';
import { computeCommissions } from './book-money.ts';
import { paymentFact } from './events.ts';
import { timerKinds } from './model.ts';
import { movePayments } from './sql/move-payments.ts';
import { readPayments } from './store.ts';

/** Why nothing may be left of an authorisation: it was captured to the end, the shop released the rest, or time is over. */
export type FinishCause = 'captured' | 'voided' | 'expired';

/**
 * Ends a transaction of which no authorised money is left: with what its captures took it is SETTLED, without any it is
 * CANCELLED (released by the shop) or EXPIRED; the payment follows. One of which something is left, or whose captures are
 * not decided yet, stays as it is. The caller holds the lock of the shop.
 * @returns the transaction as it is now.
 */
export async function finishAuthorization(
  tx: Tx,
  transaction: Transaction,
  { now, cause }: { readonly now: Date; readonly cause: FinishCause },
): Promise<Transaction> {
  const { status, amount, capturedAmount, settledAmount, authorizedUntil } = transaction;
  if (status !== 'AUTHORIZED' && status !== 'SUBMITTED') return transaction;
  const isDecided = capturedAmount === settledAmount;
  const isOver =
    cause !== 'captured' || settledAmount === amount || (authorizedUntil !== null && authorizedUntil <= now);
  if (!isDecided || !isOver) return transaction;
  const [payment] = await readPayments(tx, [transaction.paymentId]);
  const attempts = await readAttempts(tx, [transaction.paymentId]);
  if (!payment) throw new Error(`Transaction ${transaction.id} has no payment.`);
  const otherSettled = attempts.some(({ id, settledAmount: taken, surplus }) => {
    return id !== transaction.id && taken > 0n && !surplus;
  });
  const ended = endOf(transaction, { now, cause, surplus: otherSettled });
  const next = otherSettled ? payment : paymentAfter(payment, ended, now);
  await moveTransactions(tx, [{ was: status, row: ended }]);
  if (next !== payment) await movePayments(tx, [{ was: payment.status, row: next }]);
  if (ended.status === 'SETTLED') await computeCommissions(tx, [ended]);
  await clearTimers(tx, [{ kind: timerKinds.expireAuthorization, subject: transaction.id }]);
  await appendEvents(tx, [
    transactionFact(ended, next.status, now),
    ...(next === payment ? [] : [paymentFact(next, now)]),
  ]);
  return ended;
}

function endOf(
  transaction: Transaction,
  { now, cause, surplus }: { readonly now: Date; readonly cause: FinishCause; readonly surplus: boolean },
): Transaction {
  if (transaction.settledAmount > 0n) {
    return { ...transaction, status: 'SETTLED', surplus, settledAt: now, updatedAt: now };
  }
  return cause === 'voided'
    ? { ...transaction, status: 'CANCELLED', reason: 'VOIDED', updatedAt: now }
    : { ...transaction, status: 'EXPIRED', updatedAt: now };
}

function paymentAfter(payment: Payment, ended: Transaction, now: Date): Payment {
  if (payment.status !== 'AUTHORIZED') return payment;
  const status = ended.status === 'SETTLED' || ended.status === 'EXPIRED' ? ended.status : 'CANCELLED';
  return { ...payment, status, settledAt: status === 'SETTLED' ? now : null, updatedAt: now };
}
