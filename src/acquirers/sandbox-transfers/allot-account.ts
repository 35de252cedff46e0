import { createHash } from 'node:crypto';

/** A bank that is none: no bank's number begins with 999, and the last digit is its check digit. */
const bank = '99900009';

/** How many accounts it has: sixteen digits stand behind the bank's number (NBP, NRB numbering). */
const accounts = 10n ** 16n;

/** The letters PL and two zeros as digits, which stand behind a number while its check digits are computed (ISO 13616). */
const countryAndZeros = '252100';

/**
 * Gives an order the account number (NRB) on which its money is awaited: 26 digits, the first two of which check the others (ISO
 * 13616, ISO 7064 MOD 97-10). The same reference has the same number; that no two have the same is for the database to keep.
 */
export function allotAccount(reference: string): string {
  const hash = createHash('sha256').update(reference).digest('hex');
  const account = `${bank}${String(BigInt(`0x${hash}`) % accounts).padStart(16, '0')}`;
  const check = 98n - (BigInt(`${account}${countryAndZeros}`) % 97n);
  return `${String(check).padStart(2, '0')}${account}`;
}
