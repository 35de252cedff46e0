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

/** What may stand between two groups of a number, the same everywhere. */
const separators = [
  ...[' ', '\u00a0', '-', '.', '_', '/', ',', '  ', ' - ', '\n', '\r\n', '\t'],
  ...['\u2009', '\u202f', '\u3000', '\u2010', '\u2011', '\u2013', ' \u2014 ', '\u2212', '\u00b7', '\uff0e', '\uff0d'],
];

/** The ways in which people and programs write a card number. */
export function writingsOf(digits: string): fc.Arbitrary<string> {
  const groups = groupsOf(digits);
  const grouped = fc.constantFrom(...separators).map((separator) => groups.join(separator));
  return fc.oneof(fc.constant(digits), grouped);
}

function groupsOf(digits: string): string[] {
  return /^(....)(......)(.{4,5})$|^(....)(....)(....)(....)(.*)$/.exec(digits)?.slice(1).filter(Boolean) ?? [];
}

/** The ways in which somebody writes a card number who wants it to be seen by people alone. */
export function strangeWritingsOf(digits: string): fc.Arbitrary<string> {
  const separator = fc.oneof(
    fc.constantFrom(...separators),
    fc
      .array(fc.constantFrom(' ', '-', '.', '_', '/', '+', '(', ']', '\n', '\u001e', '\u00a0', '\u2014'), {
        minLength: 1,
        maxLength: 3,
      })
      .map((signs) => signs.join('')),
  );
  const nothingSeen = fc
    .array(
      fc.constantFrom('', '', '', '\u200b', '\u200d', '\u00ad', '\u2060', '\ufeff', '\ufe0f\u20e3', '\u0000', '\u0092'),
      {
        minLength: digits.length,
        maxLength: digits.length,
      },
    )
    .map((signs) => (place: number) => signs[place] ?? '');
  // Zero of ASCII, full width, Arabic-Indic, Devanagari, and two rows of mathematical digits, which take two places in a text.
  const zero = fc.constantFrom(0x30, 0xff10, 0x0660, 0x0966, 0x1d7ce, 0x1d7d8);
  return fc
    .tuple(
      fc.constantFrom(groupsOf(digits), [digits]),
      // Not two and two, as other figures stand, unless blanks alone part the two and no bracket sets them off.
      fc
        .array(separator, { minLength: 4, maxLength: 4 })
        .filter(
          ([first = '', second = '', third = '']) =>
            first.length !== third.length ||
            second === third ||
            (/^\s+$/.test(first + third) && /\S/.test(second) && !/[(\]]/.test(second)),
        ),
      nothingSeen,
      zero,
    )
    .map(([groups, between, unseen, first]) => {
      const shown = groups.map((group, at) => {
        const signs = [...group].map(
          (digit, place) => String.fromCodePoint(first + Number(digit)) + unseen(at * 4 + place),
        );
        return signs.join('') + (at < groups.length - 1 ? (between[at] ?? ' ') : '');
      });
      return shown.join('');
    });
}
