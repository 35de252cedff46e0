import { InvalidInput } from '../kernel/errors.ts';
import { entriesMax } from './bank-entry.ts';
import { type Cut, cutOf, isFull, lengthOf } from './measure-details.ts';
import { shown } from './parse-amount.ts';
import { type Field, isGood, readBalance, readLine } from './parse-mt940-field.ts';
import { isStructured } from './read-mt940-details.ts';

/** A line 61 with the details that follow it. */
export type Movement = {
  readonly line: Field;
  details: Field | undefined;
  /** How long the line before it is. */
  readonly before: number;
};

/** A statement from `:20:` to its closing balance. */
export type Message = {
  readonly line: number;
  readonly account: Field | undefined;
  readonly opening: Field | undefined;
  readonly movements: readonly Movement[];
  readonly closing: Field;
  readonly cut: Cut;
  /** The first line in the details that begins as `:61:` or `:62F:` and goes on otherwise. */
  readonly odd: Field | undefined;
};

/** A statement while its lines are gone through. */
type Open = { -readonly [Key in keyof Message]: Message[Key] | undefined } & {
  line: number;
  movements: Movement[];
  readonly cut: Cut;
  /** A `:20:` behind the closing balance that no whole statement follows. */
  cutOff: Field | undefined;
};

/** Where the lines have got to. What stands between two statements belongs to none: banks add words of their own there. */
type Place = {
  readonly lines: readonly string[];
  open: Open | undefined;
  /** What a line without a tag goes on with. */
  field: Field | undefined;
  /** The line before, among those that are not blank. */
  before: string;
  count: number;
};

/** A line as it is, and as the start of a field, if it has a tag. */
type Line = { readonly text: string; readonly number: number; readonly field: Field | undefined };

/** The letters of Polish fields among them, such as `:NS:` of some banks, which are passed over. */
const fieldStart = /^:(\d{2}[A-Z]?|NS):(.*)$/;
/** What surrounds a message on its way: blocks of SWIFT, and the end of a text. */
const envelope = /^(?:\{.*|-(?:\}.*)?\s*)$/;
const blank = /^[\p{Cc}\s]*$/u;
/** How many lines the head of a statement may have: blank ones and fields that are passed over among them. */
const headMax = 12;

/**
 * Cuts MT940 into its statements. Whoever sends money writes a part of a movement's details, and banks cut that into lines
 * anywhere. So behind a line that is full a line is a field only if it may stand there and has the form of it; else it goes on
 * with the details, whatever it begins with. Pure.
 * @throws InvalidInput naming the line.
 */
export function* splitMt940(text: string): Iterable<Message> {
  const place: Place = { lines: text.split(/\r?\n/), open: undefined, field: undefined, before: '', count: 0 };
  for (const [at, each] of place.lines.entries()) {
    if (blank.test(each)) continue;
    const line = lineAt(place.lines, at);
    if (startsMessage(place, line)) {
      if (place.open) yield toMessage(place.open);
      const none = { account: undefined, opening: undefined, closing: undefined, odd: undefined };
      const cut = cutOf(linesFrom(place.lines, line.number));
      place.open = { line: line.number, movements: [], ...none, cut, cutOff: undefined };
      place.field = line.field;
    } else if (place.open && place.open.movements.length > 0) takeBody(place, place.open, line);
    else takeHead(place, line);
    place.before = each;
  }
  if (place.open) yield toMessage(place.open);
}

