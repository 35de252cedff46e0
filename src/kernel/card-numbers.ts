/** The schemes whose cards are recognised, by the ranges of their numbers. */
export type CardScheme = 'VISA' | 'MASTERCARD' | 'AMEX' | 'DISCOVER' | 'JCB' | 'DINERS' | 'MAESTRO' | 'UNIONPAY';

/** First digits, from and to, of a scheme's numbers (ISO/IEC 7812, as the schemes publish them), and how long these are. */
const ranges: readonly (readonly [scheme: CardScheme, from: string, to: string, lengths: readonly number[]])[] = [
  ['VISA', '4', '4', [16, 19]],
  ['MASTERCARD', '51', '55', [16]],
  ['MASTERCARD', '2221', '2720', [16]],
  ['AMEX', '34', '34', [15]],
  ['AMEX', '37', '37', [15]],
  ['DISCOVER', '6011', '6011', [16]],
  ['DISCOVER', '644', '649', [16]],
  ['DISCOVER', '65', '65', [16]],
  ['JCB', '3528', '3589', [16]],
  ['DINERS', '300', '305', [14]],
  ['DINERS', '36', '36', [14]],
  ['DINERS', '38', '38', [14]],
  ['MAESTRO', '50', '50', [16, 17, 18, 19]],
  ['MAESTRO', '56', '58', [16, 17, 18, 19]],
  ['MAESTRO', '63', '63', [16, 17, 18, 19]],
  ['MAESTRO', '67', '67', [16, 17, 18, 19]],
  ['UNIONPAY', '62', '62', [16, 17, 18, 19]],
];

/** The scheme of a card number, by its first digits and its length; undefined when no scheme has such numbers. */
export function cardSchemeOf(digits: string): CardScheme | undefined {
  const range = ranges.find(([, from, to, lengths]) => {
    const first = digits.slice(0, from.length);
    return lengths.includes(digits.length) && first >= from && first <= to;
  });
  return range?.[0];
}

/** Says whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B: the Luhn formula). */
export function passesLuhn(digits: string): boolean {
  const sum = [...digits].reverse().reduce((total, digit, place) => {
    const value = Number(digit) * (place % 2 === 0 ? 1 : 2);
    return total + (value > 9 ? value - 9 : value);
  }, 0);
  return digits !== '' && sum % 10 === 0;
}

/**
 * Says whether a text holds what looks like a card number: digits in a range of a known scheme that pass Luhn, written
 * together or in the usual groups (4-4-4-4 with up to three more, 4-6-5, 4-6-4) with one kind of separator: space,
 * no-break space, hyphen, dot, or the plus sign that stands for a space in addresses. Percent-encoding, and the escapes
 * of JSON that is quoted, are read as what they stand for. Letters may stick to the number, other digits of the same word
 * may not, so hashes and keys are none; nor are UUIDs, account numbers (IBAN, NRB) and telephone numbers with their plus
 * sign.
 */
export function holdsCardNumber(text: string): boolean {
  const holds = (read: string): boolean => findCardNumbers(read).length > 0;
  return holds(text) || (hasEscapes(text) && holds(withoutEscapes(text)));
}

/** The same text with the words `[card number removed]` in the place of each card number. */
export function hideCardNumbers(text: string): string {
  const hidden = replaceCardNumbers(text);
  const read = withoutEscapes(hidden);
  // An encoded number cannot be cut out of its encoding, so the text is given in its decoded form.
  return findCardNumbers(read).length > 0 ? replaceCardNumbers(read) : hidden;
}

/** Says whether a JSON value holds a card number: in its texts, numbers and names, at any depth. */
export function holdsCardNumberIn(value: unknown): boolean {
  if (typeof value === 'string') return holdsCardNumber(value);
  if (typeof value === 'number') return holdsCardNumber(String(value));
  if (typeof value !== 'object' || value === null) return false;
  return Object.entries(value).some(([name, inner]) => holdsCardNumber(name) || holdsCardNumberIn(inner));
}

/** A JSON value without card numbers: in its texts, numbers and names, at any depth. */
export function hideCardNumbersIn(value: unknown): unknown {
  if (typeof value === 'string') return hideCardNumbers(value);
  if (typeof value === 'number') return holdsCardNumber(String(value)) ? removed : value;
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(hideCardNumbersIn);
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [hideCardNumbers(name), hideCardNumbersIn(inner)]),
  );
}

const removed = '[card number removed]';

type Span = { readonly start: number; readonly end: number };

