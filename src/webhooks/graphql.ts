import { builder } from '../graphql/builder.ts';
import { requirePage, withCursor } from '../graphql/connection-arguments.ts';
import { shopWith } from '../graphql/context.ts';
import { describeValues } from '../graphql/describe-values.ts';
import { refusable, resultUnion } from '../graphql/refusable.ts';
import { choicesIn } from '../kernel/choices.ts';
import type { WebhookDelivery } from '../kernel/db/generated/prisma/client.ts';
import type { DeliveryStatus } from '../kernel/db/generated/prisma/enums.ts';
import { parseId } from '../kernel/ids.ts';
import { EventRef } from '../realtime/graphql/event.ts';
import { resendWebhook } from './resend-webhook.ts';

builder.interfaceField(EventRef, 'notification', (t) =>
  t.string({
    nullable: true,
    description:
      'What a webhook says of this event in the imoje form, byte for byte; null when it says nothing. Where neither the payment nor the shop has an address, its `notificationUrl` is empty.',
    resolve: ({ shopId, number }, _, context) => context.loaders.notification.load({ shopId, number }),
  }),
);

const DeliveryStatusEnum = builder.enumType('WebhookDeliveryStatus', {
  description: 'Where a notification stands.',
  values: describeValues<DeliveryStatus>({
    PENDING: 'Will be tried, for the first time or again.',
    DELIVERED: 'Acknowledged with HTTP status 200.',
    SUPERSEDED: 'A newer notification of the same payment took its place before it was acknowledged.',
    FAILED: 'Not acknowledged in 23 tries over 95 hours; it can be sent again by hand.',
  }),
});

const WebhookAttemptRef = builder.prismaObject('WebhookAttempt', {
  description: 'One try to deliver a notification.',
  fields: (t) => ({
    number: t.exposeInt('number', { description: '1, 2, 3, …' }),
    at: t.expose('at', { type: 'DateTime', description: 'When it was made.' }),
    durationMs: t.exposeInt('durationMs', { description: 'How long it took, in milliseconds.' }),
    responseStatus: t.exposeInt('responseStatus', { nullable: true, description: 'HTTP status; null: no answer.' }),
    responseBody: t.exposeString('responseBody', {
      nullable: true,
      description: 'The first 1,000 characters of the answer.',
    }),
    error: t.exposeString('error', { nullable: true, description: 'Why there was no answer.' }),
    manual: t.exposeBoolean('manual', { description: 'Ordered by hand, outside the schedule.' }),
  }),
});

const WebhookDeliveryRef = builder.prismaObject('WebhookDelivery', {
  description: 'One notification to one address, with every try that was made.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    eventNumber: t.expose('eventNumber', { type: 'Count', description: 'The number of the event it tells of.' }),
    paymentId: t.exposeID('paymentId', { nullable: true, description: 'The payment it is about.' }),
    url: t.expose('url', { type: 'URL', description: 'Where it goes.' }),
    body: t.exposeString('body', { description: 'What is sent, byte for byte.' }),
    status: t.expose('status', { type: DeliveryStatusEnum, description: 'Where it stands.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    nextTryAt: t.expose('nextTryAt', { type: 'DateTime', nullable: true, description: 'When it is tried again.' }),
    deliveredAt: t.expose('deliveredAt', {
      type: 'DateTime',
      nullable: true,
      description: 'When it was acknowledged.',
    }),
    attempts: t.relation('attempts', {
      description: 'The tries, first one first.',
      query: { orderBy: { number: 'asc' } },
      type: WebhookAttemptRef,
    }),
  }),
});

const WebhookFilter = builder.inputType('WebhookDeliveryFilter', {
  description: 'What the deliveries of a list must fit; all conditions at once.',
  fields: (t) => ({
    status: t.field({ type: [DeliveryStatusEnum], description: 'One of these states; none fits an empty list.' }),
    paymentId: t.id({ description: 'About this payment.' }),
  }),
});

builder.queryField('webhookDeliveries', (t) =>
  t.prismaConnection(
    {
      type: WebhookDeliveryRef,
      cursor: 'id',
      description: 'Notifications of a shop, newest first. Scope: payments:read. Refusals: NOT_FOUND, INVALID_INPUT.',
      args: {
        shopId: t.arg.id({ required: true, description: 'The shop.' }),
        filter: t.arg({ type: WebhookFilter, description: 'Only those that fit.' }),
      },
      resolve: async (query, _, args, context) => {
        const { shopId, filter } = args;
        const { database } = context.app.payments;
        const shop = await shopWith(context, 'payments:read', shopId);
        const find = (id: string) => database.prisma.webhookDelivery.findFirst({ where: { id, shopId: shop.id } });
        await requirePage(args, find);
        const status = choicesIn(filter?.status, ['filter', 'status']);
        return database.prisma.webhookDelivery.findMany({
          ...query,
          where: {
            shopId: shop.id,
            ...(status ? withCursor({ status: { in: status } }, args) : {}),
            ...(filter?.paymentId ? { paymentId: parseId(filter.paymentId, 'payment', ['filter', 'paymentId']) } : {}),
          },
          orderBy: { eventNumber: 'desc' },
        });
      },
    },
    { name: 'WebhookDeliveryConnection', description: 'A page of notifications.' },
    { name: 'WebhookDeliveryEdge', description: 'A notification and its place in the list.' },
  ),
);

const ResendWebhookSuccess = builder.objectRef<{ delivery: WebhookDelivery }>('ResendWebhookSuccess').implement({
  description: 'It will be sent once more at once; follow its attempts.',
  fields: (t) => ({
    delivery: t.expose('delivery', { type: WebhookDeliveryRef, description: 'The notification.' }),
  }),
});

builder.mutationField('resendWebhook', (t) =>
  t.field({
    type: resultUnion('ResendWebhook', ResendWebhookSuccess),
    description: 'Sends a notification again, whatever became of it. Scope: payments:write. Refusals: NOT_FOUND.',
    args: { deliveryId: t.arg.id({ required: true, description: 'The notification.' }) },
    resolve: (_, { deliveryId }, context) =>
      refusable(context, { operation: 'resendWebhook', scope: 'payments:write' }, async (actor) => ({
        delivery: await resendWebhook(context.app.payments, actor, deliveryId),
      })),
  }),
);
