import { z } from 'zod';
import { InvalidInput } from '../kernel/errors.ts';
import { type ForeignCurrency, foreignCurrencies, parseRate, type RateTable } from './model.ts';

/** A table as it stands in a file, before anything of it is believed. */
export type RawTable = {
  readonly kind: string | undefined;
  readonly number: string | undefined;
  readonly effectiveDate: string | undefined;
  readonly rates: readonly RawRate[];
};

type RawRate = {
  readonly code: string | undefined;
  readonly rate: string | undefined;
  /** For how many units of the currency the rate is. */
  readonly units: string | undefined;
};

/**
 * Checks a table of a file: it is a table A, its number and day are such and of one year, and it has one good rate for
 * each currency that the gateway settles. Other currencies are passed over.
 * @throws InvalidInput.
 */
export function checkTable(raw: RawTable): RateTable {
  const { kind, number: written = '', effectiveDate: day = '' } = raw;
  if (kind !== 'A') throw new InvalidInput(`This is a table ${kind ?? 'without a kind'}; import tables A (mid rates).`);
  const [, count, year] = /^(\d{1,3})\/A\/NBP\/(\d{4})$/.exec(written) ?? [];
  if (count === undefined || Number(count) === 0) {
    throw new InvalidInput(
      `The number of the table must be written as 001/A/NBP/2026, not ${JSON.stringify(written)}.`,
    );
  }
  const number = `${count.padStart(3, '0')}/A/NBP/${year}`;
  if (!z.iso.date().safeParse(day).success)
    throw new InvalidInput(`The day of table ${number} must be written as 2026-01-02, not ${JSON.stringify(day)}.`);
  if (day.slice(0, 4) !== year)
    throw new InvalidInput(`Table ${number} cannot be of ${day}: its number is of ${year}.`);
  const rates = foreignCurrencies.map((currency) => [currency, rateOf(raw, currency, number)] as const);
  return { number, effectiveDate: day, rates: new Map(rates) };
}

function rateOf(raw: RawTable, currency: ForeignCurrency, number: string): bigint {
  const [found, ...more] = raw.rates.filter(({ code }) => code === currency);
  if (!found) throw new InvalidInput(`Table ${number} has no rate of ${currency}; import the whole table.`);
  if (more.length > 0) throw new InvalidInput(`Table ${number} has more than one rate of ${currency}.`);
  const rate = parseRate(found.rate ?? '', found.units);
  if (rate !== undefined) return rate;
  throw new InvalidInput(
    `The rate of ${currency} in table ${number} must be a decimal above 0, such as 4.2345, for 1 to 10000 units, not ${JSON.stringify(found.rate ?? '')} for ${found.units ?? 'none'}.`,
  );
}
