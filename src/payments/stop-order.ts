import { inTransaction, type Tx } from '../kernel/db/database.ts';
import { isLive } from '../transactions/model.ts';
import { readTransactions } from '../transactions/store.ts';
import { awaitsAnswer } from './ask-acquirer.ts';
import type { PaymentDeps } from './deps.ts';
import { type Attempt, isPaymentOver } from './model.ts';
import { acquirerTimeoutMs } from './start-transaction.ts';
import { readPayments } from './store.ts';

/**
 * Tells the acquirer to stop an order whose attempt or payment is over, or to release what is authorised for it and was
 * not captured, and asks what became of it: the acquirer may have taken the money before, then the payment settles late.
 * Throws when it cannot be told, still holds or releases the money, or does not say what became of it and nobody else asks, so that the job
 * is tried again.
 */
export async function stopOrder(
  deps: Pick<PaymentDeps, 'database' | 'clock' | 'shops' | 'acquirers' | 'applying'>,
  transactionId: string,
): Promise<void> {
  const attempt = await inTransaction(deps.database, (tx) => readAttempt(tx, transactionId));
  if (!attempt || !mayStop(attempt)) return;
  const { transaction } = attempt;
  const acquirer = deps.acquirers.get(transaction.acquirer);
  if (!acquirer) throw new Error(`Transaction ${transactionId} names no known acquirer.`);
  await acquirer.cancel(transactionId, AbortSignal.timeout(acquirerTimeoutMs));
  const answer = await acquirer
    .status(transactionId, AbortSignal.timeout(acquirerTimeoutMs))
    .catch(async (error: unknown) => {
      // Its timer asks again. One that was authorised has none any more.
      const now = deps.clock.now(await deps.shops.find(transaction.shopId));
      if (transaction.authorizedUntil !== null || !awaitsAnswer(transaction, now)) throw error;
    });
  const isUnderWay = answer?.kind === 'pending' && transaction.authorizedUntil !== null;
  if (answer?.kind === 'authorized' || isUnderWay) {
    throw new Error(`The acquirer has not released transaction ${transactionId} yet.`);
  }
  // Of a settled one only the rest was released.
  if (answer && transaction.status !== 'SETTLED') await deps.applying.submit({ transactionId, answer });
}

async function readAttempt(tx: Tx, transactionId: string): Promise<Attempt | undefined> {
  const [transaction] = await readTransactions(tx, [transactionId]);
  const [payment] = transaction ? await readPayments(tx, [transaction.paymentId]) : [];
  return transaction && payment && { transaction, payment };
}

function mayStop({ transaction, payment }: Attempt): boolean {
  const { status, settledAmount, amount } = transaction;
  if (status === 'SETTLED') return settledAmount < amount;
  if (status === 'UNKNOWN') return isPaymentOver(payment);
  return !isLive(status);
}
