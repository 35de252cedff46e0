import { after, type Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Transaction, TransactionVoid } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { appendEvents, lockShops } from '../kernel/events/append-events.ts';
import { IdempotencyKeyReused } from '../kernel/idempotency.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { voidFact } from '../transactions/events.ts';
import { hasOpenVoid, insertMovement, readMovementByKey } from '../transactions/sql/keep-movements.ts';
import { readTransactions } from '../transactions/store.ts';
import { newMovement, type PreparedMovement } from './decide-capture.ts';
import { NotVoidable } from './errors.ts';
import { askDelay, timerKinds } from './model.ts';

/** The void in its present state; `replayed` when an earlier wish under the same key had ordered it. */
export type OrderedVoid = {
  readonly row: TransactionVoid;
  readonly transaction: Transaction;
  readonly replayed: boolean;
};

/**
 * The first step of releasing authorised money: decides, and leaves a PENDING row for all that is left. While it is
 * under way nothing can be captured.
 * @throws NotFound, IdempotencyKeyReused or NotVoidable; then nothing was ordered.
 */
export async function decideVoid(tx: Tx, clock: Clock, wish: PreparedMovement): Promise<OrderedVoid> {
  const { shop } = wish;
  await lockShops(tx, [shop.id]);
  const now = clock.now(shop);
  const [transaction] = await readTransactions(tx, [wish.transactionId]);
  if (!transaction || transaction.shopId !== shop.id) {
    throw new NotFound('No transaction has this id.', ['transactionId']);
  }
  const earlier = await readMovementByKey(tx, 'void', { shopId: shop.id, idempotencyKey: wish.idempotencyKey });
  if (earlier && !wish.inputHash.equals(earlier.inputHash)) throw new IdempotencyKeyReused();
  if (earlier) return { row: earlier, transaction, replayed: true };
  requireVoidable(transaction, await hasOpenVoid(tx, transaction.id));
  const row = newMovement(wish, { transaction, amount: transaction.amount - transaction.capturedAmount, now });
  await insertMovement(tx, 'void', row);
  const dueAt = after(now, askDelay(0));
  await setTimers(tx, [{ kind: timerKinds.askVoid, subject: row.id, merchantId: shop.merchantId, dueAt }]);
  await appendEvents(tx, [voidFact(row, transaction, now)]);
  return { row, transaction, replayed: false };
}

function requireVoidable({ status, capturedAmount, settledAmount }: Transaction, isVoided: boolean): void {
  if (capturedAmount > settledAmount) throw new NotVoidable('a capture is under way; wait for its end');
  if (status !== 'AUTHORIZED')
    throw new NotVoidable(`only an authorized one can be, and it is ${status.toLowerCase()}`);
  if (isVoided) throw new NotVoidable('its authorised amount is being released already');
}
