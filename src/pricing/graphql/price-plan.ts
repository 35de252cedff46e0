import { builder } from '../../graphql/builder.ts';
import { shopWith } from '../../graphql/context.ts';
import { MoneyRef } from '../../graphql/money.ts';
import { toPercent } from '../model.ts';
import { promotionIn } from '../store.ts';

const plansMax = 100;

builder.prismaObject('PriceRate', {
  description: 'What one channel costs.',
  fields: (t) => ({
    channel: t.exposeString('channel', { description: '`blik`, `mtransfer`, …; `*`: every channel without a rate.' }),
    ratePercent: t.string({
      description: 'The rate as a decimal percentage: "1.59".',
      resolve: ({ ratePpm }) => toPercent(ratePpm),
    }),
  }),
});

const PlannedPromotionRef = builder.objectRef<{ until: Date; turnover: bigint }>('PricePlanPromotion').implement({
  description: 'Nothing is charged until a moment or a turnover, whichever comes first.',
  fields: (t) => ({
    until: t.expose('until', { type: 'DateTime', description: 'The first moment after it.' }),
    limit: t.field({
      type: MoneyRef,
      description: 'The turnover of all shops of the merchant that ends it.',
      resolve: ({ turnover }) => ({ amount: turnover, currency: 'PLN' as const }),
    }),
  }),
});

/** The GraphQL type of a price plan. */
export const PricePlanRef = builder.prismaObject('PricePlan', {
  description: 'The prices of a shop from a moment on, until another plan begins.',
  fields: (t) => ({
    validFrom: t.expose('validFrom', { type: 'DateTime', description: 'When it begins.' }),
    rates: t.relation('rates', { description: 'By channel.', query: { orderBy: { channel: 'asc' } } }),
    promotion: t.field({
      type: PlannedPromotionRef,
      nullable: true,
      description: 'The promotion of the contract; null: it does not hold in this shop.',
      resolve: ({ promotionUntil, promotionTurnover }) => promotionIn(promotionUntil, promotionTurnover) ?? null,
    }),
    overdraft: t.expose('overdraft', {
      type: 'MinorUnits',
      description:
        'How far refunds may take the balances of the shop and of the merchant’s recipients below zero, together: minor units of each currency. A shop that takes no payments has none.',
    }),
    refundGivesCommission: t.exposeBoolean('refundGivesCommission', {
      description: 'Whether a refund gives the commission of the refunded share back.',
    }),
  }),
});

builder.queryField('pricePlans', (t) =>
  t.prismaField({
    type: [PricePlanRef],
    description: `What a shop pays: its ${plansMax} newest price plans, the newest first. Of several that begin at one moment the one that was set last counts, and is listed alone. Scope: payments:read. Refusals: NOT_FOUND (the shop).`,
    args: { shopId: t.arg.id({ required: true, description: 'The shop.' }) },
    resolve: async (query, _, { shopId }, context) => {
      const { database } = context.app.payments;
      const { id } = await shopWith(context, 'payments:read', shopId);
      return database.prisma.pricePlan.findMany({
        ...query,
        where: { shopId: id },
        orderBy: [{ validFrom: 'desc' }, { number: 'desc' }],
        distinct: ['validFrom'],
        take: plansMax,
      });
    },
  }),
);
