import type { Currency } from '../kernel/money.ts';

/** The currencies that have a rate: all that the gateway settles but PLN. Table A of the NBP has each of them. */
export const foreignCurrencies = ['EUR', 'GBP', 'USD', 'CHF', 'CZK', 'HUF', 'RON'] as const satisfies Currency[];
export type ForeignCurrency = (typeof foreignCurrencies)[number];

/** Rates are PLN for one unit of a currency in whole units of 10^-8: 4.2345 is 423,450,000. No rate of the NBP is finer. */
const rateScale = 100_000_000n;
const rateDecimals = 8;

/** A table A of the National Bank of Poland: mid rates, in force from a day until the next table. */
export type RateTable = {
  /** As `001/A/NBP/2026`. */
  readonly number: string;
  /** As `2026-01-02`. */
  readonly effectiveDate: string;
  /** In units of 10^-8 PLN for one unit of the currency. */
  readonly rates: ReadonlyMap<ForeignCurrency, bigint>;
};

/**
 * Reads a rate as the NBP writes it, with a comma or a point: `1,1234` PLN for 100 units gives 1,123,400.
 * @param units for how many units of the currency the text is: a power of ten up to 10,000.
 * @returns units of 10^-8 PLN for one unit; undefined when the text is no rate, is 0, or is finer than that.
 */
export function parseRate(text: string, units = '1'): bigint | undefined {
  const [, whole = '', decimals = ''] = /^(\d{1,6})[.,](\d{1,8})$|^(\d{1,6})$/.exec(text)?.filter(Boolean) ?? [];
  if (whole === '' || !/^10{0,4}$/.test(units)) return undefined;
  const scaled = BigInt(whole + decimals.padEnd(rateDecimals, '0'));
  const rate = scaled / BigInt(units);
  return rate > 0n && rate * BigInt(units) === scaled ? rate : undefined;
}

/** Writes a rate as the NBP does, with four decimals or as many more as it has: 423,450,000 gives `4.2345`. */
export function toRateText(rate: bigint): string {
  const digits = rate.toString().padStart(rateDecimals + 1, '0');
  const decimals = digits.slice(-rateDecimals).replace(/0{1,4}$/, '');
  return `${digits.slice(0, -rateDecimals)}.${decimals}`;
}

/** What an amount is in PLN minor units at a rate, half up. Both currencies have two decimals. */
export function toPln(amount: bigint, rate: bigint): bigint {
  return (amount * rate + rateScale / 2n) / rateScale;
}
