import type { Field } from './parse-mt940-field.ts';

/**
 * At how many characters a bank cuts details: the longest line of a statement's, without the tag at its start and with it,
 * for banks count it or do not.
 */
export type Cut = { readonly bare: number; readonly tagged: number };

/** How many characters a line has. */
export function lengthOf(text: string): number {
  return [...text].length;
}

/** Finds where a bank cuts by the fields of a statement as they begin, whatever stands in its titles. Pure. */
export function cutOf(lines: Iterable<{ readonly text: string; readonly field: Field | undefined }>): Cut {
  const cut = { bare: 0, tagged: 0 };
  let isOfMovement = false;
  let isDetails = false;
  for (const { text, field } of lines) {
    if (field?.tag === '61') isOfMovement = true;
    if (field?.tag.startsWith('62')) isOfMovement = false;
    if (field) isDetails = isOfMovement && field.tag === '86';
    if (!isDetails) continue;
    cut.bare = Math.max(cut.bare, lengthOf(field?.lines[0] ?? text));
    cut.tagged = Math.max(cut.tagged, lengthOf(text));
  }
  return cut;
}

/** Whether the bank may have cut a line there. A space at its end may get lost on its way. */
export function isFull({ bare, tagged }: Cut, length: number): boolean {
  return length >= bare - 1 && length <= tagged + 1;
}
