import { type Actor, requireScope } from '../auth/actor.ts';
import { inTransaction } from '../kernel/db/database.ts';
import { hashInput, parseIdempotencyKey } from '../kernel/idempotency.ts';
import { findVisibleTransaction } from '../transactions/find-transaction.ts';
import { applyVoidAnswer } from './apply-void-answer.ts';
import { decideVoid, type OrderedVoid } from './decide-void.ts';
import type { PaymentDeps } from './deps.ts';
import { sendMovement } from './send-movement.ts';

/** A wish to release authorised money. */
export type VoidTransactionInput = { readonly transactionId: string; readonly idempotencyKey: string };

/**
 * Releases all authorised money that is left, so that the payer has it again: decides (the row is PENDING), calls the
 * acquirer outside any transaction, and applies its answer. What was captured stays. Repeating the call with the same key
 * orders nothing new.
 * @throws Forbidden without the scope `payments:write`; InvalidInput, NotFound, NotVoidable or IdempotencyKeyReused; then
 * nothing was ordered.
 */
export async function voidTransaction(
  deps: PaymentDeps,
  actor: Actor,
  input: VoidTransactionInput,
): Promise<OrderedVoid> {
  requireScope(actor, 'payments:write');
  const { transaction, shop } = await findVisibleTransaction(deps, actor, input.transactionId);
  const wish = {
    shop,
    transactionId: transaction.id,
    idempotencyKey: parseIdempotencyKey(input.idempotencyKey),
    inputHash: hashInput({ ...input, transactionId: transaction.id }),
  };
  const decidedAt = deps.clock.now();
  const ordered = await inTransaction(deps.database, (tx) => decideVoid(tx, deps.clock, wish));
  if (ordered.replayed) return ordered;
  const { row, transaction: held } = ordered;
  const answer = await sendMovement(deps, { kind: 'void', row, transaction: held, shop, decidedAt });
  const applied = await inTransaction(deps.database, (tx) => applyVoidAnswer(tx, deps, { id: row.id, answer }));
  return { ...applied, replayed: false };
}
