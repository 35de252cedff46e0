import { InvalidInput } from '../kernel/errors.ts';
import { type Cut, isFull, lengthOf } from './measure-details.ts';
import type { Field } from './parse-mt940-field.ts';
import type { Movement } from './split-mt940.ts';

/** A movement, and what it adds to the balance. */
type Told = { readonly movement: Movement; readonly change: bigint };

/** With more lines in doubt than this, not all ways of reading them are tried. */
const doubtsMax = 16;

/**
 * Tells the movements of a statement from lines in titles that look like one. Whoever sends money chooses where the bank
 * cuts his title, so a line of it may begin with a well-formed `:61:`. Such a line stands behind a line that is full, and
 * is itself full, or the last one, so that no details follow; longer than a full one it cannot be. Of those the balances
 * decide; where they allow more than one reading, as with two lines that cancel out, nobody can tell, and the file is not
 * read. Pure.
 * @param excess what all of them together are more than the balances tell.
 * @returns the movements, with what turned out to stand in a title in the details before it; undefined if the balances do not
 * allow any reading.
 * @throws InvalidInput naming the first line in doubt.
 */
export function tellMovements(told: readonly Told[], excess: bigint, cut: Cut): readonly Movement[] | undefined {
  const movements = told.map(({ movement }) => movement);
  const doubts = doubtsIn(told, cut);
  const [first] = doubts;
  const isOneWay = doubts.every(({ change }) => change > 0n) || doubts.every(({ change }) => change < 0n);
  if (excess === 0n && (!first || isOneWay)) return movements;
  if (!first) return undefined;
  if (doubts.length > doubtsMax) {
    throw unknown(first, `${doubts.length - 1} lines behind it too, and with so many the balances cannot tell`);
  }
  const [texts, ...others] = readingsOf(doubts, excess);
  if (others.length > 0) throw unknown(first, 'the balances allow both');
  return texts && withTexts(movements, texts);
}

function unknown({ movement }: Told, why: string): InvalidInput {
  return new InvalidInput(
    `Line ${movement.line.line}: this :61: may be a movement or stand in the title of the one before, and ${why}; ask the bank or import camt.053, or put a space before it if it stands in the title, or break the line before it in two if it is a movement.`,
  );
}

/** Those behind details that are cut there, or behind another one in doubt, which may be a part of them. */
function doubtsIn(told: readonly Told[], cut: Cut): readonly Told[] {
  const doubts: Told[] = [];
  let last: Told | undefined;
  for (const each of told) {
    const isBehindText = last && (last.movement.details !== undefined || last === doubts.at(-1));
    if (isBehindText && mayBeText(each.movement, cut)) doubts.push(each);
    last = each;
  }
  return doubts;
}

/** With the tag counted or without, for all lines alike. A space at the end of a line may get lost on its way. */
function mayBeText({ before, line, details }: Movement, { bare, tagged }: Cut): boolean {
  const length = lengthOf(`:${line.tag}:${line.lines[0] ?? ''}`);
  return [bare, tagged].some(
    (width) =>
      isFull({ bare: width, tagged }, before) && length <= width + 1 && (details === undefined || length >= width - 1),
  );
}

/** The sets of lines that together make up the excess: if they stand in titles, the balances are right. */
function readingsOf(doubts: readonly Told[], excess: bigint): readonly ReadonlySet<Movement>[] {
  const found: ReadonlySet<Movement>[] = [];
  for (let choice = 0; choice < 2 ** doubts.length; choice += 1) {
    const texts = doubts.filter((_, at) => (choice >> at) % 2 === 1);
    if (texts.reduce((sum, { change }) => sum + change, 0n) === excess) {
      found.push(new Set(texts.map(({ movement }) => movement)));
    }
  }
  return found;
}

function withTexts(movements: readonly Movement[], texts: ReadonlySet<Movement>): readonly Movement[] {
  const kept: Movement[] = [];
  for (const movement of movements) {
    const last = kept.at(-1);
    if (!texts.has(movement)) kept.push(movement);
    else last?.details?.lines.push(...linesOf(movement.line), ...(movement.details ? linesOf(movement.details) : []));
  }
  return kept;
}

function linesOf({ tag, lines: [first = '', ...more] }: Field): readonly string[] {
  return [`:${tag}:${first}`, ...more];
}
