import { AcquirerNotCalled, type MovementAnswer, type MovementKind } from '../acquirers/port.ts';
import type { Capture, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { Shop } from '../shops/model.ts';
import type { PaymentDeps } from './deps.ts';
import { isTooLateToCall } from './model.ts';
import { acquirerTimeoutMs } from './start-transaction.ts';

/** A capture, void or refund with all that its acquirer has to know. */
export type SentMovement = {
  readonly kind: MovementKind;
  readonly row: Pick<Capture, 'id' | 'amount' | 'currency'>;
  readonly transaction: Transaction;
  readonly shop: Shop;
  /** What the shop noted; undefined when it noted nothing. */
  readonly note?: string | undefined;
  /**
   * When it was decided that it is to be sent, by the machine's clock. Undefined: that stays so whatever happens, as with refunds.
   */
  readonly decidedAt?: Date;
};

/**
 * Sends a capture, void or refund to the acquirer of its transaction, and gives the answer. Its id is its reference, so
 * sending it again after a broken call or a crash does nothing twice. Whatever keeps an answer from us, a call was made: unless
 * the decision is so old by now that its timer has to look again whether it still holds.
 */
export async function sendMovement(
  deps: Pick<PaymentDeps, 'acquirers' | 'clock' | 'log'>,
  movement: SentMovement,
): Promise<MovementAnswer> {
  const { kind, row, transaction, shop, note = '', decidedAt } = movement;
  const acquirer = acquirerOf(deps, movement);
  if (decidedAt && isTooLateToCall(decidedAt, deps.clock.now())) {
    deps.log.warn(
      { acquirer: acquirer.name, [kind]: row.id },
      `a ${kind} was not sent: too much time had passed since its decision`,
    );
    return { kind: 'unheard' };
  }
  const order = {
    kind,
    reference: row.id,
    transaction: transaction.id,
    amount: row.amount,
    currency: row.currency,
    settled: transaction.settledAmount,
    note,
    merchantId: shop.merchantId,
    clockOffsetMs: shop.clockOffsetMs,
    sandboxDelayMs: shop.sandboxDelayMs,
  };
  try {
    return await acquirer.move(order, AbortSignal.timeout(acquirerTimeoutMs));
  } catch (error) {
    deps.log.warn({ err: error, acquirer: acquirer.name, [kind]: row.id }, `acquirer gave no answer to a ${kind}`);
    return { kind: 'silent' };
  }
}

/**
 * Asks the acquirer what became of a movement. It is `unheard` if it never arrived: a crash came before the call, or the acquirer
 * was not called at the time.
 */
export async function askAboutMovement(
  deps: Pick<PaymentDeps, 'acquirers' | 'log'>,
  movement: SentMovement,
): Promise<MovementAnswer> {
  const { kind, row } = movement;
  const acquirer = acquirerOf(deps, movement);
  try {
    return await acquirer.movementStatus(row.id, AbortSignal.timeout(acquirerTimeoutMs));
  } catch (error) {
    // Not even asked: it stays as it was, so what was never sent is not taken for sent.
    if (error instanceof AcquirerNotCalled) return { kind: 'pending' };
    const context = { err: error, acquirer: acquirer.name, [kind]: row.id };
    deps.log.warn(context, `acquirer gave no answer when asked about a ${kind}`);
    return { kind: 'silent' };
  }
}

function acquirerOf({ acquirers }: Pick<PaymentDeps, 'acquirers'>, { kind, row, transaction }: SentMovement) {
  const acquirer = acquirers.get(transaction.acquirer);
  if (!acquirer) throw new Error(`The ${kind} ${row.id} names no known acquirer.`);
  return acquirer;
}
