import { type Portion, splitByWeights } from '../baskets/model.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Refund } from '../kernel/db/generated/prisma/client.ts';
import { commissionGivenBack } from '../pricing/model.ts';
import { type ReturnableCommission, readReturnable } from '../pricing/sql/read-returnable.ts';
import { type Adjustment, writeAdjustments } from '../pricing/sql/write-adjustments.ts';
import { borne } from './model.ts';
import { readSharesOf } from './sql/refund-shares.ts';
import { sumSettled } from './sql/sum-settled.ts';

/**
 * Gives the commission of what these refunds gave back to those who bore them, the shops and recipients of baskets, where
 * the plan by which it was charged says so; their next payouts take it up. The refunds have just settled, in this
 * transaction and in this order, and the caller holds the locks of their shops. One statement where no plan says so.
 */
export async function returnCommissions(tx: Tx, settled: readonly Refund[]): Promise<void> {
  if (settled.length === 0) return;
  const commissions = await readReturnable(tx, [...new Set(settled.map((refund) => refund.transactionId))]);
  if (commissions.length === 0) return;
  const byTransaction = new Map(commissions.map((commission) => [commission.transactionId, commission]));
  const ids = settled.map((refund) => refund.id);
  const before = await sumSettled(tx, [...byTransaction.keys()], ids);
  const shares = await readSharesOf(tx, ids);
  const adjustments = settled.flatMap((refund) => {
    const commission = byTransaction.get(refund.transactionId);
    const refunded = before.get(refund.transactionId) ?? 0n;
    before.set(refund.transactionId, refunded + refund.amount);
    return commission ? adjustmentsFor(refund, { commission, refunded, portions: shares.get(refund.id) ?? [] }) : [];
  });
  await writeAdjustments(tx, adjustments);
}

/** The parts of what one refund gives back: to each as he bore the refund, together all of it. */
function adjustmentsFor(
  refund: Refund,
  known: {
    readonly commission: ReturnableCommission;
    /** What settled refunds took before. */
    readonly refunded: bigint;
    readonly portions: readonly Portion[];
  },
): Adjustment[] {
  const { commission, refunded, portions } = known;
  const { transactionId, shopId, currency } = commission;
  const amount = commissionGivenBack(commission, { before: refunded, amount: refund.amount });
  const at = refund.settledAt ?? refund.updatedAt;
  const bearers = borne(refund, portions);
  const parts = splitByWeights(
    amount,
    bearers.map((bearer) => bearer.amount),
  );
  return bearers.flatMap(({ recipientId = shopId }, place): Adjustment[] => {
    const part = parts[place] ?? 0n;
    const money = { transactionId, shopId, refundId: refund.id, currency, at };
    return part > 0n ? [{ ...money, accountOwner: recipientId, amount: -part }] : [];
  });
}
