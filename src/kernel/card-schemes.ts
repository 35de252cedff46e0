/** The schemes whose cards are recognised, by the ranges of their numbers. */
export type CardScheme = 'VISA' | 'MASTERCARD' | 'AMEX' | 'DISCOVER' | 'JCB' | 'DINERS' | 'MAESTRO' | 'UNIONPAY';

/** First digits, from and to, of a scheme's numbers (ISO/IEC 7812, as the schemes publish them), and how long these are. */
const ranges: readonly (readonly [scheme: CardScheme, from: string, to: string, lengths: readonly number[]])[] = [
  ['VISA', '4', '4', [16, 19]],
  ['MASTERCARD', '51', '55', [16]],
  ['MASTERCARD', '2221', '2720', [16]],
  ['AMEX', '34', '34', [15]],
  ['AMEX', '37', '37', [15]],
  ['DISCOVER', '6011', '6011', [16]],
  ['DISCOVER', '644', '649', [16]],
  ['DISCOVER', '65', '65', [16]],
  ['JCB', '3528', '3589', [16]],
  ['DINERS', '300', '305', [14]],
  ['DINERS', '36', '36', [14]],
  ['DINERS', '38', '38', [14]],
  ['MAESTRO', '50', '50', [16, 17, 18, 19]],
  ['MAESTRO', '56', '58', [16, 17, 18, 19]],
  ['MAESTRO', '63', '63', [16, 17, 18, 19]],
  ['MAESTRO', '67', '67', [16, 17, 18, 19]],
  ['UNIONPAY', '62', '62', [16, 17, 18, 19]],
];

/** The scheme of a card number, by its first digits and its length; undefined when no scheme has such numbers. */
export function cardSchemeOf(digits: string): CardScheme | undefined {
  const range = ranges.find(([, from, to, lengths]) => {
    const first = digits.slice(0, from.length);
    return lengths.includes(digits.length) && first >= from && first <= to;
  });
  return range?.[0];
}

/** Says whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B: the Luhn formula). */
export function passesLuhn(digits: string): boolean {
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const value = Number(digits[digits.length - 1 - place]) * (place % 2 === 0 ? 1 : 2);
    sum += value > 9 ? value - 9 : value;
  }
  return digits !== '' && sum % 10 === 0;
}

/** Says whether digits make the number of a card of a known scheme. */
export function isCardNumber(digits: string): boolean {
  return cardSchemeOf(digits) !== undefined && passesLuhn(digits);
}
