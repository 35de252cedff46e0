import { isCardNumber } from './card-schemes.ts';
import { followsCardWord } from './follows-card-word.ts';
import { inAscii } from './in-ascii.ts';

/** Where something stands in a text. */
type Span = { readonly start: number; readonly end: number };

/** Digits that nothing parts that can be seen. */
type Group = Span & {
  readonly digits: string;
  /** What stands between the group before it and this one; undefined where that parts two numbers. */
  readonly join: string | undefined;
};

/**
 * Finds card numbers in a text, in their order; how they may be written is said in card-numbers.ts. Each sign is looked at a
 * bounded number of times, however the text is made: it may be as long as a request.
 */
export function findCardNumbers(text: string): readonly Span[] {
  if (!longEnough.test(text) || !enoughDigits.test(text)) return [];
  const plain = inAscii(text);
  const groups = groupsOf(plain, findDigits(plain));
  const found = readNumbers(plain, groups);
  if (found.length === 0) return [];
  const kept = outside([...findMachineTexts(plain), ...findAccountNumbers(groups)], groups);
  // What is left out may be what a number was seen in, or what stood in the way of one.
  return kept.length === groups.length ? found : readNumbers(plain, groupsOf(plain, kept));
}

/**
 * Most texts are done with here, so it looks at ranges alone: from U+0660 on a sign may be a digit, from U+007F on it may part
 * digits. It is the cheaper of two tests, and of UUIDs and words of any alphabet hardly one passes it.
 */
