import { dayOf } from '../calendar/model.ts';
import { toRateText } from '../fx/model.ts';
import type { Currency, PromotionState } from '../kernel/db/generated/prisma/enums.ts';
import { toDecimal } from '../kernel/money.ts';
import { type Commission, lastDayOf, type PricePlan } from './model.ts';

/** How a sale counted towards the turnover. */
export type Counted = {
  /** PLN minor units. */
  readonly turnover: bigint;
  /** The table by which it was counted; undefined for PLN, and when none was known. */
  readonly exchange: { readonly table: string; readonly day: string; readonly rate: bigint } | undefined;
};

/** A commission, and why it is what it is. */
export type ExplainedCommission = Commission & {
  readonly plan: Pick<PricePlan, 'validFrom' | 'promotion' | 'refundGivesCommission'>;
  readonly promotion: PromotionState;
  /**
   * What the merchant had settled before, in PLN minor units, as far as it was counted: until the promotion ended. Null when
   * the plan has no promotion.
   */
  readonly turnoverBefore: bigint | null;
  /** Undefined when turnover was not counted, and for a sale that has not taken place. */
  readonly counted: Counted | undefined;
  /** What refunds have given back of it so far; 0 or more. */
  readonly givenBack: bigint;
};

/** What of the promotion's turnover was left before a sale that it makes free, in PLN minor units; undefined for others. */
export function turnoverLeft(
  commission: Pick<ExplainedCommission, 'plan' | 'promotion' | 'turnoverBefore'>,
): bigint | undefined {
  const { plan, promotion, turnoverBefore } = commission;
  return plan.promotion && promotion === 'APPLIED' ? plan.promotion.turnover - (turnoverBefore ?? 0n) : undefined;
}

/** Explains a commission to people, one sentence for each reason, ending with when it is charged. */
export function describeCommission(commission: ExplainedCommission): string[] {
  const { amount, base, currency, rule, plan, givenBack } = commission;
  return [
    `${money(amount, currency)} of ${money(base, currency)}: ${rule}`,
    `By the price plan in force since ${dayOf(plan.validFrom)}.`,
    describePromotion(commission),
    ...describeCounted(commission),
    plan.refundGivesCommission
      ? 'A refund gives the commission of the refunded share back, by the next payout.'
      : 'A refund does not give the commission back.',
    ...(givenBack > 0n ? [`Refunds have given ${money(givenBack, currency)} of it back.`] : []),
    'It is taken from the payout; no invoice follows.',
  ];
}

function describePromotion(commission: ExplainedCommission): string {
  const { plan, promotion, turnoverBefore } = commission;
  if (!plan.promotion || promotion === 'NONE') return 'The plan has no promotion.';
  const limit = money(plan.promotion.turnover, 'PLN');
  if (promotion === 'ENDED_BY_TIME') return `The promotion was over at the end of ${lastDayOf(plan.promotion)}.`;
  if (promotion === 'ENDED_BY_TURNOVER') return `The promotion was over: the turnover had reached ${limit}.`;
  const before = money(turnoverBefore ?? 0n, 'PLN');
  const left = money(turnoverLeft(commission) ?? 0n, 'PLN');
  return `The promotion makes it free: it lasts to the end of ${lastDayOf(plan.promotion)} or until the turnover reaches ${limit}; before the sale it was ${before}, so ${left} were left.`;
}

function describeCounted({ base, currency, counted }: ExplainedCommission): string[] {
  if (!counted) return [];
  const turnover = money(counted.turnover, 'PLN');
  if (currency === 'PLN') return [`It counts as ${turnover} towards the turnover.`];
  if (!counted.exchange) {
    return [`It counts nothing towards the turnover: no table of the NBP was known for ${currency} when it settled.`];
  }
  const { table, day, rate } = counted.exchange;
  const price = `${toRateText(rate)} PLN for 1 ${currency}`;
  return [
    `${money(base, currency)} count as ${turnover} towards the turnover, at ${price} (table ${table} of ${day}).`,
  ];
}

function money(amount: bigint, currency: Currency): string {
  return `${toDecimal(amount)} ${currency}`;
}
