import { builder } from '../../graphql/builder.ts';
import { actorWith } from '../../graphql/context.ts';
import { describeValues } from '../../graphql/describe-values.ts';
import { CurrencyEnum, MoneyRef } from '../../graphql/money.ts';
import type { PromotionState } from '../../kernel/db/generated/prisma/enums.ts';
import { findVisibleTransaction } from '../../transactions/find-transaction.ts';
import { describeCommission, type ExplainedCommission, turnoverLeft } from '../describe-commission.ts';
import { explainCommission } from '../explain-commission.ts';
import { toPercent } from '../model.ts';
import { quoteCommission } from '../quote-commission.ts';

const PromotionStateEnum = builder.enumType('PromotionState', {
  description: 'What the promotion is for a sale. It is judged by what had settled before the sale.',
  values: describeValues<PromotionState>({
    NONE: 'The price plan has none.',
    APPLIED: 'It makes the sale free.',
    ENDED_BY_TIME: 'Its time was over.',
    ENDED_BY_TURNOVER: 'The turnover had reached the limit.',
  }),
});

const inPln = (amount: bigint | null | undefined) =>
  amount === null || amount === undefined ? null : { amount, currency: 'PLN' as const };

const PromotionRef = builder.objectRef<ExplainedCommission>('CommissionPromotion').implement({
  description:
    'Whether the promotion makes a sale free: until three calendar months after the signing of the contract, or until the turnover of all shops of the merchant has reached the limit, whichever is first.',
  fields: (t) => ({
    state: t.field({
      type: PromotionStateEnum,
      description: 'What it is for the sale.',
      resolve: (row) => row.promotion,
    }),
    until: t.field({
      type: 'DateTime',
      nullable: true,
      description: 'The first moment after it; null when the plan has none.',
      resolve: ({ plan }) => plan.promotion?.until ?? null,
    }),
    limit: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'The turnover that ends it; null when the plan has none.',
      resolve: ({ plan }) => inPln(plan.promotion?.turnover),
    }),
    turnover: t.field({
      type: MoneyRef,
      nullable: true,
      description:
        'What all shops of the merchant had settled before the sale, foreign currencies at the mid rates of the NBP, as far as it was counted: until the promotion ended. Null when the plan has none.',
      resolve: ({ turnoverBefore }) => inPln(turnoverBefore),
    }),
    left: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'What of the limit was left before the sale; null unless the promotion makes it free.',
      resolve: (row) => inPln(turnoverLeft(row)),
    }),
  }),
});

const ExplanationRef = builder.objectRef<ExplainedCommission>('CommissionExplanation').implement({
  description: 'A commission and why it is what it is. It is taken from the payout; no invoice follows.',
  fields: (t) => ({
    amount: t.field({
      type: MoneyRef,
      description: 'The commission, half up to the minor unit.',
      resolve: (row) => row,
    }),
    base: t.field({
      type: MoneyRef,
      description: 'What it is computed from.',
      resolve: ({ base, currency }) => ({ amount: base, currency }),
    }),
    ratePercent: t.string({
      description: 'The rate as a decimal percentage: "1.59".',
      resolve: (row) => toPercent(row.ratePpm),
    }),
    rule: t.exposeString('rule', { description: 'Why this rate, for people.' }),
    planFrom: t.field({
      type: 'DateTime',
      description: 'Since when the price plan has been in force by which it is computed.',
      resolve: ({ plan }) => plan.validFrom,
    }),
    promotion: t.field({ type: PromotionRef, description: 'Whether it is free.', resolve: (row) => row }),
    counted: t.field({
      type: MoneyRef,
      nullable: true,
      description: 'What the sale added to the turnover; null when that is not counted, and in a quote.',
      resolve: ({ counted }) => inPln(counted?.turnover),
    }),
    refundGivesCommission: t.boolean({
      description: 'Whether a refund gives the commission of the refunded share back.',
      resolve: ({ plan }) => plan.refundGivesCommission,
    }),
    givenBack: t.field({
      type: MoneyRef,
      description: 'What settled refunds have given back of it.',
      resolve: ({ givenBack, currency }) => ({ amount: givenBack, currency }),
    }),
    explanation: t.stringList({
      description: 'All of this in words, one sentence for each reason.',
      resolve: describeCommission,
    }),
  }),
});

builder.queryField('quoteCommission', (t) =>
  t.field({
    type: ExplanationRef,
    description:
      'What a sale would cost if it settled now, before any other. Scope: payments:read. Refusals: NOT_FOUND (the shop), INVALID_INPUT, CURRENCY_NOT_AVAILABLE (the shop does not take it), SHOP_NOT_ACTIVE (it is not open, and no prices are set for it).',
    args: {
      shopId: t.arg.id({ required: true, description: 'The shop.' }),
      channel: t.arg.string({ required: true, description: 'How it would be paid: `blik`, `mtransfer`, …' }),
      amount: t.arg({ type: 'MinorUnits', required: true, description: 'Minor units, 1 to 999,999,999.' }),
      currency: t.arg({ type: CurrencyEnum, required: true, description: 'One that the shop and the channel take.' }),
    },
    resolve: (_, args, context) => quoteCommission(context.app.payments, actorWith(context, 'payments:read'), args),
  }),
);

builder.queryField('explainCommission', (t) =>
  t.field({
    type: ExplanationRef,
    nullable: true,
    description:
      'Why the commission of a transaction is what it is, as it was when it settled; null until then. Scope: payments:read. Refusals: NOT_FOUND.',
    args: { transactionId: t.arg.id({ required: true, description: 'The transaction.' }) },
    resolve: async (_, { transactionId }, context) => {
      const actor = actorWith(context, 'payments:read');
      const { transaction } = await findVisibleTransaction(context.app.payments, actor, transactionId);
      return (await explainCommission(context.app.payments.database, transaction.id)) ?? null;
    },
  }),
);
