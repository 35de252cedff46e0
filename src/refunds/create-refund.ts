import { type Actor, requireScope } from '../auth/actor.ts';
import type { Portion } from '../baskets/model.ts';
import { hashInput, parseIdempotencyKey } from '../kernel/idempotency.ts';
import { parseId } from '../kernel/ids.ts';
import { nameFaults } from '../kernel/name-faults.ts';
import { parseText } from '../kernel/text.ts';
import { sendMovement } from '../payments/send-movement.ts';
import { findVisibleTransaction } from '../transactions/find-transaction.ts';
import { type OrderedRefund, requireRefundAmount } from './decide-refund.ts';
import type { RefundDeps } from './deps.ts';

/** A wish to give money back to the payer of one settled transaction. */
export type CreateRefundInput = {
  readonly transactionId: string;
  readonly idempotencyKey: string;
  /** Minor units of the transaction's currency. */
  readonly amount: bigint;
  /** What recipients of a basket bear of it; undefined: in proportion to what each has left. The rest is the shop's. */
  readonly shares?: readonly Portion[] | undefined;
  /** Why, for the shop's own books; the payer's bank may show it. */
  readonly reason?: string | undefined;
};

/**
 * Orders a refund: decides (the money leaves the shop's balance, the row is PENDING), calls the acquirer outside any
 * transaction, and applies its answer. Repeating the call with the same key orders nothing new; equal amounts under
 * different keys are different refunds.
 * @throws Forbidden without the scope `refunds:write`; InvalidInput, NotFound, TransactionNotSettled,
 * RefundWindowClosed, RefundExceedsAmount, BalanceTooLow or IdempotencyKeyReused; then nothing was ordered.
 */
export async function createRefund(deps: RefundDeps, actor: Actor, input: CreateRefundInput): Promise<OrderedRefund> {
  requireScope(actor, 'refunds:write');
  const { note, idempotencyKey } = nameFaults(input, {
    read: readTexts,
    recheck: ({ amount }) => requireRefundAmount(amount),
    standIns: { idempotencyKey: 'key', amount: 1n },
  });
  const { transaction, shop } = await findVisibleTransaction(deps, actor, input.transactionId);
  const ordered = await deps.ordering.submit({
    shop,
    transactionId: transaction.id,
    idempotencyKey,
    inputHash: hashInput({ ...input, transactionId: transaction.id }),
    amount: input.amount,
    shares: input.shares?.map(({ recipientId, amount }) => ({
      recipientId: parseId(recipientId, 'recipient', ['shares']),
      amount,
    })),
    note,
  });
  if (ordered.replayed) return ordered;
  const answer = await sendMovement(deps, {
    kind: 'refund',
    row: ordered.refund,
    transaction,
    shop,
    note: note ?? undefined,
  });
  const { refund } = await deps.answering.submit({ refundId: ordered.refund.id, answer });
  return { ...ordered, refund };
}

function readTexts({ reason, idempotencyKey }: CreateRefundInput) {
  return {
    note: reason === undefined ? null : parseText(reason, 'reason', { max: 255 }),
    idempotencyKey: parseIdempotencyKey(idempotencyKey),
  };
}
