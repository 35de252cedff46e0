import { describe, expect, it } from 'vitest';
import { parseRate, toPln, toRateText } from '../../src/fx/model.ts';
import { parseTables } from '../../src/fx/parse-tables.ts';
import { InvalidInput } from '../../src/kernel/errors.ts';
import { jsonTable, xmlTable } from './tables.ts';

const first = { number: '001/A/NBP/2026', day: '2026-01-02' };

describe('A rate', () => {
  it.each([
    ['4,2345', '1', 423_450_000n],
    ['4.2345', '1', 423_450_000n],
    ['1,0987', '100', 1_098_700n],
    ['0.010987', '1', 1_098_700n],
    ['2,0000', '10000', 20_000n],
    ['4', '1', 400_000_000n],
    ['0.00000001', '1', 1n],
    // No rate of the NBP is like these.
    ['0,0000', '1', undefined],
    ['-4,2345', '1', undefined],
    ['4,', '1', undefined],
    [',5', '1', undefined],
    ['4.2345e1', '1', undefined],
    ['0.123456789', '1', undefined],
    ['0,00000001', '10', undefined],
    ['4,2345', '25', undefined],
    ['4,2345', '0', undefined],
    ['4,2345', '', undefined],
    ['', '1', undefined],
  ])('of %s for %s is %s units of 10^-8 PLN', (text, units, expected) => {
    expect(parseRate(text, units)).toBe(expected);
  });

  it.each([
    [423_450_000n, '4.2345'],
    [1_098_700n, '0.010987'],
    [400_000_000n, '4.0000'],
    [1n, '0.00000001'],
  ])('of %s is written %s', (rate, text) => {
    expect(toRateText(rate)).toBe(text);
  });

  it.each([
    [10_000n, '4.2345', 42_345n],
    [1n, '0.010987', 0n],
    [45n, '0.010987', 0n],
    [46n, '0.010987', 1n],
    [10n, '0.1500', 2n], // 1.5 goes up
    [999_999_999n, '4.8710', 4_870_999_995n],
  ])('makes of %s minor units at %s PLN %s grosz, half up', (amount, rate, expected) => {
    expect(toPln(amount, parseRate(rate) ?? 0n)).toBe(expected);
  });
});

describe('A file of the NBP', () => {
  it('is read the same in its XML and its JSON', () => {
    const [xml] = parseTables(xmlTable(first));
    const [json] = parseTables(jsonTable(first));
    expect(xml).toEqual(json);
    expect(xml).toEqual({
      number: '001/A/NBP/2026',
      effectiveDate: '2026-01-02',
      rates: new Map([
        ['EUR', 423_450_000n],
        ['GBP', 487_100_000n],
        ['USD', 360_120_000n],
        ['CHF', 455_030_000n],
        ['CZK', 17_410_000n],
        ['HUF', 1_098_700n],
        ['RON', 83_120_000n],
      ]),
    });
  });

  it('keeps every decimal as it is written, where a floating-point number would not', () => {
    const [table] = parseTables(jsonTable({ ...first, rates: { EUR: '123456.12345678' } }));
    expect(table?.rates.get('EUR')).toBe(12_345_612_345_678n);
  });

  it('may begin with a byte order mark, hold many tables, and number them without zeros', () => {
    expect(parseTables(`\ufeff${xmlTable({ ...first, number: '1/A/NBP/2026' })}`)[0]?.number).toBe('001/A/NBP/2026');
    const two = `[${[first, { number: '002/A/NBP/2026', day: '2026-01-05' }].map((t) => jsonTable(t).slice(1, -1)).join(',')}]`;
    expect(parseTables(two).map((table) => table.number)).toEqual(['001/A/NBP/2026', '002/A/NBP/2026']);
  });

  const xml = xmlTable(first);
  const json = jsonTable(first);
  it.each([
    ['', 'neither XML nor the JSON of the NBP'],
    ['{}', 'neither XML nor the JSON of the NBP'],
    ['[]', 'neither XML nor the JSON of the NBP'],
    [json.slice(0, -2), 'neither XML nor the JSON of the NBP'],
    [xml.slice(0, -20), 'no table of the NBP'],
    ['<html></html>', 'no table of the NBP'],
    [xml.replace('<pozycja>', '<pozycja><!-- -->'), 'no table of the NBP'],
    [xml.replace('<numer_tabeli>', '<numer_tabeli>1</numer_tabeli><numer_tabeli>'), '<numer_tabeli> twice'],
    [xml.replace('typ="A"', 'typ="C"'), 'This is a table C; import tables A'],
    [json.replace('"A"', '"B"'), 'This is a table B; import tables A'],
    [xml.replace('001/A/NBP/2026', '000/A/NBP/2026'), 'must be written as 001/A/NBP/2026, not "000/A/NBP/2026"'],
    [xml.replace('001/A/NBP/2026', '001/B/NBP/2026'), 'must be written as 001/A/NBP/2026'],
    [xml.replace('2026-01-02', '2026-02-30'), 'must be written as 2026-01-02, not "2026-02-30"'],
    [xml.replace('2026-01-02', '2025-01-02'), 'cannot be of 2025-01-02'],
    [xml.replace('>HUF<', '>JPY<'), 'no rate of HUF; import the whole table'],
    [xml.replace('>THB<', '>EUR<'), 'more than one rate of EUR'],
    [xml.replace('4,2345', '4,23x5'), 'The rate of EUR in table 001/A/NBP/2026 must be a decimal above 0'],
    [json.replace('4.2345', '-4.2345'), 'not "-4.2345" for 1'],
    [json.replace('4.2345', 'null'), 'neither XML nor the JSON of the NBP'],
    [xml.replace('<przelicznik>100', '<przelicznik>7'), 'not "1,0987" for 7'],
  ])('is refused when it is none (%#)', (text, sentence) => {
    expect(() => parseTables(text)).toThrow(InvalidInput);
    expect(() => parseTables(text)).toThrow(sentence);
  });
});
