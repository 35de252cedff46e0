import { after, type Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Capture, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { appendEvents, lockShops } from '../kernel/events/append-events.ts';
import { IdempotencyKeyReused } from '../kernel/idempotency.ts';
import { newId } from '../kernel/ids.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import type { Shop } from '../shops/model.ts';
import { captureFact, transactionFact } from '../transactions/events.ts';
import { hasOpenVoid, insertMovement, readMovementByKey } from '../transactions/sql/keep-movements.ts';
import { moveTransactions } from '../transactions/sql/move-transactions.ts';
import { readTransactions } from '../transactions/store.ts';
import { CaptureOutOfRange, NotCapturable } from './errors.ts';
import { askDelay, timerKinds } from './model.ts';
import { readPayments } from './store.ts';

/** A checked wish to capture a transaction, or to void it. */
export type PreparedMovement = {
  readonly shop: Shop;
  readonly transactionId: string;
  readonly idempotencyKey: string;
  readonly inputHash: Buffer;
};

/** The capture in its present state; `replayed` when an earlier wish under the same key had ordered it. */
export type OrderedCapture = {
  readonly capture: Capture;
  readonly transaction: Transaction;
  readonly replayed: boolean;
};

/**
 * The first step of capturing: decides, and leaves a PENDING row. All writing for one shop passes one after the other, so
 * captures together never exceed what was authorised. The capture that takes the rest moves the transaction to SUBMITTED.
 * @param wish.amount undefined: all that is left.
 * @throws NotFound, IdempotencyKeyReused, NotCapturable or CaptureOutOfRange; then nothing was ordered.
 */
export async function decideCapture(
  tx: Tx,
  clock: Clock,
  wish: PreparedMovement & { readonly amount: bigint | undefined },
): Promise<OrderedCapture> {
  const { shop } = wish;
  await lockShops(tx, [shop.id]);
  const now = clock.now(shop);
  const [transaction] = await readTransactions(tx, [wish.transactionId]);
  if (!transaction || transaction.shopId !== shop.id) {
    throw new NotFound('No transaction has this id.', ['transactionId']);
  }
  const earlier = await readMovementByKey(tx, 'capture', { shopId: shop.id, idempotencyKey: wish.idempotencyKey });
  if (earlier && !wish.inputHash.equals(earlier.inputHash)) throw new IdempotencyKeyReused();
  if (earlier) return { capture: earlier, transaction, replayed: true };
  requireCapturable(transaction, await hasOpenVoid(tx, transaction.id), now);
  const [payment] = await readPayments(tx, [transaction.paymentId]);
  if (payment?.status === 'SETTLED') throw new NotCapturable('its payment was paid by another attempt');
  const left = transaction.amount - transaction.capturedAmount;
  const amount = wish.amount ?? left;
  if (amount < 1n || amount > left) throw new CaptureOutOfRange(left);
  const capture = newMovement(wish, { transaction, amount, now });
  const captured: Transaction = {
    ...transaction,
    status: amount === left ? 'SUBMITTED' : 'AUTHORIZED',
    capturedAmount: transaction.capturedAmount + amount,
    updatedAt: now,
  };
  await insertMovement(tx, 'capture', capture);
  await moveTransactions(tx, [{ was: 'AUTHORIZED', row: captured }]);
  const dueAt = after(now, askDelay(0));
  await setTimers(tx, [{ kind: timerKinds.askCapture, subject: capture.id, merchantId: shop.merchantId, dueAt }]);
  await appendEvents(tx, [
    captureFact(capture, transaction, now),
    ...(captured.status === 'SUBMITTED' ? [transactionFact(captured, 'AUTHORIZED', now)] : []),
  ]);
  return { capture, transaction: captured, replayed: false };
}

function requireCapturable({ status, authorizedUntil }: Transaction, isVoided: boolean, now: Date): void {
  if (status === 'SUBMITTED') throw new NotCapturable('all of its authorised amount is being captured already');
  if (status !== 'AUTHORIZED' || authorizedUntil === null) {
    throw new NotCapturable(`only an authorized one can be, and it is ${status.toLowerCase()}`);
  }
  if (now >= authorizedUntil) throw new NotCapturable(`its authorisation ran out at ${authorizedUntil.toISOString()}`);
  if (isVoided) throw new NotCapturable('its authorised amount is being released');
}

/** The row of a capture or void that is being ordered. */
export function newMovement(
  wish: PreparedMovement,
  made: { readonly transaction: Transaction; readonly amount: bigint; readonly now: Date },
): Capture {
  const { transaction, amount, now } = made;
  return {
    id: newId(now),
    shopId: wish.shop.id,
    transactionId: transaction.id,
    idempotencyKey: wish.idempotencyKey,
    inputHash: new Uint8Array(wish.inputHash),
    status: 'PENDING',
    amount,
    currency: transaction.currency,
    acquirerCode: null,
    createdAt: now,
    updatedAt: now,
    settledAt: null,
  };
}
