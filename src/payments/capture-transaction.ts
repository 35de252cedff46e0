import { type Actor, requireScope } from '../auth/actor.ts';
import { inTransaction } from '../kernel/db/database.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { hashInput, parseIdempotencyKey } from '../kernel/idempotency.ts';
import { findVisibleTransaction } from '../transactions/find-transaction.ts';
import { applyCaptureAnswer } from './apply-capture-answer.ts';
import { decideCapture, type OrderedCapture } from './decide-capture.ts';
import type { PaymentDeps } from './deps.ts';
import { sendMovement } from './send-movement.ts';

/** A wish to take authorised money. */
export type CaptureTransactionInput = {
  readonly transactionId: string;
  readonly idempotencyKey: string;
  /** Minor units of the transaction's currency; undefined: all that is left. */
  readonly amount?: bigint | undefined;
};

/**
 * Takes authorised money, all or a part of it, as often as something is left: decides (the row is PENDING), calls the
 * acquirer outside any transaction, and applies its answer. Repeating the call with the same key orders nothing new.
 * @throws Forbidden without the scope `payments:write`; InvalidInput, NotFound, NotCapturable, CaptureOutOfRange or
 * IdempotencyKeyReused; then nothing was ordered.
 */
export async function captureTransaction(
  deps: PaymentDeps,
  actor: Actor,
  input: CaptureTransactionInput,
): Promise<OrderedCapture> {
  requireScope(actor, 'payments:write');
  const { transaction, shop } = await findVisibleTransaction(deps, actor, input.transactionId);
  const wish = {
    shop,
    transactionId: transaction.id,
    idempotencyKey: parseCaptureKey(input.idempotencyKey),
    inputHash: hashInput({ ...input, transactionId: transaction.id }),
    amount: input.amount,
  };
  const decidedAt = deps.clock.now();
  const ordered = await inTransaction(deps.database, (tx) => decideCapture(tx, deps.clock, wish));
  if (ordered.replayed) return ordered;
  const { capture: row, transaction: captured } = ordered;
  const answer = await sendMovement(deps, { kind: 'capture', row, transaction: captured, shop, decidedAt });
  const word = { id: row.id, answer };
  return { ...(await inTransaction(deps.database, (tx) => applyCaptureAnswer(tx, deps, word))), replayed: false };
}

/** Captures that came with their settlement have keys of this form, and nothing may stand in the way of money. */
function parseCaptureKey(key: string): string {
  if (key.startsWith('settlement:')) {
    throw new InvalidInput('Keys that begin with settlement: are the gateway’s own; take another one.', [
      'idempotencyKey',
    ]);
  }
  return parseIdempotencyKey(key);
}
