import { IntlMessageFormat } from 'intl-messageformat';
import { type Locale, locales } from './locales.ts';

/** The texts of one language: ICU MessageFormat by key. */
export type Messages<Key extends string> = { readonly [key in Key]: string };

/** The languages there are: Polish, which says what keys exist, English, which stands in for the rest, and any others. */
export type Catalogues<Key extends string> = { readonly [locale in 'pl' | 'en']: Messages<Key> } & {
  readonly [locale in Locale]?: Messages<Key>;
};

/** What a message is filled with: texts and whole numbers. Money and moments are formatted before, by our own rules. */
export type MessageValues = { readonly [argument: string]: string | number };

/** Gives the text of a key in one language. The result is plain text: it is not escaped for HTML. */
export type Translator<Key extends string> = (key: Key, values?: MessageValues) => string;

/** The languages of a set of catalogues, in our order. */
export function localesOf<Key extends string>(catalogues: Catalogues<Key>): Locale[] {
  return locales.filter((locale) => catalogues[locale] !== undefined);
}

/** The language in which a reader of `locale` is served: its own, or English when it has no catalogue. */
export function servedLocale<Key extends string>(locale: Locale, catalogues: Catalogues<Key>): Locale {
  return catalogues[locale] === undefined ? 'en' : locale;
}

/**
 * Makes the translator of one language. A message is parsed when it is first asked for, then kept: make a translator
 * once, not for each request. Tags in messages are plain text, so a text can never become markup.
 */
export function createTranslator<Key extends string>(locale: Locale, catalogues: Catalogues<Key>): Translator<Key> {
  const served = servedLocale(locale, catalogues);
  const messages: Messages<Key> = catalogues[served] ?? catalogues.en;
  const formatters = new Map<Key, IntlMessageFormat>();
  return (key, values) => {
    let formatter = formatters.get(key);
    if (formatter === undefined) {
      formatter = new IntlMessageFormat(messages[key], served, undefined, { ignoreTag: true });
      formatters.set(key, formatter);
    }
    return String(formatter.format(values));
  };
}
