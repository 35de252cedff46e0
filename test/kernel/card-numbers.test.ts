import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  hideCardNumbers,
  hideCardNumbersIn,
  holdsCardNumber,
  holdsCardNumberIn,
} from '../../src/kernel/card-numbers.ts';
import { cardSchemeOf, passesLuhn } from '../../src/kernel/card-schemes.ts';
import { anyCardNumber, strangeWritingsOf, writingsOf } from '../support/card-numbers.ts';
import { runs } from '../support/runs.ts';

const removed = '[card number removed]';

const before = fc.constantFrom(
  '',
  'ORD',
  'nr_',
  'Zamówienie ',
  'karta: ',
  '2026 ',
  '(',
  'a\n',
  '\u001b',
  'ż',
  '12/29 ',
);
const after = fc.constantFrom('', 'x', '_y', '.', '!', '\u0000', 'ż', ', exp. 12/2029', '\n 123');

/** A card number in one of its writings among other words. */
const written = fc
  .tuple(before, anyCardNumber.chain(writingsOf), after)
  .map(([left, number, right]) => ({ text: left + number + right, hidden: left + removed + right, number }));

describe('A card number', () => {
  it('is found in every writing and among any words, and nothing else is hidden', () => {
    fc.assert(
      fc.property(written, ({ text, hidden }) => {
        expect(holdsCardNumber(text)).toBe(true);
        expect(hideCardNumbers(text)).toBe(hidden);
        expect(holdsCardNumber(hidden)).toBe(false);
      }),
      runs(2_000),
    );
  });

  it('is found with any separators between its groups, in the digits of any script, and with signs in it that are not seen', () => {
    fc.assert(
      fc.property(before, anyCardNumber.chain(strangeWritingsOf), after, (left, number, right) => {
        expect(holdsCardNumber(left + number + right)).toBe(true);
        const hidden = hideCardNumbers(left + number + right);
        expect(hidden.startsWith(left + removed)).toBe(true);
        expect(holdsCardNumber(hidden)).toBe(false);
      }),
      runs(1_000),
    );
  });

  it.each([
    ['underscores', '4111_1111_1111_1111'],
    ['slashes', '4111/1111/1111/1111'],
    ['commas', '4111,1111,1111,1111'],
    ['en dashes', '4111–1111–1111–1111'],
    ['two blanks', '4111  1111  1111  1111'],
    ['line breaks', '4111\r\n1111\r\n1111\r\n1111'],
    ['narrow blanks that do not break', '4111\u202f1111\u202f1111\u202f1111'],
    ['separators of several kinds', '4111-1111 1111.1111'],
    ['blanks around dashes', '4111 - 1111 - 1111 - 1111'],
    ['a line break in its middle', '4111 1111\n1111 1111'],
    ['a wider blank in its middle', '4111 1111  1111 1111'],
    ['a dash in its middle', '4111 1111 - 1111 1111'],
    ['blanks of no width', '4111\u200b1111\u200b1111\u200b1111'],
    ['a blank of no width behind each digit', [...'4111111111111111'].join('\u200b')],
    ['soft hyphens', '41\u00ad111111\u00ad11111111'],
    ['digits of full width', '４１１１ １１１１ １１１１ １１１１'],
    ['Arabic-Indic digits', '٤١١١١١١١١١١١١١١١'],
    ['mathematical digits', '𝟒𝟏𝟏𝟏-𝟏𝟏𝟏𝟏-𝟏𝟏𝟏𝟏-𝟏𝟏𝟏𝟏'],
    ['a blank behind each digit', '4 1 1 1  1 1 1 1  1 1 1 1  1 1 1 1'],
    ['its expiry as a fifth group', '4111/1111/1111/1111/1229'],
    ['its expiry as a fifth line', '4111\n1111\n1111\n1111\n1229'],
    ['its expiry and its security code in one row of commas', '4111,1111,1111,1111,1229,123'],
    ['brackets', '(4111)(1111)(1111)(1111)'],
    ['brackets and blanks', '[4111] [1111] [1111] [1111]'],
    ['some of it in brackets', '4111 (1111) (1111) 1111'],
    ['NUL', '4111\u00001111\u00001111\u00001111'],
    ['escape characters', '4111\u001b1111\u001b1111\u001b1111'],
    ['controls of the other kind', '4111\u009f1111\u009f1111\u009f1111'],
    ['NUL behind each digit', [...'4111111111111111'].join('\u0000')],
    ['NUL in its middle', '41111111\u000011111111'],
    ['separators of units', '4111\u001f1111\u001f1111\u001f1111'],
    ['next lines', '4111\u00851111\u00851111\u00851111'],
    ['line breaks as JSON quotes them', '{"note":"4111\\n1111\\n1111\\n1111"}'],
  ])('is found with %s', (_, number) => {
    for (const text of [number, `karta ${number}, 12/29`]) {
      expect(holdsCardNumber(text)).toBe(true);
      expect(hideCardNumbers(text)).toContain(removed);
      expect(holdsCardNumber(hideCardNumbers(text))).toBe(false);
    }
  });

  const names = [
    ...['karta ', 'Nr karty: ', 'płatność kartą nr ', 'numery kart: ', 'Karta kredytowa o numerze: ', 'na karcie ('],
    ...['numer mojej karty płatniczej to ', 'card no. ', '{"cardNumber":"', 'card_number=', 'credit card: ', 'cards '],
    ...['VISA ', 'MasterCard=', 'nr karty (VISA) *', 'karta American Express '],
  ];
  it.each([
    '4111-1111 1111-1111',
    '4111-1111/1111-1111',
    '4111.1111 1111.1111',
    '(4111) 1111 (1111) 1111',
    '41111111 11111111',
    '41111111-11111111',
    '(41111111)(11111111)',
    '4111 111111111111',
    '411111111111 1111',
    '411111 1111111111',
    '4111 1111 11111111',
    '4111 11111111 1111',
    '41111111 1111 1111',
  ])('in unusual groups, %j, is found where a word says that it is one, and is none without', (number) => {
    expect(hideCardNumbers(number)).toBe(number);
    expect(hideCardNumbers(`tel. ${number}`)).toBe(`tel. ${number}`);
    for (const name of names) {
      expect(hideCardNumbers(name + number)).toContain(removed);
      expect(holdsCardNumber(hideCardNumbers(name + number))).toBe(false);
    }
  });

  it('is found digit by digit, where no other digits follow in this way', () => {
    fc.assert(
      fc.property(before, anyCardNumber, fc.constantFrom(' ', '-', '\u00a0', '.', '  '), (left, number, separator) => {
        const spelt = left + [...number].join(separator);
        expect(hideCardNumbers(`${spelt}, 12/29`)).toBe(`${left + removed}, 12/29`);
      }),
      runs(200),
    );
  });

  it('is found behind an account number, and among account numbers', () => {
    const account = '61 1090 1014 0000 0712 1981 2874';
    for (const known of [account, `PL${account}`, account.replaceAll(' ', '\u2013')]) {
      expect(hideCardNumbers(`${known} 4111 1111 1111 1111\n${known}`)).toBe(`${known} ${removed}\n${known}`);
    }
  });

  it('is found before the digits of its expiry and its security code', () => {
    fc.assert(
      fc.property(
        anyCardNumber.chain(writingsOf),
        fc.constantFrom(' 12/29 123', ' 5', '-123', ' 1229'),
        (number, more) => {
          expect(holdsCardNumber(number + more)).toBe(true);
          expect(holdsCardNumber(hideCardNumbers(number + more))).toBe(false);
          expect(hideCardNumbers(number + more)).toMatch(/^\[card number removed\]/);
        },
      ),
      runs(200),
    );
  });

  it('is found next to another, and both are hidden', () => {
    fc.assert(
      fc.property(written, written, fc.constantFrom('; ', '\n', ' and '), (one, other, glue) => {
        expect(hideCardNumbers(one.text + glue + other.text)).toBe(one.hidden + glue + other.hidden);
      }),
      runs(200),
    );
    const first = '4825 6191 8776 3414';
    const inLines = '6471\n9425\n1841\n9296';
    expect(hideCardNumbers(`${first}\n${inLines}`)).toBe(`${removed}\n${removed}`);
    expect(hideCardNumbers(`${inLines}\n${first}`)).toBe(`${removed}\n${removed}`);
    expect(hideCardNumbers(`exp. 12/2029\n${inLines}\n2026 ${first}`)).toBe(
      `exp. 12/2029\n${removed}\n2026 ${removed}`,
    );
  });

  it('is found percent-encoded, as a whole or in part, and in an address inside an address', () => {
    fc.assert(
      fc.property(written, ({ text, number }) => {
        const once = encodeURIComponent(text);
        const whole = [...Buffer.from(text)].map((byte) => `%${byte.toString(16).padStart(2, '0')}`).join('');
        const plus = `https://shop.example/?card=${new URLSearchParams({ a: number })}`;
        for (const address of [once, whole, plus, `/back?to=${encodeURIComponent(`/x?c=${once}`)}`]) {
          expect(holdsCardNumber(address)).toBe(true);
          const hidden = hideCardNumbers(address);
          expect(hidden).toContain(removed);
          expect(hidden.replaceAll(/\D/g, '')).not.toContain(number.replaceAll(/\D/g, ''));
          expect(holdsCardNumber(hidden)).toBe(false);
        }
      }),
      runs(200),
    );
  });

  it('is found in a text that quotes JSON, whatever of it is escaped there', () => {
    fc.assert(
      fc.property(written, ({ text, number }) => {
        const escaped = [...text].map((sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
        const ascii = JSON.stringify({ a: text }).replaceAll(/[^\x20-\x7e]/g, (sign) => {
          return `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
        });
        for (const quoted of [escaped, ascii, `got ${JSON.stringify(ascii)}`]) {
          expect(holdsCardNumber(quoted)).toBe(true);
          const hidden = hideCardNumbers(quoted);
          expect(hidden).toContain(removed);
          expect(hidden.replaceAll(/\D/g, '')).not.toContain(number.replaceAll(/\D/g, ''));
          expect(holdsCardNumber(hidden)).toBe(false);
        }
      }),
      runs(200),
    );
  });

  it.each([
    ['4111111111111111', 'VISA'],
    ['4000001234567899018', 'VISA'],
    ['5555555555554444', 'MASTERCARD'],
    ['2221000000000009', 'MASTERCARD'],
    ['2720999999999996', 'MASTERCARD'],
    ['378282246310005', 'AMEX'],
    ['6011111111111117', 'DISCOVER'],
    ['3566002020360505', 'JCB'],
    ['30569309025904', 'DINERS'],
    ['38520000023237', 'DINERS'],
    ['6759649826438453', 'MAESTRO'],
    ['6200000000000005', 'UNIONPAY'],
  ])('of a test card, %s, is one of %s', (number, scheme) => {
    expect(cardSchemeOf(number)).toBe(scheme);
    expect(passesLuhn(number)).toBe(true);
    expect(holdsCardNumber(number)).toBe(true);
  });

  it.each([
    ['that fails Luhn', '4111111111111112'],
    ['in no range', '9111111111111111'],
    ['that is too short for its scheme', '411111111111116'],
    ['that is too long', '41111111111111111111'],
    ['just below a range', '2220999999999997'],
    ['just above a range', '2721000000000004'],
    ['with another digit in its word', 'A1B4111111111111111'],
    ['with another digit behind it in its word', '4111111111111111x2'],
    ['with more than three separators', '4111 -- 1111 -- 1111 -- 1111'],
    ['as a list', '4111, 1111, 1111, 1111'],
    ['with other words between', '4111 a 1111 a 1111 a 1111'],
    ['in unusual groups', '41 11 11 11 11 11 11 11'],
    ['in a list that a month and a year do not end', '4111/1111/1111/1111/1229/4111'],
    ['in a list that something else ends', '4111/1111/1111/1111/1329'],
    ['in a list in brackets', '[4111] [1111] [1111] [1111] [1111]'],
    ['in a list of units', '4111\u001f1111\u001f1111\u001f1111\u001f1111'],
    ['as two figures of eight digits', '41111111 11111111'],
    ['as two figures of eight digits in halves', '4111-1111 1111-1111'],
    ['named in another part of the text', 'karta 12, zamówienia 41111111 11111111'],
    ['named by a part of another word', 'zkarty 41111111 11111111'],
    ['named by the beginning of another word', 'Kartony 41111111 11111111'],
    ['where another word says what it is', 'płatność kartą, tel. 4111-1111 1111-1111'],
    ['where another word behind that of a card says what it is', 'Płatność kartą za zamówienia 41111111 11111111'],
    ['of a card of another kind', 'Karta klienta 41111111 11111111'],
    ['as two telephone numbers, one in brackets', 'tel. 4111 1111 (1111 1111)'],
    ['as two telephone numbers, both in brackets', 'tel. [4111 1111] [1111 1111]'],
    ['named, and a list', 'karty 4111, 1111, 1111, 1111'],
    ['named, and a list of more', 'karty 4111/1111/1111/1111/1111'],
    ['of nothing', ''],
  ])('is none %s', (_, text) => {
    expect(holdsCardNumber(text)).toBe(false);
    expect(hideCardNumbers(text)).toBe(text);
  });

  it('is found in the texts, numbers and names of a JSON value, at any depth', () => {
    const value = { a: [{ b: 'nr 4111 1111 1111 1111' }], n: 4111111111111111, x5555555555554444: null, ok: [1, true] };
    for (const part of [value.a, value.n, { x5555555555554444: null }]) expect(holdsCardNumberIn(part)).toBe(true);
    expect(holdsCardNumberIn({ ok: [1, true, null, 'nr 4111'] })).toBe(false);
    expect(hideCardNumbersIn(value)).toEqual({
      ...{ a: [{ b: `nr ${removed}` }], n: removed, [`x${removed}`]: null, ok: [1, true] },
    });
  });
});

const digits = (count: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: count, maxLength: count }).map((list) => list.join(''));
const inFours = (text: string, separator: string) => (text.match(/.{1,4}/g) ?? []).join(separator);
const separators = fc.constantFrom(' ', '\u00a0', '-', '.', '_', '/', '  ', '\u2013', '\n', '\u202f', ' - ');
const moment = fc.date({ min: new Date('2000-01-01'), max: new Date('2035-12-31'), noInvalidDate: true });

/** An IBAN of a country whose account numbers are all digits, so of the lengths of card numbers. */
const iban = fc
  .constantFrom(
    ['AT', 16],
    ['LT', 16],
    ['EE', 16],
    ['DK', 14],
    ['FI', 14],
    ['SI', 15],
    ['DE', 18],
    ['FR', 23],
    ['PL', 24],
  )
  .chain(([country, length]) => digits(length as number).map((account) => ibanOf(country as string, account)));

function ibanOf(country: string, account: string): string {
  const asDigits = [...`${country}00`].map((sign) => Number.parseInt(sign, 36)).join('');
  const check = 98n - (BigInt(account + asDigits) % 97n);
  return `${country}${String(check).padStart(2, '0')}${account}`;
}

const machineTexts: Record<string, fc.Arbitrary<string>> = {
  'a UUID': fc.uuid(),
  'a UUID of mostly digits': fc
    .tuple(digits(4), digits(4), digits(4), digits(4), digits(4))
    .map(([a, b, c, d, e]) => `abcd${a}-${b}-${c}-${d}-${e}abcdefab`),
  'a SHA-256 in hexadecimal': fc.string().map((text) => createHash('sha256').update(text).digest('hex')),
  'a key in base64url': fc
    .uint8Array({ minLength: 32, maxLength: 32 })
    .map((bytes) => Buffer.from(bytes).toString('base64url')),
  'a key in base64': fc
    .uint8Array({ minLength: 64, maxLength: 64 })
    .map((bytes) => Buffer.from(bytes).toString('base64')),
  'a list of small numbers': fc
    .tuple(
      fc.array(fc.integer({ min: 0, max: 9_999 }), { minLength: 1, maxLength: 40 }),
      fc.constantFrom(', ', '; ', ' | '),
    )
    .map(([numbers, glue]) => numbers.join(glue)),
  'a list of numbers of four digits': fc
    .tuple(
      fc.array(fc.integer({ min: 1_000, max: 9_999 }), { minLength: 5, maxLength: 40 }),
      fc.constantFrom(',', '/', '\n', '\r\n', ')(', '] [', '}\n{', '\u001e', '\u001f'),
    )
    // A month and a year behind four others would be the expiry of a card.
    .filter(([numbers]) => numbers.length > 5 || !/^1[0-2][2-4]/.test(String(numbers[4])))
    .map(([numbers, glue]) => numbers.join(glue)),
  'two figures of eight digits': fc
    .tuple(digits(8), digits(8), fc.constantFrom(' ', '-', '/', '\n', ', ', ') (', '\u001f'))
    .map(([one, other, glue]) => one + glue + other),
  'a sort code and an account number': fc
    .tuple(digits(2), digits(2), digits(2), digits(8), fc.constantFrom('-', ' '), fc.constantFrom(' ', '\n', ' / '))
    .map(([a, b, c, account, within, glue]) => [a, b, c].join(within) + glue + account),
  'a sort code together and an account number': fc
    .tuple(digits(6), fc.constantFrom(8, 10).chain(digits), fc.constantFrom(' ', '-', ') ('))
    .map(([code, account, glue]) => code + glue + account),
  'a telephone number with its area in brackets': fc
    .tuple(fc.integer({ min: 2, max: 5 }).chain(digits), digits(3), digits(4), fc.constantFrom(' ', '-', ''))
    .map(([area, one, two, glue]) => `(${area}) ${one}${glue}${two}`),
  'two telephone numbers of eight digits in halves, in brackets or not': fc
    .tuple(digits(4), digits(4), digits(4), digits(4), fc.constantFrom(' (', ') (', '[', ' ] '))
    .map(([a, b, c, d, glue]) => `${a} ${b}${glue}${c} ${d}`),
  'figures of eight digits in two halves': fc
    .tuple(
      fc.array(fc.tuple(fc.integer({ min: 1_000, max: 9_999 }), fc.integer({ min: 1_000, max: 9_999 })), {
        minLength: 1,
        maxLength: 8,
      }),
      fc.constantFrom('.', '-', '_'),
      fc.constantFrom(' ', '\n', '/', ' / '),
    )
    .map(([pairs, within, glue]) => pairs.map((pair) => pair.join(within)).join(glue)),
  'a table of two columns of four digits': fc
    .tuple(
      fc.array(fc.tuple(fc.integer({ min: 1_000, max: 9_999 }), fc.integer({ min: 1_000, max: 9_999 })), {
        minLength: 3,
        maxLength: 8,
      }),
      fc.constantFrom(' ', '  ', '\t\t'),
      fc.constantFrom('\n', '\r\n', ' / '),
    )
    .map(([rows, within, glue]) => rows.map((row) => row.join(within)).join(glue)),
  'a list of figures': fc
    .tuple(fc.array(fc.nat(9), { minLength: 1, maxLength: 40 }), fc.constantFrom(', ', ',', ';', ':'))
    .map(([figures, glue]) => figures.join(glue)),
  'a row of more figures than a card has': fc
    .tuple(fc.array(fc.nat(9), { minLength: 20, maxLength: 60 }), fc.constantFrom(' ', '-', '\n'))
    .map(([figures, glue]) => figures.join(glue)),
  'moments, dates and times in a row': fc
    .tuple(fc.array(moment, { minLength: 1, maxLength: 4 }), fc.constantFrom(' ', '\n', ', ', ' - ', '/'))
    .map(([moments, glue]) => moments.map((at) => at.toISOString().slice(0, 19).replace('T', ' ')).join(glue)),
  'an order number by its date': fc
    .tuple(moment, fc.nat(99_999), fc.constantFrom('/', '-', '_', '.'))
    .map(([at, number, glue]) => [...at.toISOString().slice(0, 10).split('-'), number].join(glue)),
  'amounts in a row': fc
    .tuple(fc.array(fc.nat(9_999_999), { minLength: 1, maxLength: 8 }), fc.constantFrom(' ', '\n', '; ', ' / '))
    .map(([amounts, glue]) => amounts.map((amount) => (amount / 100).toFixed(2).replace('.', ',')).join(glue)),
  'an ISO moment': moment.map((at) => at.toISOString()),
  'a compact moment': moment.map((at) => at.toISOString().replaceAll(/\D/g, '').slice(0, 14)),
  'a Unix time in seconds to nanoseconds': fc
    .tuple(moment, fc.constantFrom(1e-3, 1, 1e3, 1e6))
    .map(([at, factor]) => String(BigInt(Math.floor(at.getTime() * factor)))),
  'an account number of 26 digits': digits(26),
  'an account number of 26 digits as banks print it': fc
    .tuple(digits(26), separators, fc.constantFrom('', 'PL', 'nr '))
    .map(
      ([account, separator, prefix]) => prefix + account.slice(0, 2) + separator + inFours(account.slice(2), separator),
    ),
  'an IBAN': iban,
  'an IBAN in fours': fc.tuple(iban, separators).map(([account, separator]) => inFours(account, separator)),
  'a telephone number': fc
    .integer({ min: 7, max: 15 })
    .chain(digits)
    .map((number) => `+${number}`),
  'a telephone number as people write it': fc
    .tuple(digits(2), digits(3), digits(3), digits(3), separators)
    .map(([country, ...parts]) => `+${country} ${parts.slice(0, 3).join(parts[3])}`),
};

it('A long row of backslashes that begins no escape is read once', () => {
  const text = `% ${'\\'.repeat(150_000)}`;
  expect(hideCardNumbers(text)).toBe(text);
  expect(holdsCardNumber(`${text}u0034111111111111111`)).toBe(true);
});

it('Texts as long as a request may be are read in one pass, however digits and separators follow each other', () => {
  const long = (piece: string): string => piece.repeat(Math.ceil(1_000_000 / piece.length));
  const none = [
    '4',
    '4 ',
    '4111 ',
    '4111_',
    '4 1 1 1 1 1 1 1 1 1 1 1 1a',
    '(4',
    '4111)(',
    '41111111 ',
    '4\u0000\u0000\u0000 ',
    'karta 41111111 11111112 ',
    `${'karta nr visa '.repeat(5)}4111 111111111112 `,
    '61 1090 1014 0000 0712 1981 2874 ',
    'AB12 ',
  ];
  for (const piece of [...none, `4${' '.repeat(60_000)}`, `4${'\u200b'.repeat(60_000)}`, '４１１１\u3000']) {
    const text = long(piece);
    expect(hideCardNumbers(`${text}; 4111-1111 1111.1111`)).toBe(`${text}; ${removed}`);
  }
});

it('Thousands of them in a text as long as a request may be are hidden, and UUIDs between them left', () => {
  const times = 18_000;
  const uuid = '0192f0c4-1111-7111-8111-411111111111';
  expect(hideCardNumbers(`4111111111111111 ${uuid} `.repeat(times))).toBe(`${removed} ${uuid} `.repeat(times));
  // With a copy of the text for each of them this takes a minute.
  expect(hideCardNumbers('4111111111111111 '.repeat(60_000))).toBe(`${removed} `.repeat(60_000));
});

describe('No card number is seen in', () => {
  it.each(Object.entries(machineTexts))('%s', (_, texts) => {
    fc.assert(
      fc.property(texts, fc.constantFrom('', 'id=', 'key: '), (text, prefix) => {
        expect(hideCardNumbers(prefix + text)).toBe(prefix + text);
        expect(holdsCardNumber(prefix + text)).toBe(false);
      }),
      runs(1_000),
    );
  });
});
