import { builder } from '../graphql/builder.ts';
import { requirePage, requirePageForm } from '../graphql/connection-arguments.ts';
import { connectionOf, pageOf } from '../graphql/connections.ts';
import { actorWith, shopWith } from '../graphql/context.ts';
import { describeValues } from '../graphql/describe-values.ts';
import { MoneyRef } from '../graphql/money.ts';
import { refusable, resultUnion } from '../graphql/refusable.ts';
import { RefusalRef } from '../graphql/refusal.ts';
import { type Given, spanOf } from '../graphql/span-of.ts';
import { withoutNulls } from '../graphql/without-nulls.ts';
import { choicesIn } from '../kernel/choices.ts';
import type { MovementStatus } from '../kernel/db/generated/prisma/enums.ts';
import { parseId } from '../kernel/ids.ts';
import { TransactionRef } from '../transactions/graphql.ts';
import { checkRefund, type RefundCheck } from './check-refund.ts';
import { createRefund } from './create-refund.ts';
import type { OrderedRefund } from './decide-refund.ts';
import { listRefunds, type RefundFilter } from './sql/list-refunds.ts';
import { visibleRefunds } from './store.ts';

/** States of a refund. */
export const RefundStatusEnum = builder.enumType('RefundStatus', {
  description: 'Where a refund stands.',
  values: describeValues<MovementStatus>({
    NEW: 'Not sent yet.',
    PENDING: 'Ordered: the money has left the balance; the acquirer’s word is awaited.',
    SETTLED: 'The payer has it, or will within a few business days.',
    REJECTED: 'Refused by the acquirer; the money is back on the balance.',
    UNKNOWN: 'The acquirer was called and did not answer; it is asked until it does.',
  }),
});

/** The GraphQL type of a refund. */
export const RefundRef = builder.prismaObject('Refund', {
  description: 'Money back to the payer of one settled transaction.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    transaction: t.relation('transaction', { description: 'What is refunded.' }),
    amount: t.field({ type: MoneyRef, description: 'What the payer gets.', resolve: (row) => row }),
    status: t.expose('status', { type: RefundStatusEnum, description: 'Where it stands.' }),
    reason: t.exposeString('note', { nullable: true, description: 'Why, as the shop noted it.' }),
    code: t.exposeString('acquirerCode', { nullable: true, description: 'The acquirer’s code when it refused.' }),
    shares: t.relation('shares', { description: 'What recipients of a basket bear of it; the rest is the shop’s.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was ordered.' }),
    settledAt: t.expose('settledAt', { type: 'DateTime', nullable: true, description: 'When it was settled.' }),
  }),
});

const RefundEdge = builder.edgeObject({
  type: RefundRef,
  name: 'RefundEdge',
  description: 'A refund and its place in the list.',
});

const RefundConnection = builder.connectionObject(
  { type: RefundRef, name: 'RefundConnection', description: 'A page of refunds.' },
  RefundEdge,
);

builder.prismaObjectField(TransactionRef, 'refunds', (t) =>
  t.relatedConnection(
    'refunds',
    {
      cursor: 'id',
      description: 'Refunds of it, newest first.',
      query: (args) => {
        requirePageForm(args);
        return { orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] };
      },
    },
    RefundConnection,
  ),
);

builder.queryField('refund', (t) =>
  t.prismaField({
    type: RefundRef,
    nullable: true,
    description: 'One refund of yours, or null. Scope: payments:read.',
    args: { id: t.arg.id({ required: true, description: 'Id of the refund.' }) },
    resolve: (query, _, { id }, context) =>
      context.app.payments.database.prisma.refund.findFirst({
        ...query,
        where: { AND: visibleRefunds(actorWith(context, 'payments:read')), id: parseId(id, 'refund') },
      }),
  }),
);

const RefundFilterInput = builder.inputType('RefundFilter', {
  description: 'What the refunds of a list must fit; all conditions at once.',
  fields: (t) => ({
    status: t.field({ type: [RefundStatusEnum], description: 'One of these states; none fits an empty list.' }),
    transactionId: t.id({ description: 'Of this transaction.' }),
    createdFrom: t.field({ type: 'DateTime', description: 'Ordered at this moment or later.' }),
    createdBefore: t.field({ type: 'DateTime', description: 'Ordered before this moment.' }),
  }),
});

function toRefundFilter({ status, transactionId, ...span }: Given<RefundFilter>): RefundFilter {
  return {
    ...spanOf(span),
    status: choicesIn(status, ['filter', 'status']),
    transactionId:
      typeof transactionId === 'string'
        ? parseId(transactionId, 'transaction', ['filter', 'transactionId'])
        : undefined,
  };
}

