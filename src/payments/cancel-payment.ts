import { type Actor, requireScope } from '../auth/actor.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { Payment } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { findVisibleShop } from '../shops/find-shop.ts';
import type { PaymentDeps } from './deps.ts';
import { endPayments } from './end-payment.ts';
import { findPayment } from './store.ts';

/**
 * Cancels a payment that is not paid yet, for the shop. Cancelling it again changes nothing. Money that an acquirer
 * took all the same settles it late.
 * @throws Forbidden without the scope `payments:write`; NotFound; PaymentNotPayable when it is settled or expired, or
 * when money is authorised for it, which must be released first.
 */
export async function cancelPayment(deps: PaymentDeps, actor: Actor, paymentId: string): Promise<Payment> {
  requireScope(actor, 'payments:write');
  const payment = await findPayment(deps.database, paymentId);
  if (!payment) throw new NotFound('No payment with this id belongs to you.', ['paymentId']);
  await findVisibleShop(deps.shops, actor, payment.shopId, ['paymentId']);
  const [outcome] = await inTransaction(deps.database, (tx) =>
    endPayments(tx, deps.clock, { shopId: payment.shopId, paymentIds: [paymentId], end: 'CANCELLED' }),
  );
  if (!outcome) throw new Error('Ending a payment gave no outcome.');
  if ('refusal' in outcome) throw outcome.refusal;
  return outcome.value;
}
