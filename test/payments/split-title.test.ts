import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fitsSplitTitle, parseSplitTitle, type SplitTitle, writeSplitTitle } from '../../src/payments/split-title.ts';

const whole: SplitTitle = { vat: 2_300n, taxNumber: '5231242681', invoiceNumber: 'PM1253/2018', text: 'Kubek' };

describe('A title of split payment', () => {
  it.each([
    ['/VAT/23,00/IDC/5231242681/INV/PM1253/2018/TXT/Kubek', 2_300, '5231242681', 'PM1253/2018', 'Kubek'],
    ['/VAT/23,00/IDC/5231242681/INV/PM1253/2018/TXT/', 2_300, '5231242681', 'PM1253/2018', ''],
    ['/VAT/0,01/IDC/PL5231242681/INV/1/TXT/ą /TXT/ ż', 1, 'PL5231242681', '1', 'ą /TXT/ ż'],
    [
      `/VAT/9999999999,99/IDC/${'1'.repeat(14)}/INV/${'F'.repeat(35)}/TXT/${'t'.repeat(33)}`,
      ...([999_999_999_999, '1'.repeat(14), 'F'.repeat(35), 't'.repeat(33)] as const),
    ],
  ] as const)('is written and read as %s', (title, vat, taxNumber, invoiceNumber, text) => {
    const said = { vat: BigInt(vat), taxNumber, invoiceNumber, text };
    expect(writeSplitTitle(said)).toBe(title);
    expect(parseSplitTitle(title)).toEqual(said);
  });

  it('may end with the number of the invoice', () => {
    expect(parseSplitTitle('/VAT/23,00/IDC/5231242681/INV/PM1253/2018')).toEqual({ ...whole, text: '' });
  });

  it.each([
    '',
    'Kubek',
    '/VAT/23.00/IDC/5231242681/INV/1/TXT/a',
    '/VAT/23,0/IDC/5231242681/INV/1/TXT/a',
    '/VAT/23/IDC/5231242681/INV/1/TXT/a',
    '/VAT/0,00/IDC/5231242681/INV/1/TXT/a',
    '/VAT/-1,00/IDC/5231242681/INV/1/TXT/a',
    '/VAT/12345678901,00/IDC/5231242681/INV/1/TXT/a',
    '/VAT/1,00/IDC//INV/1/TXT/a',
    '/VAT/1,00/IDC/523-124-26-81/INV/1/TXT/a',
    `/VAT/1,00/IDC/${'1'.repeat(15)}/INV/1/TXT/a`,
    '/VAT/1,00/IDC/5231242681/INV/',
    `/VAT/1,00/IDC/5231242681/INV/${'1'.repeat(36)}`,
    `/VAT/1,00/IDC/5231242681/INV/1/TXT/${'t'.repeat(34)}`,
    '/IDC/5231242681/VAT/1,00/INV/1/TXT/a',
    ' /VAT/1,00/IDC/5231242681/INV/1/TXT/a',
    '/vat/1,00/idc/5231242681/inv/1/txt/a',
  ])('is none: %j', (title) => {
    expect(parseSplitTitle(title)).toBeUndefined();
  });

  it.each<Partial<SplitTitle>>([
    { taxNumber: '' },
    { taxNumber: '1 2' },
    { invoiceNumber: '' },
    { invoiceNumber: '1/TXT/2' },
    { invoiceNumber: '1/TXT' },
    { invoiceNumber: '1\u2028' },
    { invoiceNumber: '1'.repeat(36) },
  ])('is not written of %j', (part) => {
    expect(() => writeSplitTitle({ ...whole, ...part })).toThrow('does not fit');
  });

  it('is not written without tax, or with more than fits', () => {
    for (const vat of [-1n, 0n, 10n ** 12n]) expect(() => writeSplitTitle({ ...whole, vat })).toThrow('does not fit');
  });

  it('takes no number with a separator of lines, and has spaces in their place in the text', () => {
    expect(['1\u2028', '1\u2029', '1'].map(fitsSplitTitle)).toEqual([false, false, true]);
    expect(writeSplitTitle({ ...whole, text: 'a\u2028b\u2029c\nd' })).toMatch(/\/TXT\/a b c d$/);
  });

  it('says what was written, whatever that is', () => {
    const number = fc.string({ minLength: 1, maxLength: 35, unit: 'grapheme' }).filter(fitsSplitTitle);
    const said = fc.record({
      vat: fc.bigInt({ min: 1n, max: 10n ** 12n - 1n }),
      taxNumber: fc.stringMatching(/^[A-Za-z\d]{1,14}$/),
      invoiceNumber: fc.oneof(number, fc.stringMatching(/^[/TX1]{1,35}$/).filter(fitsSplitTitle)),
      text: fc.oneof(
        fc.stringMatching(/^[/TX1 ]{0,33}$/),
        fc.stringMatching(/^[ -ż]{0,33}$/).filter((text) => !/\p{Cc}/u.test(text)),
      ),
    });
    fc.assert(
      fc.property(said, (title) => {
        expect(parseSplitTitle(writeSplitTitle(title))).toEqual(title);
      }),
    );
  });
});