builder.queryField('refunds', (t) =>
  t.connection(
    {
      type: RefundRef,
      description:
        'Refunds of a shop, newest first. Scope: payments:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT.',
      args: {
        shopId: t.arg.id({ required: true, description: 'The shop.' }),
        filter: t.arg({ type: RefundFilterInput, description: 'Only those that fit.' }),
      },
      resolve: async (_, args, context) => {
        const { shopId, filter } = args;
        const { database } = context.app.payments;
        const shop = await shopWith(context, 'payments:read', shopId);
        await requirePage(args, (id) => database.prisma.refund.findFirst({ where: { id, shopId: shop.id } }));
        const wanted = { filter: toRefundFilter(filter ?? {}), newestFirst: true, page: pageOf(args) };
        return connectionOf(await listRefunds(database, { shopId: shop.id, ...wanted }), args);
      },
    },
    RefundConnection,
  ),
);

const RefundCheckRef = builder.objectRef<RefundCheck>('RefundCheck').implement({
  description: 'Whether an amount could be refunded now.',
  fields: (t) => ({
    refundable: t.boolean({ description: 'True when it could.', resolve: (check) => check.refusal === undefined }),
    refusal: t.field({
      type: RefusalRef,
      nullable: true,
      description: 'Why it could not; the same that createRefund would say.',
      resolve: ({ refusal }) => refusal && { refusal },
    }),
    left: t.field({
      type: MoneyRef,
      description: 'What is left of the settled amount.',
      resolve: ({ left, transaction }) => ({ amount: left, currency: transaction.currency }),
    }),
  }),
});

builder.queryField('canRefund', (t) =>
  t.field({
    type: RefundCheckRef,
    description:
      'Asks whether an amount could be refunded now; nothing is ordered. Scope: payments:read. Refusals: NOT_FOUND.',
    args: {
      transactionId: t.arg.id({ required: true, description: 'The transaction.' }),
      amount: t.arg({ type: 'MinorUnits', required: true, description: 'At least 1 minor unit.' }),
    },
    resolve: (_, wish, context) => checkRefund(context.app.payments, actorWith(context, 'payments:read'), wish),
  }),
);

const RefundShareInput = builder.inputType('RefundShareInput', {
  description: 'What one recipient is to bear of a refund.',
  fields: (t) => ({
    recipientId: t.id({ required: true, description: 'A recipient of the transaction, once.' }),
    amount: t.field({ type: 'MinorUnits', required: true, description: '1 to what he has left of the transaction.' }),
  }),
});

const CreateRefundInput = builder.inputType('CreateRefundInput', {
  description: 'What is to be given back.',
  fields: (t) => ({
    transactionId: t.id({ required: true, description: 'A settled transaction.' }),
    idempotencyKey: t.string({
      required: true,
      description: '1 to 255 characters, unique per shop: the same key and input give the same refund.',
    }),
    amount: t.field({ type: 'MinorUnits', required: true, description: 'Minor units: 1 to what is left.' }),
    shares: t.field({
      type: [RefundShareInput],
      description:
        'What recipients of a basket bear; the rest is the shop’s. Left out, all bear it in proportion to what they have left.',
    }),
    reason: t.string({ description: 'Why, for the shop’s books: at most 255 characters.' }),
  }),
});

const CreateRefundSuccess = builder.objectRef<OrderedRefund>('CreateRefundSuccess').implement({
  description: 'The refund is ordered. One that the acquirer refuses is an answer too: its status is REJECTED.',
  fields: (t) => ({
    refund: t.expose('refund', { type: RefundRef, description: 'The refund in its present state.' }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with this key had ordered it.' }),
  }),
});

builder.mutationField('createRefund', (t) =>
  t.field({
    type: resultUnion('CreateRefund', CreateRefundSuccess),
    description:
      'Gives money back to the payer: all, a part, or several parts up to the settled amount. Scope: refunds:write. Refusals: INVALID_INPUT, NOT_FOUND, TRANSACTION_NOT_SETTLED, REFUND_WINDOW_CLOSED, REFUND_EXCEEDS_AMOUNT, BALANCE_TOO_LOW, IDEMPOTENCY_KEY_REUSED.',
    args: { input: t.arg({ type: CreateRefundInput, required: true, description: 'What is to be given back.' }) },
    resolve: (_, { input }, context) => {
      const evidence = { idempotencyKey: input.idempotencyKey, subject: input.transactionId };
      return refusable(context, { operation: 'createRefund', scope: 'refunds:write', evidence }, (actor) =>
        createRefund(context.app.refunds, actor, withoutNulls(input)),
      );
    },
  }),
);
