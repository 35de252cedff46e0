import type { AcquirerAnswer } from '../acquirers/port.ts';
import { after } from '../kernel/clock.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { readTransactions } from '../transactions/store.ts';
import type { PaymentDeps } from './deps.ts';
import { askCancelledMs, askDelay, timerKinds } from './model.ts';
import { acquirerTimeoutMs } from './start-transaction.ts';

/**
 * Asks the acquirer what became of an attempt that has no answer yet, and applies what it says. As long as there is
 * none, it sets the timer for the next time, after growing intervals. An attempt that was cancelled is asked about for a
 * quarter of an hour: its acquirer may have taken the money before it was told to stop. Safe to repeat.
 * @param round how often it has been asked before.
 */
export async function askAcquirer(deps: PaymentDeps, transactionId: string, round: number): Promise<void> {
  const [transaction] = await inTransaction(deps.database, (tx) => readTransactions(tx, [transactionId]));
  if (!transaction) return;
  const acquirer = deps.acquirers.get(transaction.acquirer);
  const shop = await deps.shops.find(transaction.shopId);
  if (!acquirer || !shop) throw new Error(`Transaction ${transactionId} names no known acquirer or shop.`);
  if (!awaitsAnswer(transaction, deps.clock.now(shop))) return;
  const answer = await acquirer
    .status(transactionId, AbortSignal.timeout(acquirerTimeoutMs))
    .catch((error: unknown) => {
      deps.log.warn({ err: error, acquirer: acquirer.name, transactionId }, 'acquirer gave no answer when asked');
      return { kind: 'silent' } satisfies AcquirerAnswer;
    });
  await deps.applying.submit({ transactionId, answer });
  const isOpen = answer.kind === 'pending' || answer.kind === 'silent';
  const now = deps.clock.now(shop);
  const dueAt = after(now, askDelay(round + 1));
  await inTransaction(deps.database, async (tx) => {
    // Its end may have come by notification meanwhile; then nobody must ask any more.
    await lockShops(tx, [shop.id]);
    const [latest] = await readTransactions(tx, [transactionId]);
    if (!latest || !awaitsAnswer(latest, now) || (latest.status === 'CANCELLED' && !isOpen)) return;
    const next = { kind: timerKinds.ask, subject: transactionId, merchantId: shop.merchantId, dueAt, round: round + 1 };
    await setTimers(tx, [next]);
  });
}

function awaitsAnswer({ status, updatedAt }: Pick<Transaction, 'status' | 'updatedAt'>, now: Date): boolean {
  if (status === 'CANCELLED') return now < after(updatedAt, { ms: askCancelledMs });
  return status === 'PENDING' || status === 'UNKNOWN';
}