const separator = '[ \\u00a0.+-]';
/** Fewer digits make no card number: most texts are done with here. */
const enoughDigits = new RegExp(`(?:\\d${separator}?){13}\\d`);
/** The ways to write a number, the longer before those that they begin with. */
const writings = [
  String.raw`\d{14,19}`,
  String.raw`\d{4}(${separator})\d{4}\1\d{4}\1\d{4}\1\d{1,3}`,
  String.raw`\d{4}(${separator})\d{4}\1\d{4}\1\d{4}`,
  String.raw`\d{4}(${separator})\d{6}\1\d{4,5}`,
].map((writing) => new RegExp(`${writing}(?!\\d)`, 'y'));
const noDigitsInWordBefore = /(?<!\p{N}[\p{L}_]*)/uy;
const noDigitsInWordAfter = /(?![\p{L}_]*\p{N})/uy;

function findCardNumbers(text: string): readonly Span[] {
  if (!enoughDigits.test(text)) return [];
  const found: Span[] = [];
  let reached = 0;
  for (const { index: start } of text.matchAll(/(?<!\d)\d{4}/g)) {
    const end = start < reached ? undefined : endOfCardNumber(text, start);
    if (end === undefined) continue;
    found.push({ start, end });
    reached = end;
  }
  return found.length > 0 ? outside(findMachineTexts(text), found) : found;
}

/** The spans that touch none of the others. Both are walked once: a text may be as long as a request, and hold thousands of each. */
function outside(others: readonly Span[], spans: readonly Span[]): Span[] {
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

function endOfCardNumber(text: string, start: number): number | undefined {
  const ends = writings.flatMap((writing) => {
    const [written] = matchAt(writing, text, start) ?? [];
    return written !== undefined && isCardNumber(written.replace(/\D/g, '')) ? [start + written.length] : [];
  });
  const end = ends[0];
  if (end === undefined || !matchAt(noDigitsInWordBefore, text, start) || !matchAt(noDigitsInWordAfter, text, end)) {
    return undefined;
  }
  // A telephone number has at most 15 digits (ITU-T E.164).
  return text[start - 1] === '+' && end - start <= 15 ? undefined : end;
}

function isCardNumber(digits: string): boolean {
  return cardSchemeOf(digits) !== undefined && passesLuhn(digits);
}

function matchAt(sticky: RegExp, text: string, at: number): RegExpExecArray | null {
  sticky.lastIndex = at;
  return sticky.exec(text);
}

const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
/** A Polish account number as banks print it: 2 and six times 4 digits. */
const nrb = new RegExp(String.raw`(?<!\d)\d\d(${separator})\d{4}(?:\1\d{4}){5}(?!\d)`, 'g');
/** Country, check digits and 11 to 30 characters, together or in fours (ISO 13616). */
const iban = new RegExp(
  String.raw`(?<![\p{L}\p{N}_])[A-Z]{2}\d\d(?:${separator}?[A-Z\d]{4}){2,7}(?:${separator}?[A-Z\d]{1,3})?(?![\p{L}\p{N}_])`,
  'gu',
);

/** Where digits stand that are no card number, whatever Luhn says of them. */
function findMachineTexts(text: string): readonly Span[] {
  const ibans = [...text.matchAll(iban)].filter(([written]) => isIban(written));
  return [...text.matchAll(uuid), ...text.matchAll(nrb), ...ibans].map((match) => ({
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** The remainder by 97 is 1 (ISO 7064, MOD 97-10), so of other texts one in 97 passes. */
function isIban(written: string): boolean {
  const plain = written.replace(/[^A-Z\d]/g, '');
  const digits = (plain.slice(4) + plain.slice(0, 4)).replace(/[A-Z]/g, (letter) => String(letter.charCodeAt(0) - 55));
  return BigInt(digits) % 97n === 1n;
}

function replaceCardNumbers(text: string): string {
  const found = findCardNumbers(text);
  // Each piece is copied once; a copy of the whole text for each number took a minute for a request full of them.
  const pieces = found.map(({ start }, place) => text.slice(found[place - 1]?.end ?? 0, start) + removed);
  return pieces.join('') + text.slice(found.at(-1)?.end ?? 0);
}

/** How often an address may stand encoded in another, or JSON be quoted in JSON. */
const escapeLevelsMax = 3;

function hasEscapes(text: string): boolean {
  return text.includes('%') || text.includes('\\u');
}

/** Undoes percent-encoding (RFC 3986, section 2.1), of which no UTF-8 becomes U+FFFD, and escapes of JSON (RFC 8259). */
function withoutEscapes(text: string): string {
  let read = text;
  for (let level = 0; level < escapeLevelsMax && hasEscapes(read); level += 1) {
    read = read
      .replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString())
      // From the first backslash of a row only: looked for from each, a long row without an end took minutes.
      .replace(/(?<!\\)\\+u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));
  }
  return read;
}
