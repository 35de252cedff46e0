import type { Currency } from '../kernel/db/generated/prisma/enums.ts';
import { type Locale, locales } from '../kernel/i18n/locales.ts';
import type { Money } from '../kernel/money.ts';
import { builder } from './builder.ts';
import { describeValues } from './describe-values.ts';

/** ISO 4217 codes of the currencies we settle. */
export const CurrencyEnum = builder.enumType('Currency', {
  description: 'ISO 4217; all have two decimals, so 100 minor units are one unit.',
  values: describeValues<Currency>({
    PLN: 'Polish złoty.',
    EUR: 'Euro.',
    GBP: 'Pound sterling.',
    USD: 'US dollar.',
    CHF: 'Swiss franc.',
    CZK: 'Czech koruna.',
    HUF: 'Hungarian forint; paid out in whole forints.',
    RON: 'Romanian leu.',
  }),
});

const languageNames = new Intl.DisplayNames('en', { type: 'language' });

/** The twelve languages of the paywall. */
export const LocaleEnum = builder.enumType('Locale', {
  description: "Languages of the payer's pages, ISO 639-1.",
  values: describeValues<Locale>(
    Object.fromEntries(locales.map((locale) => [locale, `${languageNames.of(locale)}.`])) as Record<Locale, string>,
  ),
});

/** An amount with its currency. */
export const MoneyRef = builder.objectRef<Money>('Money').implement({
  description: 'An amount in one currency.',
  fields: (t) => ({
    amount: t.expose('amount', { type: 'MinorUnits', description: 'Minor units: 1234 is 12.34.' }),
    currency: t.expose('currency', { type: CurrencyEnum, description: 'ISO 4217.' }),
  }),
});
