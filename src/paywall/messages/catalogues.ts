import {
  type Catalogues,
  createTranslator,
  localesOf,
  servedLocale,
  type Translator,
} from '../../kernel/i18n/catalogue.ts';
import { type Locale, locales } from '../../kernel/i18n/locales.ts';
import en from './en.json' with { type: 'json' };
import pl from './pl.json' with { type: 'json' };

/** The key of a text on the payer's pages; Polish says which there are. */
export type MessageKey = keyof typeof pl;

/** The texts of the payer's pages. A new language is a JSON file with the keys of `pl.json` and its name here. */
export const catalogues: Catalogues<MessageKey> = { pl, en };

/** The languages a payer can read the pages in: give these to `negotiateLocale`. */
export const paywallLocales: readonly Locale[] = localesOf(catalogues);

const translators = Object.fromEntries(locales.map((locale) => [locale, createTranslator(locale, catalogues)])) as {
  readonly [locale in Locale]: Translator<MessageKey>;
};

/** The translator of the payer's pages into one language; English where there is no catalogue. */
export function translatorFor(locale: Locale): Translator<MessageKey> {
  return translators[locale];
}

/** The language that a page in `locale` is really written in, for `<html lang>` and for numbers. */
export function writtenLocale(locale: Locale): Locale {
  return servedLocale(locale, catalogues);
}
