import type { Payment } from '../kernel/db/generated/prisma/client.ts';
import type { PaymentStatus } from '../kernel/db/generated/prisma/enums.ts';
import type { Fact } from '../kernel/events/append-events.ts';

/** What a payment event keeps: the payment's state as it was then. */
export type PaymentFactData = { readonly payment: { readonly status: PaymentStatus } };

/** The fact that a payment has come into its present state. */
export function paymentFact(payment: Payment, at: Date): Fact {
  const data: PaymentFactData = { payment: { status: payment.status } };
  return { shopId: payment.shopId, type: `PAYMENT_${payment.status}`, at, paymentId: payment.id, data };
}
