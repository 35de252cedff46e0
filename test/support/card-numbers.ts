import fc from 'fast-check';

/** The digit that makes digits pass Luhn; on its own, so that a mistake of the product does not hide itself. */
export function checkDigitOf(digits: string): number {
  const doubled = '0246813579';
  let sum = 0;
  for (let place = 0; place < digits.length; place += 1) {
    const digit = Number(digits[digits.length - 1 - place]);
    sum += place % 2 === 0 ? Number(doubled[digit]) : digit;
  }
  return (10 - (sum % 10)) % 10;
}

/** A card number of a length, with these first digits and random others. */
export function cardNumber(first: string, length: number): fc.Arbitrary<string> {
  const digits = length - first.length - 1;
  return fc
    .array(fc.integer({ min: 0, max: 9 }), { minLength: digits, maxLength: digits })
    .map((rest) => first + rest.join(''))
    .map((body) => body + checkDigitOf(body));
}

/** First digits with the lengths of their numbers: Visa, Mastercard, and the schemes that are recognised beside them. */
const firstDigits: readonly (readonly [first: fc.Arbitrary<number>, lengths: readonly number[]])[] = [
  [fc.constant(4), [16, 19]],
  [fc.integer({ min: 51, max: 55 }), [16]],
  [fc.integer({ min: 2221, max: 2720 }), [16]],
  [fc.constantFrom(34, 37), [15]],
  [fc.constantFrom(6011, 65, 644, 645, 646, 647, 648, 649), [16]],
  [fc.integer({ min: 3528, max: 3589 }), [16]],
  [fc.constantFrom(36, 38, 300, 301, 302, 303, 304, 305), [14]],
  [fc.constantFrom(50, 56, 57, 58, 63, 67, 62), [16, 17, 18, 19]],
];

/** Any card number of any scheme. */
export const anyCardNumber: fc.Arbitrary<string> = fc
  .oneof(...firstDigits.map(([first, lengths]) => fc.tuple(first, fc.constantFrom(...lengths))))
  .chain(([first, length]) => cardNumber(String(first), length));

/** The ways in which people and programs write a card number. */
export function writingsOf(digits: string): fc.Arbitrary<string> {
  const groups = /^(....)(......)(.{4,5})$|^(....)(....)(....)(....)(.*)$/.exec(digits)?.slice(1).filter(Boolean) ?? [];
  const grouped = fc.constantFrom(' ', '\u00a0', '-', '.').map((separator) => groups.join(separator));
  return fc.oneof(fc.constant(digits), grouped);
}
