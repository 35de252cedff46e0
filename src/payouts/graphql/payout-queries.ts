import { RecipientRef } from '../../baskets/graphql.ts';
import { builder } from '../../graphql/builder.ts';
import { requirePage, requirePageForm, withCursor } from '../../graphql/connection-arguments.ts';
import { actorWith, shopWith } from '../../graphql/context.ts';
import { CurrencyEnum } from '../../graphql/money.ts';
import { choicesIn } from '../../kernel/choices.ts';
import { parseId } from '../../kernel/ids.ts';
import { visiblePayouts } from '../store.ts';
import { PayoutRef, PayoutStatusEnum } from './payout.ts';

const PayoutEdge = builder.edgeObject({
  type: PayoutRef,
  name: 'PayoutEdge',
  description: 'A payout and its place in the list.',
});

const PayoutConnection = builder.connectionObject(
  { type: PayoutRef, name: 'PayoutConnection', description: 'A page of payouts.' },
  PayoutEdge,
);

builder.queryField('payout', (t) =>
  t.prismaField({
    type: PayoutRef,
    nullable: true,
    description: 'One payout of yours, or null. Scope: payouts:read.',
    args: { id: t.arg.id({ required: true, description: 'Id of the payout.' }) },
    resolve: (query, _, { id }, context) =>
      context.app.payments.database.prisma.payout.findFirst({
        ...query,
        where: { AND: visiblePayouts(actorWith(context, 'payouts:read')), id: parseId(id, 'payout') },
      }),
  }),
);

builder.prismaObjectField(RecipientRef, 'payouts', (t) =>
  t.relatedConnection(
    'payouts',
    {
      cursor: 'id',
      description:
        'What he was paid, newest first; none for a key of one shop, since it pays for all shops. Scope: payouts:read.',
      query: (args, context) => {
        requirePageForm(args);
        const where = visiblePayouts(actorWith(context, 'payouts:read'));
        return { where, orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] };
      },
    },
    PayoutConnection,
  ),
);

const PayoutFilter = builder.inputType('PayoutFilter', {
  description: 'What the payouts of a list must fit; all conditions at once.',
  fields: (t) => ({
    status: t.field({ type: [PayoutStatusEnum], description: 'In one of these states; none fits an empty list.' }),
    currency: t.field({ type: [CurrencyEnum], description: 'In one of these currencies; none fits an empty list.' }),
    from: t.field({ type: 'Date', description: 'For this business day or a later one.' }),
    until: t.field({ type: 'Date', description: 'For this business day or an earlier one.' }),
  }),
});

builder.queryField('payouts', (t) =>
  t.prismaConnection(
    {
      type: PayoutRef,
      cursor: 'id',
      description:
        'Payouts of a shop, newest first. Scope: payouts:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT.',
      args: {
        shopId: t.arg.id({ required: true, description: 'The shop.' }),
        filter: t.arg({ type: PayoutFilter, description: 'Only those that fit.' }),
      },
      resolve: async (query, _, args, context) => {
        const { database } = context.app.payments;
        const shop = await shopWith(context, 'payouts:read', args.shopId);
        await requirePage(args, (id) => database.prisma.payout.findFirst({ where: { id, shopId: shop.id } }));
        const { from, until } = args.filter ?? {};
        const status = choicesIn(args.filter?.status, ['filter', 'status']);
        const currency = choicesIn(args.filter?.currency, ['filter', 'currency']);
        return database.prisma.payout.findMany({
          ...query,
          where: {
            shopId: shop.id,
            ...(status ? withCursor({ status: { in: status } }, args) : {}),
            ...(currency ? { currency: { in: currency } } : {}),
            businessDay: { ...(from && { gte: new Date(from) }), ...(until && { lte: new Date(until) }) },
          },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        });
      },
    },
    PayoutConnection,
  ),
);
