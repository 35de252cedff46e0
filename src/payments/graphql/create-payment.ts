import { ShareInput } from '../../baskets/graphql.ts';
import { parseShare } from '../../baskets/model.ts';
import { type BuilderTypes, builder } from '../../graphql/builder.ts';
import { CurrencyEnum, LocaleEnum } from '../../graphql/money.ts';
import { refusable, resultUnion } from '../../graphql/refusable.ts';
import { withoutNulls } from '../../graphql/without-nulls.ts';
import type { Prisma } from '../../kernel/db/generated/prisma/client.ts';
import { nameFaults } from '../../kernel/name-faults.ts';
import { refuseCardNumber } from '../../kernel/text.ts';
import { parseCustomerId } from '../../profiles/find-profile.ts';
import { findVisibleShop } from '../../shops/find-shop.ts';
import { CaptureModeEnum, PaymentMethodEnum } from '../../shops/graphql.ts';
import type { CreatedPayment } from '../create-payment.ts';
import { paymentStandIns, preparePayment, requireAhead } from '../prepare-payment.ts';
import { CartInput, toCart } from './cart-input.ts';
import { InvoiceInput, toInvoice } from './invoice-input.ts';
import { PaymentRef } from './payment.ts';

/** The payer, as a shop names him in an input. */
export const CustomerInput = builder.inputType('CustomerInput', {
  description: 'The payer as the shop knows him.',
  fields: (t) => ({
    firstName: t.string({ required: true, description: '1 to 100 characters.' }),
    lastName: t.string({ required: true, description: '1 to 100 characters.' }),
    email: t.string({ description: 'At most 200 characters.' }),
    phone: t.string({ description: 'At most 20 digits, spaces, plus and minus signs.' }),
    company: t.string({ description: 'At most 200 characters.' }),
    taxId: t.string({ description: 'At most 30 characters; in Poland the NIP.' }),
  }),
});

type InputFields = PothosSchemaTypes.InputFieldBuilder<BuilderTypes, 'InputObject'>;

/** Where the payer and the news go afterwards. */
export function addressFields(t: InputFields) {
  return {
    successUrl: t.field({ type: 'URL', description: 'Where the payer goes once it is paid.' }),
    failureUrl: t.field({ type: 'URL', description: 'Where the payer goes when it cannot be paid any more.' }),
    returnUrl: t.field({ type: 'URL', description: 'Where the payer goes when neither of the others is given.' }),
    notificationUrl: t.field({ type: 'URL', description: "Where notifications go, instead of the shop's address." }),
  };
}

/** What the payer is offered, and how. */
export function choiceFields(t: InputFields) {
  return {
    methods: t.field({
      type: [PaymentMethodEnum],
      description: 'Offer only these; left out or empty, all of the shop.',
    }),
    capture: t.field({
      type: CaptureModeEnum,
      description: "When the money of cards and wallets is taken; left out, the shop's setting.",
    }),
    locale: t.field({ type: LocaleEnum, description: "Language of the payer's pages; left out, the browser decides." }),
  };
}

const CreatePaymentInput = builder.inputType('CreatePaymentInput', {
  description: 'What is to be paid, by whom, and where the payer and the news go afterwards.',
  fields: (t) => ({
    shopId: t.id({ required: true, description: 'Who asks for the money.' }),
    idempotencyKey: t.string({
      required: true,
      description:
        '1 to 255 characters, unique per shop among payments and charges: the same key and input give the same payment.',
    }),
    amount: t.field({ type: 'MinorUnits', required: true, description: '1 to 999,999,999 minor units.' }),
    currency: t.field({ type: CurrencyEnum, required: true, description: 'One that the shop takes.' }),
    orderId: t.string({
      required: true,
      description: "The shop's own number: 1 to 100 characters, need not be unique.",
    }),
    title: t.string({ description: 'What the payer reads: at most 255 characters.' }),
    customer: t.field({ type: CustomerInput, required: true, description: 'The payer.' }),
    customerId: t.string({
      description:
        "The shop's own name of the payer, under which the channels oneclick and recurring store his card: 1 to 100 letters (A-Z, a-z), digits, _ and -.",
    }),
    ...addressFields(t),
    validUntil: t.field({
      type: 'DateTime',
      description: "At least 60 seconds ahead; left out, the shop's setting or 15 months.",
    }),
    ...choiceFields(t),
    shares: t.field({
      type: [ShareInput],
      description: 'What of it goes to others, at most 100; what is left is the shop’s.',
    }),
    cart: t.field({ type: CartInput, description: 'What is bought, for the method LEASE.' }),
    invoice: t.field({ type: InvoiceInput, description: 'The invoice that is paid, for the channel wt_split.' }),
  }),
});

const CreatePaymentSuccess = builder.objectRef<CreatedPayment>('CreatePaymentSuccess').implement({
  description: 'The payment is there.',
  fields: (t) => ({
    payment: t.expose('payment', { type: PaymentRef, description: 'The payment in its present state.' }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with this key had made it.' }),
  }),
});

builder.mutationField('createPayment', (t) =>
  t.field({
    type: resultUnion('CreatePayment', CreatePaymentSuccess),
    description:
      'Asks a payer for money. Scope: payments:write. Refusals: INVALID_INPUT, NOT_FOUND (the shop), SHOP_NOT_ACTIVE, MERCHANT_NOT_ACTIVE, CURRENCY_NOT_AVAILABLE, METHOD_NOT_AVAILABLE, AMOUNT_OUT_OF_RANGE, IDEMPOTENCY_KEY_REUSED.',
    args: { input: t.arg({ type: CreatePaymentInput, required: true, description: 'What is to be paid.' }) },
    resolve: (_, { input }, context) =>
      refusable(context, { operation: 'createPayment', scope: 'payments:write', evidence: input }, async (actor) => {
        const { payments, addressRule } = context.app;
        const shop = await findVisibleShop(payments.shops, actor, input.shopId);
        const deps = { clock: payments.clock, acquirers: payments.acquirers, addressRule };
        const wish = nameFaults(withoutNulls(input), {
          read: (given) => preparePayment(deps, { shop, source: 'API' }, toWish(given)),
          recheck: (given, { row }) => requireAhead(given, row.createdAt),
          standIns: paymentStandIns,
        });
        return payments.creating.submit(wish);
      }),
  }),
);

type Wished = ReturnType<typeof withoutNulls<typeof CreatePaymentInput.$inferInput>>;

function toWish({ shopId: _, customerId, cart, invoice, capture: captureMode, shares, ...given }: Wished) {
  return {
    ...given,
    captureMode,
    documents: documentsOf({ customerId, cart, invoice }),
    shares: shares?.map((share, place) => parseShare(withoutNulls(share), place)),
  };
}

type Given = {
  readonly customerId?: string | undefined;
  readonly cart?: Parameters<typeof toCart>[0] | undefined;
  readonly invoice?: Parameters<typeof toInvoice>[0] | undefined;
};

/** What only some methods need, as payments keep it; undefined when there is nothing. */
function documentsOf({ customerId, cart, invoice }: Given): Prisma.JsonObject | undefined {
  // Its form lets digits pass; found in the documents, a card number is blamed on a field that the input does not have.
  refuseCardNumber(customerId, ['customerId']);
  const documents = {
    ...(customerId === undefined ? {} : { customerId: parseCustomerId(customerId, ['customerId']) }),
    ...(cart === undefined ? {} : { cart: toCart(cart) }),
    ...(invoice === undefined ? {} : { invoice: toInvoice(invoice) }),
  };
  return Object.keys(documents).length === 0 ? undefined : documents;
}
