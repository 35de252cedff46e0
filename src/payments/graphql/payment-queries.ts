import { seesWhatIsAsked } from '../../graphql/asked-columns.ts';
import { builder } from '../../graphql/builder.ts';
import { requirePage } from '../../graphql/connection-arguments.ts';
import { connectionOf, pageOf } from '../../graphql/connections.ts';
import { actorWith, shopWith } from '../../graphql/context.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { CurrencyEnum } from '../../graphql/money.ts';
import { type Given, spanOf } from '../../graphql/span-of.ts';
import { choicesIn } from '../../kernel/choices.ts';
import type { Payment, Transaction } from '../../kernel/db/generated/prisma/client.ts';
import { parseId } from '../../kernel/ids.ts';
import { parseText } from '../../kernel/text.ts';
import { PaymentMethodEnum } from '../../shops/graphql.ts';
import { seekVisibleTransaction } from '../../transactions/find-transaction.ts';
import {
  TransactionConnection,
  TransactionRef,
  TransactionStatusEnum,
  transactionColumns,
} from '../../transactions/graphql.ts';
import { listTransactions, type TransactionFilter } from '../../transactions/sql/list-transactions.ts';
import { seekVisiblePayment } from '../find-payment.ts';
import { listPayments, type PaymentFilter } from '../sql/list-payments.ts';
import { PaymentConnection, PaymentRef, PaymentStatusEnum, paymentColumns } from './payment.ts';

const ListOrder = builder.enumType('ListOrder', {
  description: 'The order of a list.',
  values: describeValues<'NEWEST_FIRST' | 'OLDEST_FIRST'>({
    NEWEST_FIRST: 'By creation, newest first.',
    OLDEST_FIRST: 'By creation, oldest first.',
  }),
});

const PaymentFilterInput = builder.inputType('PaymentFilter', {
  description: 'What the payments of a list must fit; all conditions at once.',
  fields: (t) => ({
    status: t.field({ type: [PaymentStatusEnum], description: 'One of these states; none fits an empty list.' }),
    orderId: t.string({ description: 'Exactly this order number.' }),
    currency: t.field({ type: CurrencyEnum, description: 'This currency.' }),
    createdFrom: t.field({ type: 'DateTime', description: 'Made at this moment or later.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Made before this moment.' }),
  }),
});

const TransactionFilterInput = builder.inputType('TransactionFilter', {
  description: 'What the transactions of a list must fit; all conditions at once.',
  fields: (t) => ({
    status: t.field({ type: [TransactionStatusEnum], description: 'One of these states; none fits an empty list.' }),
    method: t.field({ type: [PaymentMethodEnum], description: 'One of these methods; none fits an empty list.' }),
    paymentId: t.id({ description: 'Attempts on this payment.' }),
    createdFrom: t.field({ type: 'DateTime', description: 'Started at this moment or later.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Started before this moment.' }),
  }),
});

function toPaymentFilter({ status, orderId, currency, ...span }: Given<PaymentFilter>): PaymentFilter {
  return {
    ...spanOf(span),
    status: choicesIn(status, ['filter', 'status']),
    orderId: typeof orderId === 'string' ? parseText(orderId, ['filter', 'orderId'], { max: 100, min: 0 }) : undefined,
    currency: currency ?? undefined,
  };
}

function toTransactionFilter({ status, method, paymentId, ...span }: Given<TransactionFilter>): TransactionFilter {
  return {
    ...spanOf(span),
    status: choicesIn(status, ['filter', 'status']),
    method: choicesIn(method, ['filter', 'method']),
    paymentId: typeof paymentId === 'string' ? parseId(paymentId, 'payment', ['filter', 'paymentId']) : undefined,
  };
}

builder.queryField('payment', (t) =>
  t.field({
    type: PaymentRef,
    nullable: true,
    description: 'One payment of yours, or null. Scope: payments:read.',
    args: { id: t.arg.id({ required: true, description: 'Id of the payment.' }) },
    resolve: async (_, { id }, context) => {
      const actor = actorWith(context, 'payments:read');
      return (await seekVisiblePayment(context.app.payments, actor, parseId(id, 'payment')))?.payment;
    },
  }),
);

builder.queryField('transaction', (t) =>
  t.field({
    type: TransactionRef,
    nullable: true,
    description: 'One transaction of yours, or null. Scope: payments:read.',
    args: { id: t.arg.id({ required: true, description: 'Id of the transaction.' }) },
    resolve: async (_, { id }, context) => {
      const actor = actorWith(context, 'payments:read');
      return (await seekVisibleTransaction(context.app.payments, actor, parseId(id, 'transaction')))?.transaction;
    },
  }),
);

builder.queryField('payments', (t) =>
  t.connection(
    {
      type: PaymentRef,
      extensions: seesWhatIsAsked,
      description: 'Payments of a shop. Scope: payments:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT.',
      args: {
        shopId: t.arg.id({ required: true, description: 'The shop.' }),
        filter: t.arg({ type: PaymentFilterInput, description: 'Only those that fit.' }),
        order: t.arg({ type: ListOrder, required: true, defaultValue: 'NEWEST_FIRST', description: 'Newest first.' }),
      },
      resolve: async (_, args, context, info) => {
        const { filter, order, shopId } = args;
        const { database } = context.app.payments;
        const shop = await shopWith(context, 'payments:read', shopId);
        await requirePage(args, (id) => database.prisma.payment.findFirst({ where: { id, shopId: shop.id } }));
        const rows = await listPayments(database, {
          shopId: shop.id,
          filter: toPaymentFilter(filter ?? {}),
          newestFirst: order === 'NEWEST_FIRST',
          page: pageOf(args),
          columns: paymentColumns(info),
        });
        return connectionOf(rows as Payment[], args);
      },
    },
    PaymentConnection,
  ),
);

builder.queryField('transactions', (t) =>
  t.connection(
    {
      type: TransactionRef,
      extensions: seesWhatIsAsked,
      description: 'Transactions of a shop. Scope: payments:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT.',
      args: {
        shopId: t.arg.id({ required: true, description: 'The shop.' }),
        filter: t.arg({ type: TransactionFilterInput, description: 'Only those that fit.' }),
        order: t.arg({ type: ListOrder, required: true, defaultValue: 'NEWEST_FIRST', description: 'Newest first.' }),
      },
      resolve: async (_, args, context, info) => {
        const { filter, order, shopId } = args;
        const { database } = context.app.payments;
        const shop = await shopWith(context, 'payments:read', shopId);
        await requirePage(args, (id) => database.prisma.transaction.findFirst({ where: { id, shopId: shop.id } }));
        const rows = await listTransactions(database, {
          shopId: shop.id,
          filter: toTransactionFilter(filter ?? {}),
          newestFirst: order === 'NEWEST_FIRST',
          page: pageOf(args),
          columns: transactionColumns(info),
        });
        return connectionOf(rows as Transaction[], args);
      },
    },
    TransactionConnection,
  ),
);
