import { askedColumns, seesWhatIsAsked } from '../../graphql/asked-columns.ts';
import { builder } from '../../graphql/builder.ts';
import { requirePageForm } from '../../graphql/connection-arguments.ts';
import { connectionOf, pageOf } from '../../graphql/connections.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { LocaleEnum, MoneyRef } from '../../graphql/money.ts';
import type { Transaction } from '../../kernel/db/generated/prisma/client.ts';
import type { PaymentStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { parseLocale } from '../../kernel/i18n/locales.ts';
import { CaptureModeEnum, PaymentMethodEnum, ShopRef } from '../../shops/graphql.ts';
import { TransactionConnection, TransactionRef, transactionColumns } from '../../transactions/graphql.ts';
import type { PaymentColumn } from '../store.ts';

/** States of a payment. */
export const PaymentStatusEnum = builder.enumType('PaymentStatus', {
  description: 'Where a payment stands.',
  values: describeValues<PaymentStatus>({
    NEW: 'Can be paid; no attempt is running.',
    PENDING: 'An attempt is running.',
    AUTHORIZED: 'Money is reserved for it.',
    SETTLED: 'Paid.',
    CANCELLED: 'Cancelled by the shop. Becomes SETTLED if money arrives all the same.',
    EXPIRED: 'Its time ran out. Becomes SETTLED if money arrives all the same.',
  }),
});

/** The GraphQL type of a payment. */
export const PaymentRef = builder.prismaObject('Payment', {
  description: 'What a payer is asked to pay once. It may take several attempts (transactions).',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    shop: t.field({
      type: ShopRef,
      description: 'Who asks for the money.',
      resolve: ({ shopId }, _, { loaders }) => loaders.shop.load(shopId),
    }),
    orderId: t.exposeString('orderId', { description: "The shop's own number; need not be unique." }),
    title: t.exposeString('title', { nullable: true, description: 'What the payer reads.' }),
    amount: t.field({ type: MoneyRef, description: 'What is to be paid.', resolve: (row) => row }),
    refunded: t.field({
      type: MoneyRef,
      description: 'What has been refunded or is ordered to be.',
      resolve: ({ refundedAmount, currency }) => ({ amount: refundedAmount, currency }),
    }),
    status: t.expose('status', { type: PaymentStatusEnum, description: 'Where it stands.' }),
    url: t.field({
      type: 'URL',
      description: "The payer's page: pay, see the status, try again.",
      resolve: (payment, _, context) => `${context.app.publicUrl}/pay/${payment.id}`,
    }),
    methods: t.expose('methods', {
      type: [PaymentMethodEnum],
      description: 'Methods offered; empty: all of the shop.',
    }),
    capture: t.expose('captureMode', {
      type: CaptureModeEnum,
      description: 'When the money of cards and wallets is taken.',
    }),
    locale: t.field({
      type: LocaleEnum,
      nullable: true,
      description: "Language of the payer's pages; null: the payer's browser decides.",
      resolve: (payment) => parseLocale(payment.locale ?? '') ?? null,
    }),
    validUntil: t.expose('validUntil', {
      type: 'DateTime',
      description: 'When it expires unpaid; the end of the year 9999 is never.',
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    settledAt: t.expose('settledAt', { type: 'DateTime', nullable: true, description: 'When the money arrived.' }),
    shares: t.relation('shares', {
      description: 'What recipients get of it, when it is settled; the rest is the shop’s. Empty: all of it.',
    }),
    transactions: t.connection(
      {
        type: TransactionRef,
        description: 'Attempts to pay it, newest first.',
        extensions: seesWhatIsAsked,
        resolve: async ({ id }, args, { loaders }, info) => {
          requirePageForm(args);
          const attempts = await loaders.attempts.load({
            paymentId: id,
            page: pageOf(args),
            columns: transactionColumns(info),
          });
          return connectionOf(attempts as Transaction[], args);
        },
      },
      TransactionConnection,
    ),
  }),
});

builder.prismaObjectField(TransactionRef, 'payment', (t) =>
  t.field({
    type: PaymentRef,
    description: 'What it pays.',
    resolve: ({ paymentId }, _, { loaders }) => loaders.payment.load(paymentId),
  }),
);

/** The columns that a list of payments must read for what is asked of them. */
export const paymentColumns = askedColumns<PaymentColumn>('Payment', {
  shop: ['shopId'],
  amount: ['amount', 'currency'],
  refunded: ['refundedAmount', 'currency'],
  url: [],
  locale: ['locale'],
  transactions: [],
  customer: [
    'customerFirstName',
    'customerLastName',
    'customerEmail',
    'customerPhone',
    'customerCompany',
    'customerTaxId',
  ],
  customerId: ['customerId'],
  description: ['description'],
  successUrl: ['successUrl'],
  failureUrl: ['failureUrl'],
  returnUrl: ['returnUrl'],
  notificationUrl: ['notificationUrl'],
  cart: ['documents', 'currency'],
  invoice: ['documents', 'currency'],
});

const PaymentEdge = builder.edgeObject({
  type: PaymentRef,
  name: 'PaymentEdge',
  description: 'A payment and its place in the list.',
});

/** A page of payments, wherever they are listed. */
export const PaymentConnection = builder.connectionObject(
  { type: PaymentRef, name: 'PaymentConnection', description: 'A page of payments.' },
  PaymentEdge,
);
