import { requireWholeMerchant } from '../auth/actor.ts';
import { MerchantRef } from '../auth/graphql.ts';
import { builder } from '../graphql/builder.ts';
import { requireActor } from '../graphql/context.ts';
import { describeValues } from '../graphql/describe-values.ts';
import { refusable, resultUnion } from '../graphql/refusable.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { SupportMessage } from '../kernel/db/generated/prisma/client.ts';
import type { SupportMessageStatus } from '../kernel/db/generated/prisma/enums.ts';
import { findVisibleShop } from '../shops/find-shop.ts';
import { sendMessage } from './send-message.ts';

/** States of a message. */
export const SupportMessageStatusEnum = builder.enumType('SupportMessageStatus', {
  description: 'Where a message to the bank stands.',
  values: describeValues<SupportMessageStatus>({
    OPEN: 'Nobody has answered it.',
    ANSWERED: 'It was answered.',
    APPROVED: 'The address that it asks for is the shop’s now.',
    REFUSED: 'The address that it asks for was refused; the answer says why.',
  }),
});

/** The GraphQL type of a message. */
export const SupportMessageRef = builder.prismaObject('SupportMessage', {
  description: 'What a merchant wrote to the bank, and what came of it.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    merchantId: t.exposeString('merchantId', { description: 'Who wrote it.' }),
    shopId: t.exposeID('shopId', { nullable: true, description: 'Which shop it is about.' }),
    text: t.exposeString('text', { description: 'What was written.' }),
    newUrl: t.expose('newUrl', { type: 'URL', nullable: true, description: 'The address that the shop is to have.' }),
    status: t.expose('status', { type: SupportMessageStatusEnum, description: 'Where it stands.' }),
    answer: t.exposeString('answer', { nullable: true, description: 'What the bank answered.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was written.' }),
  }),
});

builder.prismaObjectField(MerchantRef, 'messages', (t) =>
  t.prismaField({
    type: [SupportMessageRef],
    description:
      'What he wrote to the bank, newest first, at most 100. Scope: contract:read. The key must be good for the whole merchant.',
    resolve: (query, _, __, context) => {
      const actor = requireActor(context);
      requireWholeMerchant(actor, 'contract:read');
      return context.app.payments.database.prisma.supportMessage.findMany({
        ...query,
        where: { merchantId: actor.merchantId },
        orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        take: 100,
      });
    },
  }),
);

const SendMessageInput = builder.inputType('SendMessageInput', {
  description: 'A message to the bank.',
  fields: (t) => ({
    idempotencyKey: t.string({ required: true, description: '1 to 255 characters, unique for the merchant.' }),
    text: t.string({ required: true, description: '1 to 2,000 characters, in several lines if you like (`\\n`).' }),
    shopId: t.id({ description: 'Which shop it is about.' }),
    newUrl: t.field({ type: 'URL', description: 'Where that shop sells from now on; an operator approves it.' }),
  }),
});

type Sent = { readonly supportMessage: SupportMessage; readonly replayed: boolean };

const SendMessageSuccess = builder.objectRef<Sent>('SendMessageSuccess').implement({
  description: 'The message is sent.',
  fields: (t) => ({
    supportMessage: t.expose('supportMessage', { type: SupportMessageRef, description: 'The message as it is now.' }),
    replayed: t.exposeBoolean('replayed', { description: 'An earlier call with this key had sent it.' }),
  }),
});

builder.mutationField('sendMessage', (t) =>
  t.field({
    type: resultUnion('SendMessage', SendMessageSuccess),
    description:
      'Writes to the bank, also to have the address of a shop changed. Scope: contract:write. The key must be good ' +
      'for the whole merchant. Refusals: FORBIDDEN, NOT_FOUND, INVALID_INPUT, IDEMPOTENCY_KEY_REUSED.',
    args: { input: t.arg({ type: SendMessageInput, required: true, description: 'The message.' }) },
    resolve: (_, { input }, context) =>
      refusable(context, { operation: 'sendMessage', scope: 'contract:write' }, async (actor) => {
        const { database, clock, shops } = context.app.payments;
        const { shopId, newUrl, ...message } = input;
        const shop = typeof shopId === 'string' ? await findVisibleShop(shops, actor, shopId) : undefined;
        const wish = { ...message, shop, newUrl: newUrl ?? undefined };
        const sent = await inTransaction(database, (tx) => sendMessage(tx, { actor, clock }, wish));
        return { supportMessage: sent.message, replayed: sent.replayed };
      }),
  }),
);
