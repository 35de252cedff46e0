import { InvalidInput } from '../kernel/errors.ts';
import { type Currency, currencies, isCurrency } from '../kernel/money.ts';

/** As many digits as a bank file may have before the decimal mark; all of them fit the database. */
const form = /^(\d{1,15})(?:[.,](\d*))?$/;

/**
 * Reads a decimal amount of a bank file as minor units: `1234.5`, or `1234,50` in MT940. It never becomes a floating-point
 * number.
 * @param place where it stands, for people: `Line 12`.
 * @throws InvalidInput when it is no amount, or one with parts of a minor unit.
 */
export function parseAmount(text: string, place: string): bigint {
  const amount = readAmount(text);
  if (amount === undefined) throw new InvalidInput(`${place}: ${shown(text)} is no amount with at most two decimals.`);
  return amount;
}

/** The same for an amount that a file can do without: undefined when it cannot be read. */
export function readAmount(text: string): bigint | undefined {
  const [, units, decimals = ''] = form.exec(text.trim()) ?? [];
  if (units === undefined || !/^\d{0,2}0*$/.test(decimals)) return undefined;
  return BigInt(units) * 100n + BigInt(decimals.slice(0, 2).padEnd(2, '0'));
}

/**
 * Reads the currency of an amount.
 * @throws InvalidInput when it is none of the gateway's.
 */
export function parseCurrency(text: string | undefined, place: string): Currency {
  if (text !== undefined && isCurrency(text)) return text;
  throw new InvalidInput(`${place}: the currency must be one of ${currencies.join(', ')}, not ${shown(text)}.`);
}

/** What stands in a file, for a sentence about it: never much of it. */
export function shown(text: string | undefined): string {
  return text === undefined ? 'missing' : JSON.stringify(text.slice(0, 40));
}

/** A balance with its sign: what the bank owes is positive. */
export type Balances = { readonly opening: bigint; readonly closing: bigint };

/**
 * Holds the balances of a statement against its movements: a file that lost some of them on its way is not used.
 * @throws InvalidInput when they do not add up.
 */
export function checkBalances({ opening, closing }: Balances, moved: bigint, place: string): void {
  if (opening + moved === closing) return;
  throw new InvalidInput(
    `${place}: the movements do not lead from the opening to the closing balance, so some are missing or wrong; ask the bank for the file again.`,
  );
}
