/** The languages of the payer's pages and mails, as ISO 639-1 codes: `uk` is Ukrainian, not the United Kingdom. */
export const locales = ['pl', 'en', 'de', 'uk', 'fr', 'es', 'sl', 'ru', 'cs', 'sk', 'it', 'lt'] as const;
export type Locale = (typeof locales)[number];

/** Where a reader's wish for a language may stand, strongest first. Each is taken as it came from outside. */
export type LocaleWishes = {
  /** First segment of the path: `/en/payment`. */
  readonly path?: string | undefined;
  /** Query parameter: `?lang=en`. */
  readonly query?: string | undefined;
  /** What was stored before: the payment's locale, a cookie. */
  readonly stored?: string | undefined;
  /** The header `Accept-Language` (RFC 9110, section 12.5.4). */
  readonly acceptLanguage?: string | undefined;
};

/** Reads a language tag: `pl`, `PL`, `pl-PL` and `pl_PL` are Polish; undefined when it is none of our languages. */
export function parseLocale(text: string): Locale | undefined {
  const language = text.trim().toLowerCase().split(/[-_]/, 1)[0];
  return locales.find((locale) => locale === language);
}

/**
 * Chooses the language of an answer: the strongest wish that names one of ours. Whoever asked for nothing reads Polish,
 * the language of the country; whoever asked only for languages that we lack reads English.
 */
export function negotiateLocale(wishes: LocaleWishes): Locale {
  const wanted = [wishes.path, wishes.query, wishes.stored, ...languagesOf(wishes.acceptLanguage ?? '')]
    .map((wish) => wish?.trim() ?? '')
    .filter((wish) => wish !== '');
  for (const wish of wanted) {
    const locale = parseLocale(wish);
    if (locale !== undefined) return locale;
  }
  return wanted.length === 0 ? 'pl' : 'en';
}

/** The name of a language in that language, with a capital: `Polski`, `English`, `Українська`. */
export function endonym(locale: Locale): string {
  const name = new Intl.DisplayNames(locale, { type: 'language' }).of(locale) ?? locale;
  return name.charAt(0).toLocaleUpperCase(locale) + name.slice(1);
}

/** The languages of an `Accept-Language` header, best first; `*` and those with weight 0 say nothing we could serve. */
function languagesOf(header: string): string[] {
  return header
    .slice(0, 1_000)
    .split(',')
    .map((range) => {
      const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
      const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2);
      return { tag, weight: weight === undefined ? 1 : Number(weight) };
    })
    .filter(({ tag, weight }) => tag !== '' && tag !== '*' && weight > 0)
    .sort((one, other) => other.weight - one.weight)
    .map(({ tag }) => tag);
}
