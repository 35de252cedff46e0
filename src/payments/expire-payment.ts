import { inTransaction } from '../kernel/db/database.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import type { PaymentDeps } from './deps.ts';
import { endPayments } from './end-payment.ts';
import { timerKinds } from './model.ts';
import { findPayment } from './store.ts';

/**
 * Lets a payment expire whose time is over, if nobody has paid or cancelled it; safe to repeat. One whose time is not
 * over (any more: a sandbox clock may be set back) gets its timer again.
 */
export async function expirePayment(
  deps: Pick<PaymentDeps, 'database' | 'clock' | 'shops'>,
  paymentId: string,
): Promise<void> {
  const payment = await findPayment(deps.database, paymentId);
  const shop = payment && (await deps.shops.find(payment.shopId));
  if (!payment || !shop) return;
  await inTransaction(deps.database, async (tx) => {
    const wish = { shopId: shop.id, paymentIds: [paymentId], end: 'EXPIRED' } as const;
    const [outcome] = await endPayments(tx, deps.clock, wish);
    const isUnpaid = outcome && 'value' in outcome && ['NEW', 'PENDING'].includes(outcome.value.status);
    const timer = { kind: timerKinds.expire, subject: paymentId, merchantId: shop.merchantId };
    if (isUnpaid) await setTimers(tx, [{ ...timer, dueAt: payment.validUntil }]);
  });
}
