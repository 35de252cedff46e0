import { InvalidInput } from './errors.ts';

/** How many entries a list of choices may have; there is none of which there are as many to choose from. */
export const choicesMax = 200;

/**
 * What a list of choices names, each once; undefined when there is no list.
 * @param field the path of the list.
 * @throws InvalidInput for a list that is longer than it could need to be.
 */
export function choicesIn<Choice extends string>(
  list: readonly Choice[] | null | undefined,
  field: readonly string[],
): Choice[] | undefined {
  if (list == null) return undefined;
  if (list.length > choicesMax) {
    const name = field.at(-1) ?? 'a list';
    throw new InvalidInput(
      `${name} may have at most ${choicesMax} entries, not ${list.length}; name each once.`,
      field,
    );
  }
  return [...new Set(list)];
}
