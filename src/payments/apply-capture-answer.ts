import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Capture, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { appendEvents } from '../kernel/events/append-events.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import type { Log } from '../kernel/log.ts';
import { captureFact, transactionFact } from '../transactions/events.ts';
import { type AnswerOrWithdrawal, isContradiction, judgeMovement } from '../transactions/judge-movement.ts';
import { isOpen } from '../transactions/model.ts';
import { moveMovement } from '../transactions/sql/keep-movements.ts';
import { moveTransactions } from '../transactions/sql/move-transactions.ts';
import { bookSales } from './book-money.ts';
import { finishAuthorization } from './finish-authorization.ts';
import { timerKinds } from './model.ts';
import { readMoved } from './read-moved.ts';
import { readPaymentOf } from './read-payment-of.ts';

/** An acquirer's word about one capture or void, or ours that it is not sent any more. */
export type AnswerForMovement = {
  /** Our id of the capture or void. */
  readonly id: string;
  readonly answer: AnswerOrWithdrawal;
  /** Who said it on its own account; it knows only its own. Undefined: we, perhaps after asking its acquirer. */
  readonly acquirer?: string;
};

/**
 * Applies what an acquirer said of a capture, whether as the answer to a call, by notification or when asked. Money that
 * was taken is posted to the shop and to recipients, or, if another attempt has paid, to the shop alone, with an alarm; what
 * was refused can be captured again. When nothing authorised is left the transaction settles. Words about a capture that is
 * over change nothing; a contradiction is an alarm.
 * @throws NotFound when there is no such capture of this acquirer.
 */
export async function applyCaptureAnswer(
  tx: Tx,
  deps: { readonly clock: Clock; readonly log: Log },
  word: AnswerForMovement,
): Promise<{ readonly capture: Capture; readonly transaction: Transaction }> {
  const { row: before, transaction, now } = await readMoved(tx, deps.clock, { ...word, table: 'capture' });
  if (isContradiction(before, word.answer)) {
    deps.log.error({ captureId: before.id, answer: word.answer.kind }, 'the acquirer contradicts itself');
  }
  const capture = judgeMovement(before, word.answer, now);
  if (!capture) return { capture: before, transaction };
  await moveMovement(tx, 'capture', { was: before.status, row: capture });
  if (!isOpen(capture)) await clearTimers(tx, [{ kind: timerKinds.askCapture, subject: capture.id }]);
  await appendEvents(tx, [captureFact(capture, transaction, now)]);
  const captured = isOpen(capture) ? transaction : await count(tx, deps.log, { capture, transaction, now });
  return { capture, transaction: await finishAuthorization(tx, captured, { now, cause: 'captured' }) };
}

/** Keeps count of what was taken, and of what can be captured again because it was refused. */
async function count(
  tx: Tx,
  log: Log,
  { capture, transaction, now }: { readonly capture: Capture; readonly transaction: Transaction; readonly now: Date },
): Promise<Transaction> {
  const { acquirer, capturedAmount, settledAmount } = transaction;
  const { payment, otherSettled } = await readPaymentOf(tx, transaction);
  if (capture.status === 'SETTLED') {
    // Once for the attempt: with the first of its captures.
    if (otherSettled && settledAmount === 0n) {
      log.error({ transactionId: transaction.id, captureId: capture.id }, 'a payment was paid twice');
    }
    const row: Transaction = { ...transaction, settledAmount: settledAmount + capture.amount, updatedAt: now };
    await moveTransactions(tx, [{ was: transaction.status, row }]);
    const sale = { ...capture, acquirer, captureId: capture.id, at: now };
    // Recipients have their shares of what the other attempt brought.
    const isSplit = payment.isSplit && !otherSettled;
    await bookSales(tx, [{ ...sale, transaction, isSplit, before: settledAmount }]);
    return row;
  }
  const row: Transaction = {
    ...transaction,
    status: 'AUTHORIZED',
    capturedAmount: capturedAmount - capture.amount,
    updatedAt: now,
  };
  await moveTransactions(tx, [{ was: transaction.status, row }]);
  // Also of one that ends in this very step: no other way leads from SUBMITTED to its end.
  if (transaction.status === 'SUBMITTED') await appendEvents(tx, [transactionFact(row, payment.status, now)]);
  return row;
}
