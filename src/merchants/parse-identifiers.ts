import { InvalidInput } from '../kernel/errors.ts';

const nipWeights = [6, 5, 7, 2, 3, 4, 5, 6, 7];
const regonWeights = [8, 9, 2, 3, 4, 5, 6, 7];
const longRegonWeights = [2, 4, 8, 5, 0, 9, 7, 3, 6, 1, 2, 4, 8];
const bankWeights = [3, 9, 7, 1, 3, 9, 7];

/**
 * Takes a NIP, the tax number: ten digits, hyphens and spaces between them are left out (domain: checks of identifiers).
 * @throws InvalidInput when it has other characters, ten equal digits, or a wrong check digit.
 */
export function parseNip(text: string, field: readonly string[]): string {
  const digits = text.replace(/[ -]/g, '');
  if (!/^\d{10}$/.test(digits)) throw new InvalidInput('A NIP has ten digits, such as 526-025-02-74.', field);
  // A remainder of 10 is no digit, so no last digit equals it.
  if (/^(.)\1+$/.test(digits) || remainder(digits, nipWeights) !== Number(digits[9])) {
    throw new InvalidInput('The check digit of this NIP is wrong; look for a mistyped digit.', field);
  }
  return digits;
}

/**
 * Takes a REGON, the number in the register of companies: 9 digits, or 14 for a branch, whose first 9 must be good too.
 * @throws InvalidInput when it has another length, other characters, or a wrong check digit.
 */
export function parseRegon(text: string, field: readonly string[]): string {
  const digits = text.replace(/[ -]/g, '');
  if (!/^(\d{9}|\d{14})$/.test(digits) || /^0+$/.test(digits)) {
    throw new InvalidInput('A REGON has 9 digits, or 14 for a branch, such as 123456785.', field);
  }
  const isGood =
    remainder(digits, regonWeights) % 10 === Number(digits[8]) &&
    (digits.length === 9 || remainder(digits, longRegonWeights) % 10 === Number(digits[13]));
  if (!isGood) throw new InvalidInput('The check digit of this REGON is wrong; look for a mistyped digit.', field);
  return digits;
}

/** Says whether the first two of 26 digits check the others (ISO 7064, MOD 97-10). P and L count as 25 and 21 (ISO 13616). */
export function hasCheckDigits(digits: string): boolean {
  return BigInt(`${digits.slice(2)}2521${digits.slice(0, 2)}`) % 97n === 1n;
}

/**
 * Takes the number of a Polish bank account: 26 digits (NRB) or PL and 26 digits (IBAN), with or without spaces. Both the
 * remainder by 97 (ISO 7064) and the check digit of the bank's own number are looked at.
 * @returns the IBAN without spaces.
 * @throws InvalidInput when it is none.
 */
export function parseIban(text: string, field: readonly string[]): string {
  const written = text.replace(/ /g, '').toUpperCase();
  if (/^(?!PL)[A-Z]{2}\d{2}/.test(written)) {
    throw new InvalidInput('Payouts go to accounts in Poland; give PL and 26 digits.', field);
  }
  const digits = written.replace(/^PL/, '');
  if (!/^\d{26}$/.test(digits)) {
    throw new InvalidInput('An account number has 26 digits, with or without PL before them.', field);
  }
  const bank = digits.slice(2, 10);
  if (!hasCheckDigits(digits)) {
    throw new InvalidInput('The check digits of this account number are wrong; look for a mistyped digit.', field);
  }
  // Eight zeros have the right check digit, and are no bank's number.
  if (/^0+$/.test(bank) || (10 - (weighted(bank, bankWeights) % 10)) % 10 !== Number(bank[7])) {
    throw new InvalidInput(`There is no bank with the number ${bank}, which is in this account number.`, field);
  }
  return `PL${digits}`;
}

function remainder(digits: string, weights: readonly number[]): number {
  return weighted(digits, weights) % 11;
}

function weighted(digits: string, weights: readonly number[]): number {
  return weights.reduce((sum, weight, place) => sum + weight * Number(digits[place]), 0);
}