const longEnough = /[\d\u0660-\u1fff\u3000-\uffff][\0- (-9_[\]{}\x7f-\uffff]{13}/;
/** Fewer digits make no card number. No sign is taken both for a digit and for what parts digits, so it never tries twice. */
const enoughDigits =
  /(?:[\d\u0660-\u1fff\u3000-\uffff][\0- (-/_[\]{}\x7f-\u065f\u2000-\u2fff]*){13}[\d\u0660-\u1fff\u3000-\uffff]/;

function spanOf(match: RegExpExecArray): Span {
  return { start: match.index, end: match.index + match[0].length };
}

/** Digits, with what is not seen between them. Sign by sign, as a match of a pattern for each takes several times as long. */
function findDigits(plain: string): readonly Span[] {
  const spans: Span[] = [];
  let [start, end] = [-1, 0];
  for (let place = 0; place <= plain.length; place += 1) {
    const sign = plain.charCodeAt(place);
    if (sign >= 0x30 && sign <= 0x39) {
      if (start < 0) start = place;
      end = place + 1;
    } else if (start >= 0 && sign !== 0x200b) {
      spans.push({ start, end });
      start = -1;
    }
  }
  return spans;
}

function groupsOf(plain: string, spans: readonly Span[]): readonly Group[] {
  let reached: number | undefined;
  return spans.map(({ start, end }) => {
    const join = reached === undefined ? undefined : joinOf(plain.slice(reached, start));
    reached = end;
    return { start, end, digits: seenOf(plain.slice(start, end)), join };
  });
}

/** One to three separators, brackets among them; a comma that is not alone parts what is listed. */
function joinOf(between: string): string | undefined {
  if (between === ' ' || between === '-') return between;
  const seen = seenOf(between);
  return seen.length <= 3 && /^(?:[\s\-._/+()[\]{}]+|,)$/.test(seen) ? seen : undefined;
}

function seenOf(text: string): string {
  return text.includes('\u200b') ? text.replaceAll('\u200b', '') : text;
}

function readNumbers(plain: string, all: readonly Group[]): readonly Span[] {
  const groups = [...all];
  const found: Span[] = [];
  for (let place = 0; place < groups.length; ) {
    const isOne = (read: readonly Group[]): boolean => isCardNumber(digitsOf(read)) && standsAlone(plain, read);
    const usual = readingsAt(groups, place).find(isOne);
    const unusual = usual ? undefined : unusualReadingAt(groups, place);
    const isNamed = unusual && isOne(unusual) && followsCardWord(plain, groups[place]?.start ?? 0);
    const reading = usual ?? (isNamed ? unusual : undefined);
    const [first, last] = [reading?.at(0), reading?.at(-1)];
    if (first && last) found.push({ start: first.start, end: last.end });
    place += reading?.length ?? 1;
    const next = reading && groups[place];
    // What was read is of no list that begins behind it.
    if (next) groups[place] = { ...next, join: undefined };
  }
  return found;
}

/** The groups from a place on that may be one number, the likeliest first. */
function readingsAt(groups: readonly Group[], place: number): readonly (readonly Group[])[] {
  const first = groups[place];
  const size = first?.digits.length ?? 0;
  if (first && size >= 14) return [[first]];
  if (size === 1) return digitByDigit(groups, place);
  if (size !== 4) return [];
  const counts = usualCounts(groups, place).filter(
    (count) => !isListed(groups, place, count) && !isPaired(groups, place, count),
  );
  const readings = counts.map((count) => groups.slice(place, place + count));
  // What stands behind a number in one writing, parted in another way, is none of it.
  return readings.length < 2 ? readings : readings.toSorted((a, b) => Number(isUniform(b)) - Number(isUniform(a)));
}

/**
 * The groups from a place on that are one number only where a word says so, since two figures of eight digits, in halves or not,
 * may be anything: 16 digits in groups of 4, 8 and 12, or in 6 and 10, behind which no more stand in this way.
 */
function unusualReadingAt(groups: readonly Group[], place: number): readonly Group[] | undefined {
  let [count, size] = [0, 0];
  for (let group = groups[place]; group && size < 16; group = groups[place + count]) {
    const { join, digits } = group;
    if (count > 0 && join === undefined) return undefined;
    if (digits.length % 4 !== 0 && digits.length !== (count === 0 ? 6 : 16 - size)) return undefined;
    size += digits.length;
    count += 1;
  }
  const next = groups[place + count];
  const goesOn = next?.join !== undefined && next.digits.length % 4 === 0 && !isExpiry(next.digits);
  return size === 16 && count > 1 && !goesOn ? groups.slice(place, place + count) : undefined;
}

/** How many groups from one of 4 digits on are as usual: 4-4-4-4 with up to three more digits, or 4-6-5 and 4-6-4. */
function usualCounts(groups: readonly Group[], place: number): readonly number[] {
  const sizeAt = (after: number): number => {
    const group = groups[place + after];
    return group?.join === undefined ? 0 : group.digits.length;
  };
  if (sizeAt(1) === 6) return sizeAt(2) === 4 || sizeAt(2) === 5 ? [3] : [];
  if (sizeAt(1) !== 4 || sizeAt(2) !== 4 || sizeAt(3) !== 4) return [];
  return sizeAt(4) >= 1 && sizeAt(4) <= 3 ? [5, 4] : [4];
}

/**
 * Two and two, as decimals and parts of article numbers stand in a row, or four digits each in a table of two columns: of
 * their many windows some would pass Luhn. Parted by blanks alone, they may be one number on two lines, unless more follow or
 * brackets set one pair off: `4111 1111 (1111 1111)`.
 */
function isPaired(groups: readonly Group[], place: number, count: number): boolean {
  const [, first, second, third] = groups.slice(place, place + count).map(({ join }) => join);
  if (first === undefined || first !== third || first === second) return false;
  return /\S/.test(first) || /[()[\]{}]/.test(second ?? '') || goesOn(groups, { place, count, join: second });
}

/**
 * Four digits more behind the same comma, slash, line break or brackets make a list: of its many windows some would pass Luhn. A
 * month and a year (MMYY) that end it are when the card expires, and digits that are joined to others in another way are of
 * these: the next number, or a date.
 */
function isListed(groups: readonly Group[], place: number, count: number): boolean {
  const join = groups[place + 1]?.join;
  if (join === undefined || !/[,/\n\r()[\]{}]/.test(join) || !isUniform(groups.slice(place, place + count)))
    return false;
  const end = place + count + (isExpiry(groups[place + count]?.digits) ? 1 : 0);
  const isAlone = (outer: Group | undefined): boolean => outer?.join === undefined || outer.join === join;
  const goesOnBefore = isFour(groups[place - 1], groups[place]?.join, join) && isAlone(groups[place - 1]);
  return goesOnBefore || (isFour(groups[end], groups[end]?.join, join) && isAlone(groups[end + 1]));
}

function isExpiry(digits = ''): boolean {
  return /^(?:0[1-9]|1[0-2])[2-4]\d$/.test(digits);
}

/** Whether four digits more stand before or behind some groups, parted from them as is said. */
function goesOn(
  groups: readonly Group[],
  { place, count, join }: { readonly place: number; readonly count: number; readonly join: string | undefined },
): boolean {
  const after = groups[place + count];
  return isFour(groups[place - 1], groups[place]?.join, join) || isFour(after, after?.join, join);
}

function isFour(group: Group | undefined, by: string | undefined, join: string | undefined): boolean {
  return by === join && group?.digits.length === 4;
}

/**
 * Each digit for itself: all that follow each other in a line, since of the many windows in a row of figures some would pass
 * Luhn, and none of a list.
 */
function digitByDigit(groups: readonly Group[], place: number): readonly (readonly Group[])[] {
  const follows = (group: Group | undefined): boolean =>
    group?.digits.length === 1 && group.join !== undefined && !/[,\n\r]/.test(group.join);
  if (follows(groups[place]) && groups[place - 1]?.digits.length === 1) return [];
  const most = groups.slice(place, place + 20);
  const end = most.findIndex((group, at) => at > 0 && !follows(group));
  return [end < 0 ? most : most.slice(0, end)];
}

function joinedFrom(groups: readonly Group[], place: number, most: number): readonly Group[] {
  const next = groups.slice(place, place + most);
  const end = next.findIndex(({ join }, at) => at > 0 && join === undefined);
  return end < 0 ? next : next.slice(0, end);
}

function isUniform([, second, ...others]: readonly Group[]): boolean {
  return others.every(({ join }) => join === second?.join);
}

function digitsOf(groups: readonly Group[]): string {
  return groups.map(({ digits }) => digits).join('');
}

const noDigitsInWordBefore = /(?<!\p{N}[\p{L}_]*)/uy;
const noDigitsInWordAfter = /(?![\p{L}_]*\p{N})/uy;

function standsAlone(plain: string, groups: readonly Group[]): boolean {
  const { start = 0, digits = '' } = groups[0] ?? {};
  if (!matchesAt(noDigitsInWordBefore, plain, start)) return false;
  if (!matchesAt(noDigitsInWordAfter, plain, groups.at(-1)?.end ?? 0)) return false;
  // A telephone number has at most 15 digits (ITU-T E.164).
  return !(plain[start - 1] === '+' && groups.length === 1 && digits.length <= 15);
}

function matchesAt(sticky: RegExp, text: string, at: number): boolean {
  sticky.lastIndex = at;
  return sticky.test(text);
}

/** The spans that touch none of the others. Both are walked once: there may be thousands of each. */
function outside(others: readonly Span[], spans: readonly Span[]): readonly Span[] {
  const sorted = others.toSorted((a, b) => a.start - b.start);
  let passed = 0;
  let reached = 0;
  return spans.filter(({ start, end }) => {
    for (let other = sorted[passed]; other && other.start < end; other = sorted[passed]) {
      reached = Math.max(reached, other.end);
      passed += 1;
    }
    return reached <= start;
  });
}

const uuid = /[0-9a-f]{8}([-_])[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{4}\1[0-9a-f]{12}/gi;
const between = String.raw`[\s\-._/+,\u200b]{0,3}`;
/** Country, check digits and 11 to 30 characters, together or in fours (ISO 13616). */
const iban = new RegExp(
  String.raw`(?<![\p{L}\p{N}_])[A-Z]{2}\d\d(?:${between}[A-Z\d]{4}){2,7}(?:${between}[A-Z\d]{1,3})?(?![\p{L}\p{N}_])`,
  'gu',
);

/** Where digits stand that are no card number, whatever Luhn says of them. */
function findMachineTexts(plain: string): readonly Span[] {
  const ibans = [...plain.matchAll(iban)].flatMap(({ 0: written, index: start }) => {
    const length = ibanLength(written);
    return length === undefined ? [] : [{ start, end: start + length }];
  });
  return [...[...plain.matchAll(uuid)].map(spanOf), ...ibans];
}

/**
 * How much of a text that begins like one is an IBAN: words of capitals may follow it, in groups as its own. The remainder by 97
 * is 1 (ISO 7064, MOD 97-10), so of other texts one in 97 passes.
 */
function ibanLength(written: string): number | undefined {
  const head = remainder(0, written.slice(0, 4));
  let rest = 0;
  let length: number | undefined;
  for (const { 0: group, index } of written.slice(4).matchAll(/[A-Z\d]+/g)) {
    rest = remainder(rest, group);
    const end = 4 + index + group.length;
    // The head counts behind the rest, as six digits.
    if (end >= 15 && (rest * 1_000_000 + head) % 97 === 1) length = end;
  }
  return length;
}

/** The remainder by 97 of what digits and letters (A is 10, Z is 35) make behind a number with the remainder `before`. */
function remainder(before: number, signs: string): number {
  let rest = before;
  for (const sign of signs) {
    const value = Number.parseInt(sign, 36);
    rest = (rest * (value > 9 ? 100 : 10) + value) % 97;
  }
  return rest;
}

/** Polish account numbers as banks print them: 2 and six times 4 digits. In separators that differ they need good check digits. */
function findAccountNumbers(groups: readonly Group[]): readonly Span[] {
  return groups.flatMap(({ start, digits }, place) => {
    if (digits.length !== 2) return [];
    const joined = joinedFrom(groups, place, 7);
    const [last] = joined.slice(6);
    if (!last || joined.some((group, at) => at > 0 && group.digits.length !== 4)) return [];
    return isUniform(joined) || ibanLength(`PL${digitsOf(joined)}`) === 28 ? [{ start, end: last.end }] : [];
  });
}
