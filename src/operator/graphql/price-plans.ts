import { builder } from '../../graphql/builder.ts';
import { refusableForOperator, resultUnion } from '../../graphql/refusable.ts';
import { inTransaction } from '../../kernel/db/database.ts';
import type { PricePlan } from '../../kernel/db/generated/prisma/client.ts';
import { parseId } from '../../kernel/ids.ts';
import { PricePlanRef } from '../../pricing/graphql/price-plan.ts';
import { setPricePlan } from '../../pricing/set-price-plan.ts';

const PriceRateInput = builder.inputType('PriceRateInput', {
  description: 'What one channel is to cost.',
  fields: (t) => ({
    channel: t.string({
      required: true,
      description: '`blik`, `mtransfer`, …, each once; one is `*`, for every channel that is not named.',
    }),
    percent: t.string({ required: true, description: '0 to 100 with up to four decimals: "1.59".' }),
  }),
});

const SetPricePlanInput = builder.inputType('SetPricePlanInput', {
  description: 'What a shop is to pay from a moment on.',
  fields: (t) => ({
    shopId: t.id({ required: true, description: 'The shop.' }),
    validFrom: t.field({
      type: 'DateTime',
      description: 'When it begins, not in the past by the clock of the merchant; now when it is left out.',
    }),
    rates: t.field({ type: [PriceRateInput], required: true, description: 'By channel.' }),
    promotion: t.boolean({
      required: true,
      description: 'Whether the promotion of the contract holds in this shop, while it lasts.',
    }),
    overdraft: t.field({
      type: 'MinorUnits',
      description:
        'How far refunds may take the balances of the shop and of the merchant’s recipients below zero, together: 0 to 1,000,000,000; 100,000 when it is left out.',
    }),
    refundGivesCommission: t.boolean({
      defaultValue: false,
      required: true,
      description: 'Whether a refund gives the commission of the refunded share back.',
    }),
  }),
});

const SetPricePlanSuccess = builder.objectRef<{ pricePlan: PricePlan }>('SetPricePlanSuccess').implement({
  description: 'It is set, or was in force by then anyway.',
  fields: (t) => ({ pricePlan: t.expose('pricePlan', { type: PricePlanRef, description: 'The plan.' }) }),
});

builder.mutationField('setPricePlan', (t) =>
  t.field({
    type: resultUnion('SetPricePlan', SetPricePlanSuccess),
    description:
      'Gives a shop new prices from a moment on; what was charged before stays. Repeating it changes nothing. Operators only. Refusals: NOT_FOUND, INVALID_INPUT.',
    args: { input: t.arg({ type: SetPricePlanInput, required: true, description: 'The prices.' }) },
    resolve: (_, { input }, context) =>
      refusableForOperator(context, async (operator) => {
        const { database, clock } = context.app.payments;
        const { validFrom, overdraft, ...rest } = input;
        const wish = {
          ...rest,
          shopId: parseId(input.shopId, 'shop', ['shopId']),
          validFrom: validFrom ?? undefined,
          overdraft: overdraft ?? undefined,
        };
        const { id } = await inTransaction(database, (tx) => setPricePlan(tx, { clock, operator }, wish));
        return { pricePlan: await database.prisma.pricePlan.findUniqueOrThrow({ where: { id } }) };
      }),
  }),
);
