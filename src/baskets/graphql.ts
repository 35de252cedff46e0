import { requireWholeMerchant } from '../auth/actor.ts';
import { builder } from '../graphql/builder.ts';
import { requirePage } from '../graphql/connection-arguments.ts';
import { actorWith, requireActor } from '../graphql/context.ts';
import { MoneyRef } from '../graphql/money.ts';
import { parseId } from '../kernel/ids.ts';
import { visibleRecipients } from './store.ts';

/** The GraphQL type of a recipient. */
export const RecipientRef = builder.prismaObject('Recipient', {
  description: 'Someone to whom a merchant lets parts of payments go: known by his account, with a balance of his own.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    name: t.exposeString('name', { description: 'The label under which he came first.' }),
    iban: t.exposeString('iban', { description: 'Where he is paid.' }),
    balances: t.field({
      type: [MoneyRef],
      description:
        'What he has from all shops, in each currency that he was given; below zero when refunds took more. Scope: payouts:read. The key must be good for the whole merchant.',
      resolve: ({ id }, _, context) => {
        // Whoever may see a payment sees its recipients, and shops of one merchant share them.
        requireWholeMerchant(requireActor(context), 'payouts:read');
        return context.loaders.recipientBalances.load(id);
      },
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When he came first.' }),
  }),
});

builder.prismaObject('BasketShare', {
  description: 'What one recipient gets of a payment.',
  select: { amount: true, currency: true, recipient: { select: { iban: true } } },
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    label: t.exposeString('label', { description: 'Whom it is for.' }),
    title: t.exposeString('title', { nullable: true, description: 'What the recipient reads on his statement.' }),
    amount: t.field({ type: MoneyRef, description: 'What he gets.', resolve: (row) => row }),
    iban: t.string({ description: 'Where he is paid.', resolve: ({ recipient }) => recipient.iban }),
    recipient: t.relation('recipient', { description: 'Who gets it.' }),
  }),
});

builder.prismaObject('RefundShare', {
  description: 'What one recipient bears of a refund.',
  fields: (t) => ({
    recipient: t.relation('recipient', { description: 'Who bears it.' }),
    amount: t.field({ type: MoneyRef, description: 'What he bears.', resolve: (row) => row }),
  }),
});

builder.queryField('recipient', (t) =>
  t.prismaField({
    type: RecipientRef,
    nullable: true,
    description: 'One recipient of yours, or null. Scope: payouts:read.',
    args: { id: t.arg.id({ required: true, description: 'Id of the recipient.' }) },
    resolve: (query, _, { id }, context) =>
      context.app.payments.database.prisma.recipient.findFirst({
        ...query,
        where: { AND: visibleRecipients(actorWith(context, 'payouts:read')), id: parseId(id, 'recipient') },
      }),
  }),
);

const RecipientEdge = builder.edgeObject({
  type: RecipientRef,
  name: 'RecipientEdge',
  description: 'A recipient and his place in the list.',
});

const RecipientConnection = builder.connectionObject(
  { type: RecipientRef, name: 'RecipientConnection', description: 'A page of recipients.' },
  RecipientEdge,
);

builder.queryField('recipients', (t) =>
  t.prismaConnection(
    {
      type: RecipientRef,
      cursor: 'id',
      description: 'Your recipients, newest first; those of its shop for a key of one shop. Scope: payouts:read.',
      resolve: async (query, _, args, context) => {
        const where = visibleRecipients(actorWith(context, 'payouts:read'));
        const { prisma } = context.app.payments.database;
        await requirePage(args, (id) => prisma.recipient.findFirst({ where: { AND: where, id } }));
        return prisma.recipient.findMany({ ...query, where, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] });
      },
    },
    RecipientConnection,
  ),
);

/** How a payment is to be split, in an input. */
export const ShareInput = builder.inputType('ShareInput', {
  description: 'What one recipient is to get of a payment.',
  fields: (t) => ({
    iban: t.string({
      required: true,
      description: 'His account in Poland: 26 digits, with or without PL; spaces do not matter.',
    }),
    amount: t.field({ type: 'MinorUnits', required: true, description: 'At least 1 minor unit.' }),
    label: t.string({ required: true, description: 'Whom it is for: 1 to 70 characters.' }),
    title: t.string({
      description: 'What he reads on his statement: at most 105 characters; if one has it, all must.',
    }),
  }),
});
