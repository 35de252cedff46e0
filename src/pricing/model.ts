import { type Day, dayOf, midnight } from '../calendar/model.ts';
import type { Currency, PromotionState } from '../kernel/db/generated/prisma/enums.ts';
import { share, toDecimal } from '../kernel/money.ts';

/** Nothing is charged until a moment or until so much has settled, whichever comes first. */
export type Promotion = {
  /** The first moment after it. */
  readonly until: Date;
  /** PLN minor units that the merchant has settled in all his shops. */
  readonly turnover: bigint;
};

/** The terms of a shop. Rates are parts per million: 1.59 % is 15,900. */
export type Terms = {
  /** Rates by channel; `*` is for all that are not named. */
  readonly ratesPpm: { readonly [channel: string]: number };
  /** How far refunds may take shop and recipients below zero, together, in minor units of each currency. */
  readonly overdraft: bigint;
  readonly promotion: Promotion | undefined;
  /** Whether a refund gives the commission of the refunded share back. */
  readonly refundGivesCommission: boolean;
};

/** The prices of a shop from a date on. */
export type PricePlan = Terms & { readonly id: string; readonly validFrom: Date };

/** The overdraft of a plan that does not say otherwise: 1,000.00 (domain: ledger). */
export const usualOverdraft = 100_000n;

/** The list prices: BLIK 1.59 %, everything else 1.4 % (features F1). */
export const listRatesPpm = { blik: 15_900, blik_oneclick: 15_900, '*': 14_000 } as const;

const promotionMonths = 3;
/** 1,000,000.00 PLN. */
const promotionTurnover = 100_000_000n;

/**
 * The promotion of a contract (features F2): until the end of the day three calendar months after that of the signing,
 * in Warsaw, or until 1,000,000.00 PLN of turnover. A month that has no such day ends it on its last one, as the Polish
 * Civil Code reckons terms (article 112).
 */
export function promotionOf(signedAt: Date): Promotion {
  const lastDay = dayOf(signedAt).add({ months: promotionMonths });
  return { until: midnight(lastDay.add({ days: 1 })), turnover: promotionTurnover };
}

/** The last day on which a promotion holds. */
export function lastDayOf(promotion: Promotion): Day {
  return dayOf(new Date(promotion.until.getTime() - 1));
}

/**
 * What a plan's promotion is for a sale: it is judged by what had settled before the sale, so the one that reaches the
 * limit is still free.
 * @param sale.turnoverBefore what the merchant had settled before in all his shops, in PLN minor units.
 */
export function promotionAt(
  plan: Pick<Terms, 'promotion'>,
  sale: { readonly at: Date; readonly turnoverBefore: bigint },
): PromotionState {
  if (!plan.promotion) return 'NONE';
  if (sale.turnoverBefore >= plan.promotion.turnover) return 'ENDED_BY_TURNOVER';
  return sale.at < plan.promotion.until ? 'APPLIED' : 'ENDED_BY_TIME';
}

/** What the merchant pays for one settled transaction, and why. */
export type Commission = {
  readonly amount: bigint;
  readonly base: bigint;
  readonly currency: Currency;
  readonly ratePpm: number;
  readonly rule: string;
};

/** A settled amount in minor units and how it was paid. */
export type Sale = { readonly channel: string; readonly amount: bigint; readonly currency: Currency };

/**
 * Computes the commission of a sale: the channel's rate, half up to the minor unit, and nothing while the promotion
 * holds.
 */
export function commissionFor(
  plan: Pick<Terms, 'ratesPpm' | 'promotion'>,
  sale: Sale,
  promotion: PromotionState = 'NONE',
): Commission {
  const { ratePpm, rule } = promotion === 'APPLIED' ? freeOf(plan) : rateOf(plan, sale.channel);
  return { amount: share(sale.amount, ratePpm), base: sale.amount, currency: sale.currency, ratePpm, rule };
}

function rateOf(plan: Pick<Terms, 'ratesPpm'>, channel: string): Pick<Commission, 'ratePpm' | 'rule'> {
  const named = plan.ratesPpm[channel];
  const ratePpm = named ?? plan.ratesPpm['*'];
  if (ratePpm === undefined) throw new Error(`The price plan has no rate for ${channel} and no general one.`);
  const scope = named === undefined ? 'every channel without a rate of its own' : `the channel ${channel}`;
  return { ratePpm, rule: `${toPercent(ratePpm)} % for ${scope}, rounded half up.` };
}

function freeOf({ promotion }: Pick<Terms, 'promotion'>): Pick<Commission, 'ratePpm' | 'rule'> {
  if (!promotion) throw new Error('A plan without a promotion makes nothing free.');
  const limit = `${toDecimal(promotion.turnover)} PLN`;
  return {
    ratePpm: 0,
    rule: `0 % by the promotion: to ${lastDayOf(promotion)} or ${limit} of turnover before the sale.`,
  };
}

/**
 * The commission that a refund gives back by a plan that says so: that of the refunded share, half up. It is the
 * difference of what all refunds up to it and all before it give back, so together they never give back more than was
 * charged, and exactly that when everything is refunded.
 * @param refund minor units: what settled refunds had taken before it, and what it takes.
 */
export function commissionGivenBack(
  charged: Pick<Commission, 'amount' | 'base'>,
  refund: { readonly before: bigint; readonly amount: bigint },
): bigint {
  const of = (refunded: bigint): bigint => (2n * charged.amount * refunded + charged.base) / (2n * charged.base);
  return of(refund.before + refund.amount) - of(refund.before);
}

/** Writes a rate as a decimal percentage without needless zeros: 15,900 ppm gives `1.59`. */
export function toPercent(ratePpm: number): string {
  const whole = Math.trunc(ratePpm / 10_000);
  const rest = String(ratePpm % 10_000)
    .padStart(4, '0')
    .replace(/0+$/, '');
  return rest === '' ? String(whole) : `${whole}.${rest}`;
}

/** Reads a percentage with up to four decimals: `1.59` gives 15,900 ppm. Undefined when it is none, or is above 100. */
export function parsePercent(text: string): number | undefined {
  const [, whole = '', decimals = ''] = /^(\d{1,3})(?:\.(\d{1,4}))?$/.exec(text) ?? [];
  const ratePpm = Number(whole + decimals.padEnd(4, '0'));
  return whole === '' || ratePpm > 1_000_000 ? undefined : ratePpm;
}
