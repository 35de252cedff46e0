import { builder } from '../../graphql/builder.ts';
import { refusable, resultUnion } from '../../graphql/refusable.ts';
import type { Payment } from '../../kernel/db/generated/prisma/client.ts';
import { cancelPayment } from '../cancel-payment.ts';
import { PaymentRef } from './payment.ts';

const CancelPaymentInput = builder.inputType('CancelPaymentInput', {
  description: 'Which payment shall not be paid any more.',
  fields: (t) => ({ paymentId: t.id({ required: true, description: 'The payment.' }) }),
});

const CancelPaymentSuccess = builder.objectRef<{ payment: Payment }>('CancelPaymentSuccess').implement({
  description: 'The payment is cancelled; so it was if it had been cancelled before.',
  fields: (t) => ({ payment: t.expose('payment', { type: PaymentRef, description: 'The cancelled payment.' }) }),
});

builder.mutationField('cancelPayment', (t) =>
  t.field({
    type: resultUnion('CancelPayment', CancelPaymentSuccess),
    description:
      'Cancels a payment that is not paid. A running attempt ends with it; money that was taken all the same settles it late. Repeating it changes nothing. Scope: payments:write. Refusals: NOT_FOUND, PAYMENT_NOT_PAYABLE (settled, expired or authorized).',
    args: { input: t.arg({ type: CancelPaymentInput, required: true, description: 'Which payment.' }) },
    resolve: (_, { input }, context) =>
      refusable(
        context,
        { operation: 'cancelPayment', scope: 'payments:write', evidence: { subject: input.paymentId } },
        async (actor) => {
          return { payment: await cancelPayment(context.app.payments, actor, input.paymentId) };
        },
      ),
  }),
);
