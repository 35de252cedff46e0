import type { Tx } from '../kernel/db/database.ts';
import type { Refund, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { planTransferShares } from './model.ts';
import { insertTransferShares, readTransfersLeft } from './sql/refund-transfers.ts';

/** A refund that is ordered, and what it refunds. */
type Ordered = {
  readonly refund: Pick<Refund, 'id' | 'amount'>;
  readonly transaction: Pick<Transaction, 'id' | 'transferAccount'>;
};

/**
 * Notes of which transfers refunds give money back. Money that statements have shown lies on our own account, so the refund
 * leaves it (docs/decisions/0042); what of a refund they have not shown, or the bank has taken back, is the acquirer's. From now on
 * nothing else can take that money. The caller holds the locks of the shops.
 */
export async function takeFromTransfers(tx: Tx, ordered: readonly Ordered[]): Promise<void> {
  const byTransfer = ordered.filter(({ transaction }) => transaction.transferAccount !== null);
  const left = await readTransfersLeft(tx, [...new Set(byTransfer.map(({ transaction }) => transaction.id))]);
  const wishes = byTransfer.map(({ refund, transaction }) => ({
    ...{ refundId: refund.id, transactionId: transaction.id, amount: refund.amount },
  }));
  await insertTransferShares(tx, planTransferShares(left, wishes));
}
