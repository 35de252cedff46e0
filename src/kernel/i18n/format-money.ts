import { type Currency, type Money, toDecimal } from '../money.ts';
import type { Locale } from './locales.ts';

/** Signs that mean one of our currencies to every reader. */
const signs: { readonly [currency in Currency]?: string } = { EUR: '€', GBP: '£', USD: '$' };

/** Signs that a reader knows only at home; everybody else reads the code, which cannot be mistaken. */
const homeSigns: { readonly [locale in Locale]?: { readonly [currency in Currency]?: string } } = {
  pl: { PLN: 'zł' },
  cs: { CZK: 'Kč' },
  sk: { CZK: 'Kč' },
};

const noBreakSpace = '\u00a0';
const formats = new Map<Locale, Intl.NumberFormat>();

/**
 * Writes money for a reader: `1 234,50 zł` in Polish, `PLN 1,234.50` and `€1,234.50` in English, `1.234,50 PLN` in
 * German. The number is written by Intl, always grouped and with two decimals; the sign and its place are our own
 * decision, because Intl's differ between languages without a reason (`zl` in Lithuanian). Spaces do not break.
 */
export function formatMoney(money: Money, locale: Locale): string {
  const sign = signs[money.currency] ?? homeSigns[locale]?.[money.currency];
  if (locale !== 'en') return `${formatDecimal(money.amount, locale)}${noBreakSpace}${sign ?? money.currency}`;
  const minus = money.amount < 0n ? '-' : '';
  const number = formatDecimal(money.amount < 0n ? -money.amount : money.amount, locale);
  return `${minus}${sign ?? `${money.currency}${noBreakSpace}`}${number}`;
}

/** Writes minor units with two decimals. Intl reads the decimal as text, so no digit passes through a float. */
function formatDecimal(amount: bigint, locale: Locale): string {
  let format = formats.get(locale);
  if (format === undefined) {
    format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: 2,
      maximumFractionDigits: 2,
      useGrouping: 'always',
    });
    formats.set(locale, format);
  }
  return format.format(toDecimal(amount) as `${number}`);
}