function lineAt(lines: readonly string[], at: number): Line {
  const text = lines[at] ?? '';
  const [, tag, rest = ''] = fieldStart.exec(text.replace(/^\{4:/, '')) ?? [];
  const number = at + 1;
  return { text, number, field: tag === undefined ? undefined : { tag, lines: [rest], line: number } };
}

/** The lines of a statement behind its first one. */
function* linesFrom(lines: readonly string[], start: number): Iterable<Line> {
  let isBehindMovement = false;
  for (let at = start; at < lines.length; at += 1) {
    const line = lineAt(lines, at);
    if (line.field?.tag === '20' && (!isBehindMovement || isWholeHead(lines, line.number))) return;
    if (line.field?.tag === '61') isBehindMovement = true;
    yield line;
  }
}

function toMessage({ closing, cutOff, ...open }: Open): Message {
  if (closing && !cutOff) return { ...open, closing };
  if (open.odd && isClosing(open.odd)) readBalance(open.odd);
  throw new InvalidInput(
    `Line ${(cutOff ?? open).line}: the statement has no closing balance (:62F:), so a part of the file is missing; ask the bank for it again.`,
  );
}

function startsMessage({ open, lines }: Place, { field, number }: Line): boolean {
  return field?.tag === '20' && (!open || open.movements.length === 0 || isWholeHead(lines, number));
}

/**
 * Behind a movement only a whole head begins another statement; no title has the room for it where lines are cut at 65. What
 * stands behind the next `:20:` is the head of that one.
 */
function isWholeHead(lines: readonly string[], start: number): boolean {
  let hasAccount = false;
  for (let at = start; at < start + headMax; at += 1) {
    const { field } = lineAt(lines, at);
    if (field?.tag === '20' || field?.tag === '61') return false;
    if (field?.tag === '25') hasAccount = true;
    if (field && hasAccount && isOpening(field) && isGood(readBalance, field)) return true;
  }
  return false;
}

function isOpening({ tag }: Field): boolean {
  return tag === '60F' || tag === '60M';
}

function isClosing({ tag }: Field): boolean {
  return tag === '62F' || tag === '62M';
}

/** Takes what stands before the first movement, or outside of statements. */
function takeHead(place: Place, { text, number, field }: Line): void {
  const { open } = place;
  if (field) {
    place.field = field;
    if (!open || open.closing) return;
    if (field.tag === '25') open.account = field;
    if (isOpening(field)) {
      readBalance(field);
      open.opening = field;
    }
    if (isClosing(field)) open.closing = field;
    if (field.tag === '61') addMovement(place, open, field);
  } else if (envelope.test(text)) place.field = undefined;
  else if (place.field) place.field.lines.push(text);
  else throw new InvalidInput(`Line ${number}: ${shown(text)} belongs to no field of MT940.`);
}

/** Takes what stands behind the first movement. */
function takeBody(place: Place, open: Open, line: Line): void {
  const { field } = line;
  const isMovement = field?.tag === '61' && isGood(readLine, field);
  const isEnd = field !== undefined && isClosing(field) && isGood(readBalance, field);
  if (open.closing && !isMovement && !isEnd) {
    // Whether the closing balance stands in a title, only what follows tells.
    if (field?.tag === '20') open.cutOff ??= field;
    return;
  }
  goOnBehind(place, open, line);
  if (field && isMovement) addMovement(place, open, field);
  else if (field && isEnd) {
    open.closing = field;
    place.field = field;
  } else takeOther(place, open, line);
}

/** The closing balance is the last one: what looked like one before ends a page, or is a part of the details, as all behind it. */
function goOnBehind(place: Place, open: Open, { number }: Line): void {
  const { closing } = open;
  if (!closing) return;
  const last = open.movements.at(-1);
  place.field = last?.details ?? last?.line;
  open.closing = undefined;
  open.cutOff = undefined;
  const between = Array.from({ length: number - closing.line }, (_, at) => lineAt(place.lines, closing.line - 1 + at));
  const { amount } = readBalance(closing);
  // A page that has no :20: of its own opens with the balance that the one before ends with.
  const isPage = between.some(
    ({ field }) => field && isOpening(field) && isGood(readBalance, field) && readBalance(field).amount === amount,
  );
  if (isPage) return;
  for (const { text } of between) place.field?.lines.push(text);
}

/** Takes what is neither a movement nor a closing balance, or has not the form of it. */
function takeOther(place: Place, open: Open, line: Line): void {
  const { field, text } = line;
  const last = open.movements.at(-1);
  const isSure = field !== undefined && !mayBeText(place, open, line);
  if (field?.tag === '86' && last && !last.details) {
    last.details = field;
    place.field = field;
  } else if (field?.tag === '86' && last?.details && isSure) place.field = repeat(last, last.details, field);
  else if (isSure && field.tag === '61') readLine(field);
  else if (field?.tag === 'NS' || (isSure && field.tag !== '20' && !isClosing(field))) place.field = field;
  else {
    if (field && (field.tag === '61' || isClosing(field))) open.odd ??= field;
    place.field?.lines.push(text);
  }
}

/** A line of a title stands behind one that is full, and is itself full, or the last one of the details. */
function mayBeText({ before, lines }: Place, { cut }: Open, { text, number }: Line): boolean {
  if (!isFull(cut, lengthOf(before)) || lengthOf(text) > cut.tagged + 1) return false;
  let next = number;
  while (next < lines.length && blank.test(lines[next] ?? '')) next += 1;
  const { field } = lineAt(lines, next);
  return lengthOf(text) >= cut.bare - 1 || (field !== undefined && field.tag !== '86');
}

/** Some banks write details twice, the second time in sub-fields, or begin each line of them with the tag. */
function repeat(movement: Movement, details: Field, again: Field): Field {
  if (isStructured(details.lines)) return again;
  if (isStructured(again.lines)) {
    movement.details = again;
    return again;
  }
  details.lines.push(...again.lines.map((line) => ` ${line}`));
  return details;
}

function addMovement(place: Place, open: Open, line: Field): void {
  place.count += 1;
  if (place.count > entriesMax) {
    throw new InvalidInput(`Line ${line.line}: a file may have at most ${entriesMax} movements; split it.`);
  }
  open.movements.push({ line, details: undefined, before: lengthOf(place.before) });
  place.field = line;
}
