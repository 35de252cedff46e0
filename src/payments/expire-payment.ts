import { inTransaction } from '../kernel/db/database.ts';
import type { PaymentDeps } from './deps.ts';
import { endPayments } from './end-payment.ts';
import { findPayment } from './store.ts';

/** Lets a payment expire whose time is over, if nobody has paid or cancelled it; safe to repeat. */
export async function expirePayment(deps: Pick<PaymentDeps, 'database' | 'clock'>, paymentId: string): Promise<void> {
  const payment = await findPayment(deps.database, paymentId);
  if (!payment) return;
  await inTransaction(deps.database, (tx) =>
    endPayments(tx, deps.clock, { shopId: payment.shopId, paymentIds: [paymentId], end: 'EXPIRED' }),
  );
}
