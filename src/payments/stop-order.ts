import { inTransaction } from '../kernel/db/database.ts';
import { isLive } from '../transactions/model.ts';
import { readTransactions } from '../transactions/store.ts';
import type { PaymentDeps } from './deps.ts';
import { acquirerTimeoutMs } from './start-transaction.ts';

/**
 * Tells the acquirer to stop an order whose attempt is over, or to release what is authorised for it, and asks what became
 * of it: the acquirer may have taken the money before, then the payment settles late. Throws when it cannot be told or
 * still holds the money, so that the job is tried again.
 */
export async function stopOrder(
  deps: Pick<PaymentDeps, 'database' | 'acquirers' | 'applying'>,
  transactionId: string,
): Promise<void> {
  const [transaction] = await inTransaction(deps.database, (tx) => readTransactions(tx, [transactionId]));
  if (!transaction || isLive(transaction.status) || transaction.status === 'SETTLED') return;
  const acquirer = deps.acquirers.get(transaction.acquirer);
  if (!acquirer) throw new Error(`Transaction ${transactionId} names no known acquirer.`);
  await acquirer.cancel(transactionId, AbortSignal.timeout(acquirerTimeoutMs));
  // Without an answer here the attempt's timer asks again.
  const answer = await acquirer.status(transactionId, AbortSignal.timeout(acquirerTimeoutMs)).catch(() => undefined);
  if (answer?.kind === 'authorized') throw new Error(`The acquirer has not released transaction ${transactionId} yet.`);
  if (answer) await deps.applying.submit({ transactionId, answer });
}
