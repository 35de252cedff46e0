/**
 * The letters of European languages, as the protocol's tables give them. These rules go into the OpenAPI document, so they are
 * written in what the regular expressions of all languages have in common: letters as themselves, and no classes by property.
 */
export const latin = 'A-Za-z0-9 \u00c0-\u02c0';
/** Everything that can be shown: no control characters, and none that turn the direction of the text around them. */
export const visible = '[^\\x00-\\x1f\\x7f-\\x9f\u202a-\u202e\u2066-\u2069]';
/** The same, and what makes lines and columns. */
export const visibleLines = '[^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\u202a-\u202e\u2066-\u2069]';

/**
 * The rule of a text in the protocol's tables, 1 to `max` of the characters allowed, with what is said when it is broken.
 * @param allowed one class of characters, in brackets.
 */
export function textRule(
  max: number,
  allowed = visible,
  words = 'any but control characters',
): [rule: RegExp, said: string] {
  return [new RegExp(`^${allowed}{1,${max}}$`, 'u'), `Must be 1 to ${max} characters: ${words}.`];
}

/** What is wrong with a field that is there; without it `Is required.` is said. */
export function unlessMissing(sentence: string) {
  return { error: ({ input }: { readonly input?: unknown }) => (input === undefined ? 'Is required.' : sentence) };
}
