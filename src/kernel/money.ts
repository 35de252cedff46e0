import { InvalidInput } from './errors.ts';

/** The currencies the gateway settles. All have two decimals, so one unit is 100 minor units (grosz, cent, fillér). */
export const currencies = ['PLN', 'EUR', 'GBP', 'USD', 'CHF', 'CZK', 'HUF', 'RON'] as const;
export type Currency = (typeof currencies)[number];

/** Largest amount one payment may have, in minor units (imoje protocol, section 13). */
export const amountMax = 999_999_999n;

/** A whole number of minor units in one currency. Never a float. */
export type Money = { readonly amount: bigint; readonly currency: Currency };

/** Says whether a text is the code of a currency that the gateway settles. */
export function isCurrency(text: string): text is Currency {
  return (currencies as readonly string[]).includes(text);
}

/**
 * Takes the amount of a payment: 1 to 999,999,999 minor units.
 * @throws InvalidInput when it is outside that range.
 */
export function parsePaymentAmount(amount: bigint, field: readonly string[] = ['amount']): bigint {
  if (amount < 1n || amount > amountMax) {
    throw new InvalidInput(`The amount must be 1 to ${amountMax} minor units, not ${amount}.`, field);
  }
  return amount;
}

/** Writes minor units as a decimal with two places: 123450n gives `1234.50`. */
export function toDecimal(amount: bigint): string {
  const digits = (amount < 0n ? -amount : amount).toString().padStart(3, '0');
  return `${amount < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}

/**
 * Takes a share of an amount, rounded half up to the minor unit (away from zero for negative amounts).
 * @param ratePpm the share in parts per million: 1.59 % is 15,900.
 */
export function share(amount: bigint, ratePpm: number): bigint {
  const scaled = (amount < 0n ? -amount : amount) * BigInt(ratePpm);
  const rounded = (scaled + 500_000n) / 1_000_000n;
  return amount < 0n ? -rounded : rounded;
}
