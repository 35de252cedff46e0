import type { Currency } from '../kernel/db/generated/prisma/enums.ts';
import { share } from '../kernel/money.ts';

/** The prices of a shop from a date on. Rates are parts per million: 1.59 % is 15,900. */
export type PricePlan = {
  readonly validFrom: Date;
  /** Rates by channel; `*` is for all that are not named. */
  readonly ratesPpm: { readonly [channel: string]: number };
  /** How far the balance may go below zero for a refund, in minor units of each currency. */
  readonly overdraft: bigint;
};

/** The overdraft of a plan that does not say otherwise: 1,000.00 (domain: ledger). */
export const usualOverdraft = 100_000n;

/** What the merchant pays for one settled transaction, and why. */
export type Commission = {
  readonly amount: bigint;
  readonly base: bigint;
  readonly currency: Currency;
  readonly ratePpm: number;
  readonly rule: string;
};

/** The list prices: BLIK 1.59 %, everything else 1.4 % (features F1). */
export const listRatesPpm = { blik: 15_900, blik_oneclick: 15_900, '*': 14_000 } as const;

/** Computes the commission of a settled amount in minor units: the channel's rate, half up to the minor unit. */
export function commissionFor(
  plan: Pick<PricePlan, 'ratesPpm'>,
  sale: { readonly channel: string; readonly amount: bigint; readonly currency: Currency },
): Commission {
  const named = plan.ratesPpm[sale.channel];
  const ratePpm = named ?? plan.ratesPpm['*'];
  if (ratePpm === undefined) throw new Error(`The price plan has no rate for ${sale.channel} and no general one.`);
  const scope = named === undefined ? 'every channel without a rate of its own' : `the channel ${sale.channel}`;
  return {
    amount: share(sale.amount, ratePpm),
    base: sale.amount,
    currency: sale.currency,
    ratePpm,
    rule: `${toPercent(ratePpm)} % for ${scope}, rounded half up.`,
  };
}

/** Writes a rate as a decimal percentage without needless zeros: 15,900 ppm gives `1.59`. */
export function toPercent(ratePpm: number): string {
  const whole = Math.trunc(ratePpm / 10_000);
  const rest = String(ratePpm % 10_000)
    .padStart(4, '0')
    .replace(/0+$/, '');
  return rest === '' ? String(whole) : `${whole}.${rest}`;
}
