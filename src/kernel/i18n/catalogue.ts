import { IntlMessageFormat } from 'intl-messageformat';
import type { Locale } from './locales.ts';

/** The texts of one language: ICU MessageFormat by key. */
export type Messages<Key extends string> = { readonly [key in Key]: string };

/** What a message is filled with: texts and whole numbers. Money and moments are formatted before, by our own rules. */
export type MessageValues = { readonly [argument: string]: string | number };

/** Gives the text of a key in one language. The result is plain text: it is not escaped for HTML. */
export type Translator<Key extends string> = (key: Key, values?: MessageValues) => string;

/**
 * Makes the translator of one language. A message is parsed when it is first asked for, then kept: make a translator
 * once, not for each request. Tags in messages are plain text, so a text can never become markup.
 */
export function createTranslator<Key extends string>(locale: Locale, messages: Messages<Key>): Translator<Key> {
  const formatters = new Map<Key, IntlMessageFormat>();
  return (key, values) => {
    let formatter = formatters.get(key);
    if (formatter === undefined) {
      formatter = new IntlMessageFormat(messages[key], locale, undefined, { ignoreTag: true });
      formatters.set(key, formatter);
    }
    return String(formatter.format(values));
  };
}
