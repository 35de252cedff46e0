import { holdsCardNumberIn } from './card-numbers.ts';
import { InvalidInput } from './errors.ts';

/** What is said of a text that is refused for a card number in it, behind the name of its field. */
export const cardNumberFound = 'looks like a card number; card numbers go only into the card form.';

/** How long a text may be, in characters; one of several lines may hold line breaks (`\n`), each one character. */
type TextForm = { readonly max: number; readonly min?: number; readonly lines?: boolean };

/**
 * Takes a text: no control characters, no card number, within its length in characters. It is one line unless its form
 * allows several.
 * @throws InvalidInput naming the field.
 */
export function parseText(
  text: string,
  field: string | readonly string[],
  { max, min = 1, lines = false }: TextForm,
): string {
  const path = typeof field === 'string' ? [field] : field;
  const size = [...text].length;
  if (size < min || size > max) {
    throw new InvalidInput(`${path.at(-1)} must have ${min} to ${max} characters, not ${size}.`, path);
  }
  if (/\p{Cc}|\p{Cs}/u.test(lines ? text.replaceAll('\n', '') : text)) {
    const but = lines ? ' but line breaks (\\n)' : '';
    throw new InvalidInput(`${path.at(-1)} may hold no control characters${but} and no broken letters.`, path);
  }
  refuseCardNumber(text, path);
  return text;
}

/**
 * Lets a text or a JSON value pass that will be kept, unless a card number stands in it: what is not needed is not stored
 * (PCI DSS 4.0.1, requirement 3).
 * @throws InvalidInput naming the field, without what was in it.
 */
export function refuseCardNumber(value: unknown, path: readonly string[]): void {
  if (holdsCardNumberIn(value)) throw new InvalidInput(`${path.at(-1)} ${cardNumberFound}`, path);
}
