import { locales } from '../../kernel/i18n/locales.ts';
import { type MessageKey, translatorFor } from '../../paywall/messages/catalogues.ts';

/**
 * Writes texts of the payer's pages into a script: for each language of the pages an object with the names given, as JSON. So
 * a widget's script knows the same languages as its frame.
 */
export function wordsOf(keys: Readonly<Record<string, MessageKey>>): string {
  return JSON.stringify(
    Object.fromEntries(
      locales.map((locale) => {
        const t = translatorFor(locale);
        return [locale, Object.fromEntries(Object.entries(keys).map(([name, key]) => [name, t(key)]))];
      }),
    ),
  );
}
