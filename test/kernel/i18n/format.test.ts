import { describe, expect, it } from 'vitest';
import { formatMoney } from '../../../src/kernel/i18n/format-money.ts';
import { formatCountdown, formatMoment } from '../../../src/kernel/i18n/format-time.ts';
import { locales } from '../../../src/kernel/i18n/locales.ts';

/** Makes the spaces that do not break visible as plain ones. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('formatMoney', () => {
  it('writes one amount in all twelve languages', () => {
    const written = locales.map((locale) => plain(formatMoney({ amount: 123_450n, currency: 'PLN' }, locale)));
    expect(written).toEqual([
      '1 234,50 zł',
      'PLN 1,234.50',
      '1.234,50 PLN',
      '1 234,50 PLN',
      '1 234,50 PLN',
      '1.234,50 PLN',
      '1.234,50 PLN',
      '1 234,50 PLN',
      '1 234,50 PLN',
      '1 234,50 PLN',
      '1.234,50 PLN',
      '1 234,50 PLN',
    ]);
  });

  it('writes signs that everybody knows, and others only at home', () => {
    expect(plain(formatMoney({ amount: 5n, currency: 'EUR' }, 'pl'))).toBe('0,05 €');
    expect(plain(formatMoney({ amount: 100n, currency: 'CZK' }, 'cs'))).toBe('1,00 Kč');
    expect(plain(formatMoney({ amount: 100n, currency: 'CZK' }, 'pl'))).toBe('1,00 CZK');
    expect(plain(formatMoney({ amount: -100n, currency: 'GBP' }, 'en'))).toBe('-£1.00');
  });

  it('keeps every digit of an amount that no float could hold', () => {
    expect(formatMoney({ amount: 900_719_925_474_099_312_345n, currency: 'USD' }, 'en')).toBe(
      '$9,007,199,254,740,993,123.45',
    );
  });

  it('never lets a line break inside an amount', () => {
    for (const locale of locales) expect(formatMoney({ amount: 123_450n, currency: 'RON' }, locale)).not.toMatch(/ /);
  });
});

describe('formatMoment', () => {
  it('writes the time of Warsaw with its name, in summer and in winter', () => {
    expect(plain(formatMoment(new Date('2026-11-23T13:05:00Z'), 'pl'))).toBe('23 listopada 2026 14:05 CET');
    expect(plain(formatMoment(new Date('2026-07-01T22:30:00Z'), 'en'))).toBe('2 July 2026 at 00:30 CEST');
  });

  it('writes one moment in all twelve languages', () => {
    const written = locales.map((locale) => plain(formatMoment(new Date('2026-12-01T13:05:00Z'), locale)));
    expect(written).toEqual([
      '1 grudnia 2026 14:05 CET',
      '1 December 2026 at 14:05 CET',
      '1. Dezember 2026 um 14:05 MEZ',
      '1 грудня 2026 р. о 14:05 CET',
      '1er décembre 2026 à 14:05 CET',
      '1 de diciembre de 2026 a las 14:05 CET',
      '1. december 2026 ob 14:05 CET',
      '1 декабря 2026 г. в 14:05 CET',
      '1. prosince 2026 v 14:05 SEČ',
      '1. decembra 2026 o 14:05 SEČ',
      '1 dicembre 2026 alle ore 14:05 CET',
      '2026 m. gruodžio 1 d. 14:05 CET',
    ]);
  });
});

describe('formatCountdown', () => {
  it('writes minutes and seconds, and nothing below zero', () => {
    expect([125, 60, 9, 0, -3].map(formatCountdown)).toEqual(['2:05', '1:00', '0:09', '0:00', '0:00']);
  });
});
