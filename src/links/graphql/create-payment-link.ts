import { builder } from '../../graphql/builder.ts';
import { CurrencyEnum } from '../../graphql/money.ts';
import { refusable, resultUnion } from '../../graphql/refusable.ts';
import { withoutNulls } from '../../graphql/without-nulls.ts';
import { addressFields, CustomerInput, choiceFields } from '../../payments/graphql/create-payment.ts';
import { type CreatedLink, createLink } from '../create-link.ts';
import { PaymentLinkRef } from './payment-link.ts';

const CreatePaymentLinkInput = builder.inputType('CreatePaymentLinkInput', {
  description: 'What the payments of a link ask for, and how many of them there may be.',
  fields: (t) => ({
    shopId: t.id({ required: true, description: 'Who asks for the money.' }),
    idempotencyKey: t.string({
      required: true,
      description: '1 to 255 characters, unique per shop: the same key and input give the same link.',
    }),
    amount: t.field({ type: 'MinorUnits', required: true, description: '1 to 999,999,999 minor units.' }),
    currency: t.field({ type: CurrencyEnum, required: true, description: 'One that the shop takes.' }),
    orderId: t.string({
      required: true,
      description: "The shop's own number, which all its payments carry: 1 to 100 characters.",
    }),
    title: t.string({ description: 'What the payer reads: at most 255 characters.' }),
    description: t.string({ description: "The shop's own note of at most 4,000 characters; payers do not see it." }),
    customer: t.field({ type: CustomerInput, description: 'The payer; left out, each payer says who he is.' }),
    usesMax: t.field({
      type: 'Count',
      defaultValue: 1n,
      description: 'How many payments it makes that are paid or can be: 1 to 1,000,000; null: without end.',
    }),
    validUntil: t.field({ type: 'DateTime', description: 'At least 60 seconds ahead; left out, it has no end.' }),
    ...addressFields(t),
    ...choiceFields(t),
  }),
});

const CreatePaymentLinkSuccess = builder.objectRef<CreatedLink>('CreatePaymentLinkSuccess').implement({
  description: 'The link is there.',
  fields: (t) => ({
    paymentLink: t.expose('link', { type: PaymentLinkRef, description: 'The link in its present state.' }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with this key had made it.' }),
  }),
});

builder.mutationField('createPaymentLink', (t) =>
  t.field({
    type: resultUnion('CreatePaymentLink', CreatePaymentLinkSuccess),
    description:
      'Makes an address to send to payers. A link with one use leads everybody to one payment, made when it is first opened; any other makes a payment for each payer. Scope: payments:write. Refusals: INVALID_INPUT, NOT_FOUND (the shop), SHOP_NOT_ACTIVE, MERCHANT_NOT_ACTIVE, CURRENCY_NOT_AVAILABLE, METHOD_NOT_AVAILABLE, IDEMPOTENCY_KEY_REUSED.',
    args: { input: t.arg({ type: CreatePaymentLinkInput, required: true, description: 'What is to be paid.' }) },
    resolve: (_, { input }, context) =>
      refusable(
        context,
        { operation: 'createPaymentLink', scope: 'payments:write', evidence: input },
        async (actor) => {
          const { payments, addressRule } = context.app;
          const prepare = { clock: payments.clock, acquirers: payments.acquirers, addressRule };
          const { capture: captureMode, usesMax, ...wish } = input;
          return createLink({ payments, prepare }, actor, {
            ...withoutNulls(wish),
            captureMode: captureMode ?? undefined,
            usesMax: typeof usesMax === 'bigint' ? Number(usesMax) : null,
          });
        },
      ),
  }),
);
