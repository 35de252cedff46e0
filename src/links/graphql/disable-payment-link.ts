import { builder } from '../../graphql/builder.ts';
import { refusable, resultUnion } from '../../graphql/refusable.ts';
import type { PaymentLink } from '../../kernel/db/generated/prisma/client.ts';
import { disableLink } from '../disable-link.ts';
import { PaymentLinkRef } from './payment-link.ts';

const DisablePaymentLinkInput = builder.inputType('DisablePaymentLinkInput', {
  description: 'Which link shall make no more payments.',
  fields: (t) => ({ id: t.id({ required: true, description: 'The link.' }) }),
});

const DisablePaymentLinkSuccess = builder
  .objectRef<{ readonly link: PaymentLink }>('DisablePaymentLinkSuccess')
  .implement({
    description: 'The link is disabled; so it was if it had been disabled before.',
    fields: (t) => ({
      paymentLink: t.expose('link', { type: PaymentLinkRef, description: 'The disabled link.' }),
    }),
  });

builder.mutationField('disablePaymentLink', (t) =>
  t.field({
    type: resultUnion('DisablePaymentLink', DisablePaymentLinkSuccess),
    description:
      'Ends a link. The payment of a link with one use is cancelled with it, unless it is paid or money is reserved for it; payments of any other link go on. Repeating it changes nothing. Scope: payments:write. Refusals: NOT_FOUND.',
    args: { input: t.arg({ type: DisablePaymentLinkInput, required: true, description: 'Which link.' }) },
    resolve: (_, { input }, context) =>
      refusable(
        context,
        { operation: 'disablePaymentLink', scope: 'payments:write', evidence: { subject: input.id } },
        async (actor) => ({ link: await disableLink(context.app, actor, input.id) }),
      ),
  }),
);
