import { InvalidInput } from './errors.ts';

/**
 * Takes a line of text: no control characters, within its length in characters.
 * @throws InvalidInput naming the field.
 */
export function parseText(
  text: string,
  field: string | readonly string[],
  length: { readonly max: number; readonly min?: number },
): string {
  const path = typeof field === 'string' ? [field] : field;
  const { max, min = 1 } = length;
  const size = [...text].length;
  if (size < min || size > max) {
    throw new InvalidInput(`${path.at(-1)} must have ${min} to ${max} characters, not ${size}.`, path);
  }
  if (/\p{Cc}|\p{Cs}/u.test(text)) {
    throw new InvalidInput(`${path.at(-1)} may hold no control characters and no broken letters.`, path);
  }
  return text;
}
