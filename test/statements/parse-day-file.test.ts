import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { DayFileLine } from '../../src/acquirers/port.ts';
import { currencies } from '../../src/kernel/money.ts';
import { parseDayFile } from '../../src/statements/parse-day-file.ts';
import { writeDayFile } from '../../src/statements/write-day-file.ts';
import { runs } from '../support/runs.ts';

const header = 'kind,reference,amount,currency,at';
const good = 'sale,01980000-0000-7000-8000-000000000001,1234,PLN,2026-11-26T10:00:00Z';
const line: DayFileLine = {
  kind: 'sale',
  reference: '01980000-0000-7000-8000-000000000001',
  amount: 1_234n,
  currency: 'PLN',
  at: new Date('2026-11-26T10:00:00.000Z'),
};

const lines: fc.Arbitrary<DayFileLine> = fc.record({
  kind: fc.constantFrom('sale' as const, 'capture' as const, 'refund' as const),
  reference: fc.oneof(
    fc.uuid(),
    fc.string({ unit: 'binary-ascii', minLength: 1, maxLength: 60 }).filter((text) => text.trim() === text),
  ),
  amount: fc.bigInt(1n, 2n ** 63n - 1n),
  currency: fc.constantFrom(...currencies),
  at: fc.date({ min: new Date('2020-01-01'), max: new Date('2099-12-31'), noInvalidDate: true }),
});

describe('A day file', () => {
  it('is read as it was written, whatever the references are and however large the amounts', () => {
    fc.assert(
      fc.property(fc.array(lines, { maxLength: 20 }), (day) => {
        expect(parseDayFile(writeDayFile(day))).toEqual({ lines: day, mistakes: undefined });
      }),
      runs(300),
    );
  });

  it('has a header and one line for each, in minor units and UTC', () => {
    expect(writeDayFile([line])).toBe(
      `${header}\nsale,01980000-0000-7000-8000-000000000001,1234,PLN,2026-11-26T10:00:00.000Z\n`,
    );
    expect(writeDayFile([])).toBe(`${header}\n`);
  });

  it.each([
    ['as Windows writes it', `\ufeff${header}\r\n${good}\r\n`],
    ['with empty lines and without one at the end', `${header}\n\n${good}`],
    ['with spaces around its fields and quotes', `${header}\n${good.replace(/,/g, ' , ').replace('PLN', '"PLN"')}\n`],
    ['with an id in capitals', `${header}\n${good.toUpperCase().replace('SALE', 'sale')}\n`],
    ['with another time zone', `${header}\n${good.replace('10:00:00Z', '11:00:00.000+01:00')}\n`],
  ])('is read %s', (_, text) => {
    expect(parseDayFile(text)).toEqual({ lines: [line], mistakes: undefined });
  });

  it('may have no lines', () => {
    expect(parseDayFile(`${header}\n`).lines).toEqual([]);
  });
});

describe('A file that cannot be used', () => {
  const needed = `Line 1: the header must be ${header}.`;
  const with1 = (fields: Record<string, string>) => {
    const values = {
      kind: 'sale',
      reference: 'r',
      amount: '1',
      currency: 'PLN',
      at: '2026-11-26T10:00:00Z',
      ...fields,
    };
    return Object.values(values).join(',');
  };

  it.each([
    ['is empty', '', [needed]],
    ['has no header', `${good}\n`, [needed]],
    ['has other columns', `kind,reference,currency,amount,at\n${good}\n`, [needed]],
    ['has a wrong header below empty lines', `\n\nkind\n`, [needed.replace('1', '3')]],
    ['lacks a field', `${header}\nsale,r,1,PLN\n`, ['Line 2: there must be 5 fields, not 4.']],
    ['has a field more', `${header}\n${good},x\n`, ['Line 2: there must be 5 fields, not 6.']],
  ])('because it %s, is refused', (_, text, mistakes) => {
    expect(parseDayFile(text)).toEqual({ lines: undefined, mistakes });
  });

  it.each([
    [{ kind: 'chargeback' }, 'kind must be sale, capture or refund, not "chargeback"'],
    [{ reference: '' }, 'reference must be an id of 1 to 255 characters, not ""'],
    [{ amount: '12.34' }, 'amount must be a whole number of minor units from 1 to 9223372036854775807, not "12.34"'],
    [{ amount: '0' }, 'amount must be a whole number of minor units from 1 to 9223372036854775807, not "0"'],
    [{ amount: '-5' }, 'amount must be a whole number of minor units from 1 to 9223372036854775807, not "-5"'],
    [{ amount: '1e3' }, 'amount must be a whole number of minor units from 1 to 9223372036854775807, not "1e3"'],
    [
      { amount: '9223372036854775808' },
      'amount must be a whole number of minor units from 1 to 9223372036854775807, not "9223372036854775808"',
    ],
    [{ currency: 'zł' }, 'currency must be one of PLN, EUR, GBP, USD, CHF, CZK, HUF, RON, not "zł"'],
    [{ at: '2026-11-26' }, 'at must be a moment with its time zone, such as 2026-11-26T10:00:00Z, not "2026-11-26"'],
    [
      { at: '2026-11-26T10:00:00' },
      'at must be a moment with its time zone, such as 2026-11-26T10:00:00Z, not "2026-11-26T10:00:00"',
    ],
    [
      { at: '2026-02-30T10:00:00Z' },
      'at must be a moment with its time zone, such as 2026-11-26T10:00:00Z, not "2026-02-30T10:00:00Z"',
    ],
  ])('because of %o, is refused with the number of the line', (fields, sentence) => {
    expect(parseDayFile(`${header}\n${good}\n\n${with1(fields)}\n`).mistakes).toEqual([`Line 4: ${sentence}.`]);
  });

  it('has one sentence for each mistake, in the order of the file', () => {
    const { mistakes } = parseDayFile(
      `${header}\n${with1({ kind: 'x', amount: 'y' })}\nz\n${good}\n${with1({ at: '' })}\n`,
    );
    expect(mistakes?.map((sentence) => sentence.slice(0, 16))).toEqual([
      'Line 2: kind mus',
      'Line 2: amount m',
      'Line 3: there mu',
      'Line 5: at must ',
    ]);
  });

  it('shows no more of a wrong value than its beginning', () => {
    const { mistakes } = parseDayFile(`${header}\n${with1({ kind: 'x'.repeat(1_000) })}\n`);
    expect(mistakes).toEqual([`Line 2: kind must be sale, capture or refund, not "${'x'.repeat(40)}".`]);
  });

  it('because a quote is left open, is refused and says so', () => {
    const { mistakes } = parseDayFile(`${header}\n${good}\nsale,"r,1,PLN,2026-11-26T10:00:00Z\n`);
    expect(mistakes).toEqual([expect.stringMatching(/^Line \d: this is no CSV \(Quote Not Closed.*\)\.$/)]);
  });
});
