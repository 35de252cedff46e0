import { createTranslator, type Messages, type Translator } from '../../kernel/i18n/catalogue.ts';
import { type Locale, locales } from '../../kernel/i18n/locales.ts';
import cs from './cs.json' with { type: 'json' };
import de from './de.json' with { type: 'json' };
import en from './en.json' with { type: 'json' };
import es from './es.json' with { type: 'json' };
import fr from './fr.json' with { type: 'json' };
import it from './it.json' with { type: 'json' };
import lt from './lt.json' with { type: 'json' };
import pl from './pl.json' with { type: 'json' };
import ru from './ru.json' with { type: 'json' };
import sk from './sk.json' with { type: 'json' };
import sl from './sl.json' with { type: 'json' };
import uk from './uk.json' with { type: 'json' };

/** The key of a text on the payer's pages; Polish says which there are. */
export type MessageKey = keyof typeof pl;

/** The texts of the payer's pages. */
export const catalogues: Readonly<Record<Locale, Messages<MessageKey>>> = {
  pl,
  en,
  de,
  uk,
  fr,
  es,
  sl,
  ru,
  cs,
  sk,
  it,
  lt,
};

const translators = Object.fromEntries(
  locales.map((locale) => [locale, createTranslator(locale, catalogues[locale])]),
) as {
  readonly [locale in Locale]: Translator<MessageKey>;
};

/** The translator of the payer's pages into one language. */
export function translatorFor(locale: Locale): Translator<MessageKey> {
  return translators[locale];
}
