import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Transaction, TransactionVoid } from '../kernel/db/generated/prisma/client.ts';
import { appendEvents } from '../kernel/events/append-events.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import type { Log } from '../kernel/log.ts';
import { voidFact } from '../transactions/events.ts';
import { isContradiction, judgeMovement } from '../transactions/judge-movement.ts';
import { isOpen } from '../transactions/model.ts';
import { moveMovement } from '../transactions/sql/keep-movements.ts';
import type { AnswerForMovement } from './apply-capture-answer.ts';
import { finishAuthorization } from './finish-authorization.ts';
import { timerKinds } from './model.ts';
import { readMoved } from './read-moved.ts';

/**
 * Applies what an acquirer said of a void, whether as the answer to a call, by notification or when asked. Once the money
 * is released the transaction ends; a refused void leaves the authorisation as it was. Words about a void that is over
 * change nothing. A contradiction is an alarm, and so is the release of money that was taken while the void was under way.
 * @throws NotFound when there is no such void of this acquirer.
 */
export async function applyVoidAnswer(
  tx: Tx,
  deps: { readonly clock: Clock; readonly log: Log },
  word: AnswerForMovement,
): Promise<{ readonly row: TransactionVoid; readonly transaction: Transaction }> {
  const { row: before, transaction, now } = await readMoved(tx, deps.clock, { ...word, table: 'void' });
  if (isContradiction(before, word.answer)) {
    deps.log.error({ voidId: before.id, answer: word.answer.kind }, 'the acquirer contradicts itself');
  }
  const row = judgeMovement(before, word.answer, now);
  if (!row) return { row: before, transaction };
  await moveMovement(tx, 'void', { was: before.status, row });
  if (!isOpen(row)) await clearTimers(tx, [{ kind: timerKinds.askVoid, subject: row.id }]);
  await appendEvents(tx, [voidFact(row, transaction, now)]);
  if (row.status !== 'SETTLED') return { row, transaction };
  if (row.amount > transaction.amount - transaction.settledAmount) {
    const ids = { voidId: row.id, transactionId: transaction.id };
    deps.log.error(ids, 'the acquirer released an attempt that it had settled');
  }
  return { row, transaction: await finishAuthorization(tx, transaction, { now, cause: 'voided' }) };
}
