/** The letters of European languages, as the protocol's tables give them. */
export const latin = 'A-Za-z0-9 \\u00c0-\\u02c0';
/** Everything that can be shown: no control characters, and none that turn the direction of the text around them. */
export const visible = '[^\\p{Cc}\\p{Cs}\\u202a-\\u202e\\u2066-\\u2069]';

/** The rule of a text in the protocol's tables, 1 to `max` of the characters allowed, with what is said when it is broken. */
export function textRule(
  max: number,
  allowed = visible,
  words = 'any but control characters',
): [rule: RegExp, said: string] {
  return [new RegExp(`^(?:${allowed}){1,${max}}$`, 'u'), `Must be 1 to ${max} characters: ${words}.`];
}
