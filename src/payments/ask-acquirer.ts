import type { AcquirerAnswer } from '../acquirers/port.ts';
import { after } from '../kernel/clock.ts';
import { inTransaction } from '../kernel/db/database.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { readTransactions } from '../transactions/store.ts';
import type { PaymentDeps } from './deps.ts';
import { askDelay, timerKinds } from './model.ts';
import { acquirerTimeoutMs } from './start-transaction.ts';

/**
 * Asks the acquirer what became of an attempt that has no answer yet, and applies what it says. As long as there is
 * none, it sets the timer for the next time, after growing intervals. Safe to repeat.
 * @param round how often it has been asked before.
 */
export async function askAcquirer(deps: PaymentDeps, transactionId: string, round: number): Promise<void> {
  const [transaction] = await inTransaction(deps.database, (tx) => readTransactions(tx, [transactionId]));
  if (!transaction || !(transaction.status === 'PENDING' || transaction.status === 'UNKNOWN')) return;
  const acquirer = deps.acquirers.get(transaction.acquirer);
  const shop = await deps.shops.find(transaction.shopId);
  if (!acquirer || !shop) throw new Error(`Transaction ${transactionId} names no known acquirer or shop.`);
  const answer = await acquirer
    .status(transactionId, AbortSignal.timeout(acquirerTimeoutMs))
    .catch((error: unknown) => {
      deps.log.warn({ err: error, acquirer: acquirer.name, transactionId }, 'acquirer gave no answer when asked');
      return { kind: 'silent' } satisfies AcquirerAnswer;
    });
  const applied = await deps.applying.submit({ transactionId, answer });
  const { status } = applied.transaction;
  if (status !== 'PENDING' && status !== 'UNKNOWN') return;
  const dueAt = after(deps.clock.now(shop), askDelay(round + 1));
  const next = { kind: timerKinds.ask, subject: transactionId, merchantId: shop.merchantId, dueAt, round: round + 1 };
  await inTransaction(deps.database, (tx) => setTimers(tx, [next]));
}
