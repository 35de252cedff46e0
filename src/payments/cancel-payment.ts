import { type Actor, requireScope } from '../auth/actor.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { Payment } from '../kernel/db/generated/prisma/client.ts';
import type { PaymentDeps } from './deps.ts';
import { endPayments } from './end-payment.ts';
import { findVisiblePayment } from './find-payment.ts';

/**
 * Cancels a payment that is not paid yet, for the shop. Cancelling it again changes nothing. Money that an acquirer
 * took all the same settles it late.
 * @throws Forbidden without the scope `payments:write`; NotFound; PaymentNotPayable when it is settled or expired, or
 * when money is authorised for it, which must be released first.
 */
export async function cancelPayment(deps: PaymentDeps, actor: Actor, paymentId: string): Promise<Payment> {
  requireScope(actor, 'payments:write');
  const { payment } = await findVisiblePayment(deps, actor, { id: paymentId, field: 'paymentId' });
  const [outcome] = await inTransaction(deps.database, (tx) =>
    endPayments(tx, deps.clock, { shopId: payment.shopId, paymentIds: [payment.id], end: 'CANCELLED' }),
  );
  if (!outcome) throw new Error('Ending a payment gave no outcome.');
  if ('refusal' in outcome) throw outcome.refusal;
  return outcome.value;
}
