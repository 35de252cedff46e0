import type { RefundAnswer } from '../acquirers/port.ts';
import { after } from '../kernel/clock.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { Refund, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { acquirerTimeoutMs } from '../payments/start-transaction.ts';
import type { Shop } from '../shops/model.ts';
import { readTransactions } from '../transactions/store.ts';
import { callAcquirer } from './call-acquirer.ts';
import type { RefundDeps } from './deps.ts';
import { askDelay, askTimer, isOpen } from './model.ts';
import { readRefunds } from './store.ts';

/**
 * Asks the acquirer what became of a refund that has no end yet, and applies what it says. A refund that never reached
 * the acquirer is sent again. As long as there is no end, it sets the timer for the next time. Safe to repeat.
 * @param round how often it has been asked before.
 */
export async function askRefund(deps: RefundDeps, refundId: string, round: number): Promise<void> {
  const subject = await readSubject(deps, refundId);
  if (!subject || !isOpen(subject.refund)) return;
  const answer = await ask(deps, subject);
  const sent = answer.kind === 'unheard' ? await callAcquirer(deps, subject) : answer;
  await deps.answering.submit({ refundId, answer: sent });
  const { merchantId } = subject.shop;
  const dueAt = after(deps.clock.now(subject.shop), askDelay(round + 1));
  await inTransaction(deps.database, async (tx) => {
    // Its end may have come by notification meanwhile; then nobody must ask any more.
    await lockShops(tx, [subject.shop.id]);
    const [now] = await readRefunds(tx, [refundId]);
    if (!now || !isOpen(now)) return;
    await setTimers(tx, [{ kind: askTimer, subject: refundId, merchantId, dueAt, round: round + 1 }]);
  });
}

type Subject = { readonly refund: Refund; readonly transaction: Transaction; readonly shop: Shop };

async function readSubject(deps: RefundDeps, refundId: string): Promise<Subject | undefined> {
  const found = await inTransaction(deps.database, async (tx) => {
    const [refund] = await readRefunds(tx, [refundId]);
    const [transaction] = refund ? await readTransactions(tx, [refund.transactionId]) : [];
    return refund && transaction && { refund, transaction };
  });
  const shop = found && (await deps.shops.find(found.refund.shopId));
  if (found && !shop) throw new Error(`Refund ${refundId} names no known shop.`);
  return found && shop && { ...found, shop };
}

async function ask(deps: RefundDeps, { refund, transaction }: Subject): Promise<RefundAnswer> {
  const acquirer = deps.acquirers.get(transaction.acquirer);
  if (!acquirer) throw new Error(`Refund ${refund.id} names no known acquirer.`);
  return acquirer.refundStatus(refund.id, AbortSignal.timeout(acquirerTimeoutMs)).catch((error: unknown) => {
    deps.log.warn({ err: error, acquirer: acquirer.name, refundId: refund.id }, 'acquirer gave no answer when asked');
    return { kind: 'silent' } satisfies RefundAnswer;
  });
}
