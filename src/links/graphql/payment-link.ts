import { builder } from '../../graphql/builder.ts';
import { requirePage, requirePageForm } from '../../graphql/connection-arguments.ts';
import { actorWith, shopWith } from '../../graphql/context.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { MoneyRef } from '../../graphql/money.ts';
import { parseId } from '../../kernel/ids.ts';
import { PaymentConnection, PaymentRef } from '../../payments/graphql/payment.ts';
import { type LinkStatus, linkStatusOf, templateOf } from '../model.ts';
import { visibleLinks } from '../store.ts';

const PaymentLinkStatusEnum = builder.enumType('PaymentLinkStatus', {
  description: 'Whether a payment link makes payments.',
  values: describeValues<LinkStatus>({
    ACTIVE: 'It does.',
    DISABLED: 'The shop has disabled it.',
    EXPIRED: 'Its time is over, or less than a minute of it is left.',
    USED_UP: 'All its uses are taken; one comes back when a payment expires that nobody tried to pay.',
  }),
});

/** The GraphQL type of a payment link. */
export const PaymentLinkRef = builder.prismaObject('PaymentLink', {
  description: 'A template of payments with an address to send. Whoever opens the address can pay.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'UUID.' }),
    shop: t.relation('shop', { description: 'Who asks for the money.' }),
    url: t.field({
      type: 'URL',
      description: 'The address to send.',
      resolve: (link, _, context) => `${context.app.publicUrl}/s/${link.short}`,
    }),
    qrUrl: t.field({
      type: 'URL',
      description: 'The address as a QR code to print or show: an SVG image.',
      resolve: (link, _, context) => `${context.app.publicUrl}/s/${link.short}/qr.svg`,
    }),
    amount: t.field({
      type: MoneyRef,
      description: 'What each of its payments asks for.',
      resolve: (link) => {
        const { amount, currency } = templateOf(link);
        return { amount: BigInt(amount), currency };
      },
    }),
    orderId: t.string({ description: "The shop's own number.", resolve: (link) => templateOf(link).orderId }),
    title: t.string({
      nullable: true,
      description: 'What the payer reads.',
      resolve: (link) => templateOf(link).title,
    }),
    description: t.string({
      nullable: true,
      description: "The shop's own note; payers do not see it.",
      resolve: (link) => templateOf(link).description,
    }),
    status: t.field({
      type: PaymentLinkStatusEnum,
      description: 'Whether it makes payments now.',
      resolve: async (link, _, context) => {
        const { clock, shops } = context.app.payments;
        return linkStatusOf(link, clock.now(await shops.find(link.shopId)));
      },
    }),
    uses: t.field({
      type: 'Count',
      description:
        'How many of its uses are taken: its payments, without those that expired before anybody tried to pay them.',
      resolve: ({ uses }) => BigInt(uses),
    }),
    usesMax: t.field({
      type: 'Count',
      nullable: true,
      description: 'How many payments it makes; null: without end.',
      resolve: ({ usesMax }) => (usesMax === null ? null : BigInt(usesMax)),
    }),
    validUntil: t.expose('validUntil', { type: 'DateTime', nullable: true, description: 'Its end; null: none.' }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was made.' }),
    disabledAt: t.expose('disabledAt', { type: 'DateTime', nullable: true, description: 'When it was disabled.' }),
    payments: t.relatedConnection(
      'payments',
      {
        cursor: 'id',
        description: 'Payments it has made, newest first.',
        query: (args) => {
          requirePageForm(args);
          return { orderBy: [{ createdAt: 'desc' }, { id: 'desc' }] };
        },
      },
      PaymentConnection,
    ),
  }),
});

builder.prismaObjectField(PaymentRef, 'link', (t) =>
  t.relation('link', { nullable: true, description: 'The payment link that made it; null when none did.' }),
);

builder.queryField('paymentLink', (t) =>
  t.prismaField({
    type: PaymentLinkRef,
    nullable: true,
    description: 'One payment link of yours, or null. Scope: payments:read.',
    args: { id: t.arg.id({ required: true, description: 'Id of the link.' }) },
    resolve: (query, _, { id }, context) =>
      context.app.payments.database.prisma.paymentLink.findFirst({
        ...query,
        where: { AND: visibleLinks(actorWith(context, 'payments:read')), id: parseId(id, 'payment link') },
      }),
  }),
);

builder.queryField('paymentLinks', (t) =>
  t.prismaConnection(
    {
      type: PaymentLinkRef,
      cursor: 'id',
      description:
        'Payment links of a shop, newest first. Scope: payments:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT.',
      args: { shopId: t.arg.id({ required: true, description: 'The shop.' }) },
      resolve: async (query, _, args, context) => {
        const { database } = context.app.payments;
        const shop = await shopWith(context, 'payments:read', args.shopId);
        await requirePage(args, (id) => database.prisma.paymentLink.findFirst({ where: { id, shopId: shop.id } }));
        return database.prisma.paymentLink.findMany({
          ...query,
          where: { shopId: shop.id },
          orderBy: [{ createdAt: 'desc' }, { id: 'desc' }],
        });
      },
    },
    { name: 'PaymentLinkConnection', description: 'A page of payment links.' },
    { name: 'PaymentLinkEdge', description: 'A payment link and its place in the list.' },
  ),
);
