import { inTransaction } from '../kernel/db/database.ts';
import { readTransactions } from '../transactions/store.ts';
import type { PaymentDeps } from './deps.ts';
import { acquirerTimeoutMs } from './start-transaction.ts';

/**
 * Tells the acquirer to stop an order whose attempt was cancelled. It may have taken the money all the same; then its
 * notification settles the payment late. Throws when the acquirer does not answer, so that the job is tried again.
 */
export async function stopOrder(
  deps: Pick<PaymentDeps, 'database' | 'acquirers'>,
  transactionId: string,
): Promise<void> {
  const [transaction] = await inTransaction(deps.database, (tx) => readTransactions(tx, [transactionId]));
  if (transaction?.status !== 'CANCELLED') return;
  await deps.acquirers.get(transaction.acquirer)?.cancel(transactionId, AbortSignal.timeout(acquirerTimeoutMs));
}
