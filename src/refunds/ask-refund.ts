import { after } from '../kernel/clock.ts';
import { inTransaction } from '../kernel/db/database.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { askAboutMovement, type SentMovement, sendMovement } from '../payments/send-movement.ts';
import { isOpen } from '../transactions/model.ts';
import { readTransactions } from '../transactions/store.ts';
import type { RefundDeps } from './deps.ts';
import { askDelay, askTimer } from './model.ts';
import { readRefunds } from './store.ts';

/**
 * Asks the acquirer what became of a refund that has no end yet, and applies what it says. A refund that never reached
 * the acquirer is sent again. As long as there is no end, it sets the timer for the next time. Safe to repeat.
 * @param round how often it has been asked before.
 */
export async function askRefund(deps: RefundDeps, refundId: string, round: number): Promise<void> {
  const movement = await readMovement(deps, refundId);
  if (!movement) return;
  const heard = await askAboutMovement(deps, movement);
  const answer = heard.kind === 'unheard' ? await sendMovement(deps, movement) : heard;
  await deps.answering.submit({ refundId, answer });
  const { shop } = movement;
  const dueAt = after(deps.clock.now(shop), askDelay(round + 1));
  await inTransaction(deps.database, async (tx) => {
    // Its end may have come by notification meanwhile; then nobody must ask any more.
    await lockShops(tx, [shop.id]);
    const [now] = await readRefunds(tx, [refundId]);
    if (!now || !isOpen(now)) return;
    const { merchantId } = shop;
    await setTimers(tx, [{ kind: askTimer, subject: refundId, merchantId, dueAt, round: round + 1 }]);
  });
}

/** The refund as its acquirer has to know it; undefined when it has its end. */
async function readMovement(deps: RefundDeps, refundId: string): Promise<SentMovement | undefined> {
  const found = await inTransaction(deps.database, async (tx) => {
    const [refund] = await readRefunds(tx, [refundId]);
    const [transaction] = refund ? await readTransactions(tx, [refund.transactionId]) : [];
    return refund && transaction && isOpen(refund) ? { refund, transaction } : undefined;
  });
  if (!found) return undefined;
  const { refund, transaction } = found;
  const shop = await deps.shops.find(refund.shopId);
  if (!shop) throw new Error(`Refund ${refundId} names no known shop.`);
  return { kind: 'refund', row: refund, transaction, shop, note: refund.note ?? undefined };
}
