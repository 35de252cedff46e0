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

/** How long the numbers are that begin with four digits: bit 16 stands for 16 digits. No scheme is told by more digits. */
const lengthsByFour = new Uint32Array(10_000);
for (const [, from, to, lengths] of ranges) {
  const bits = lengths.reduce((all, length) => all | (1 << length), 0);
  for (let first = Number(from.padEnd(4, '0')); first <= Number(to.padEnd(4, '9')); first += 1) {
    lengthsByFour[first] = (lengthsByFour[first] ?? 0) | bits;
  }
}

/**
 * Finds every part of some digits that `isCardNumber`, also where parts overlap, by their first digits and then their lengths.
 * Luhn's sum of a part is the difference of two sums from the front, so each part costs the same, however long it is.
 */
export function* cardNumbersWithin(digits: string): Generator<{ readonly start: number; readonly end: number }> {
  const sums = luhnSums(digits);
  let four = Number(digits.slice(0, 3));
  for (let start = 0; start + shortest <= digits.length; start += 1) {
    four = (four * 10 + digits.charCodeAt(start + 3) - 48) % 10_000;
    const lengths = lengthsByFour[four] ?? 0;
    for (let length = shortest; lengths >> length !== 0; length += 1) {
      const end = start + length;
      if (end > digits.length || (lengths & (1 << length)) === 0) continue;
      const sum = sums[end % 2 === 0 ? 0 : 1];
      if (((sum[end] ?? 0) - (sum[start] ?? 0)) % 10 === 0) yield { start, end };
    }
  }
}

const shortest = Math.min(...ranges.flatMap(([, , , lengths]) => lengths));

/**
 * Luhn's sums of the digits before each place, for parts that end before a place with an even number and for those that end
 * before one with an odd number: of either, other digits are doubled.
 */
function luhnSums(digits: string): readonly [even: Int32Array, odd: Int32Array] {
  const [even, odd] = [new Int32Array(digits.length + 1), new Int32Array(digits.length + 1)];
  for (let place = 0; place < digits.length; place += 1) {
    const digit = digits.charCodeAt(place) - 48;
    const doubled = digit > 4 ? digit * 2 - 9 : digit * 2;
    even[place + 1] = (even[place] ?? 0) + (place % 2 === 0 ? doubled : digit);
    odd[place + 1] = (odd[place] ?? 0) + (place % 2 === 0 ? digit : doubled);
  }
  return [even, odd];
}
