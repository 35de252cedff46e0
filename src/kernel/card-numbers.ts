import { findCardNumbers } from './find-card-numbers.ts';

/**
 * Says whether a text holds what looks like a card number: digits in a range of a known scheme that pass Luhn, written
 * together, in the usual groups (4-4-4-4 with up to three more, 4-6-5, 4-6-4) or digit by digit. One to three separators
 * stand between two groups, and need not be alike: blanks, line breaks, dashes, dots, slashes, underscores, brackets, or the
 * plus sign that stands for a space in addresses; or a comma alone, as one with a blank makes a list, and so does a fifth group
 * of four behind one more comma, slash, line or pair of brackets, unless it is a month and a year (MMYY) and the last. Groups in
 * pairs, as in `1722.8805 5120.6635` or `1722 8805 (5120 6635)`, are other figures, but not where blanks alone part the pair,
 * brackets set none off and no third pair follows: a number may stand on two lines. Such pairs, and groups of 8-8, 4-12, 6-10
 * and the like, are one where a word for cards stands before them, with no other word between than `number` and its like:
 * `nr karty 4111-1111 1111-1111`. Digits of all scripts count, and what cannot be seen does not, as most control characters;
 * those that part files, groups, records and units are read as line breaks. Percent-encoding, and the escapes of JSON that is
 * quoted, are read as what they stand for. Letters may stick to the number, other digits of the same word may not, so hashes
 * and keys are none; nor are UUIDs, account numbers (IBAN, NRB) and telephone numbers with their plus sign.
 */
export function holdsCardNumber(text: string): boolean {
  const holds = (read: string): boolean => findCardNumbers(read).length > 0;
  return holds(text) || (hasEscapes(text) && holds(withoutEscapes(text)));
}

/** The same text with the words `[card number removed]` in the place of each card number. */
export function hideCardNumbers(text: string): string {
  const hidden = replaceCardNumbers(text);
  if (!hasEscapes(hidden)) return hidden;
  const read = withoutEscapes(hidden);
  // An encoded number cannot be cut out of its encoding, so the text is given in its decoded form.
  return findCardNumbers(read).length > 0 ? replaceCardNumbers(read) : hidden;
}

/** Says whether a JSON value holds a card number: in its texts, numbers and names, at any depth. */
export function holdsCardNumberIn(value: unknown): boolean {
  if (typeof value === 'string') return holdsCardNumber(value);
  if (typeof value === 'number') return holdsCardNumber(String(value));
  if (typeof value !== 'object' || value === null) return false;
  if (Array.isArray(value)) return value.some(holdsCardNumberIn);
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

function replaceCardNumbers(text: string): string {
  const found = findCardNumbers(text);
  // Each piece is copied once; a copy of the whole text for each number took a minute for a request full of them.
  const pieces = found.map(({ start }, place) => text.slice(found[place - 1]?.end ?? 0, start) + removed);
  return pieces.join('') + text.slice(found.at(-1)?.end ?? 0);
}

/** How often an address may stand encoded in another, or JSON be quoted in JSON. */
const escapeLevelsMax = 3;

function hasEscapes(text: string): boolean {
  return text.includes('%') || text.includes('\\');
}

/** What may stand between the groups of a number, as JSON writes it. */
const blanks: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t' };

/** Undoes percent-encoding (RFC 3986, section 2.1), of which no UTF-8 becomes U+FFFD, and escapes of JSON (RFC 8259). */
export function withoutEscapes(text: string): string {
  let read = text;
  for (let level = 0; level < escapeLevelsMax && hasEscapes(read); level += 1) {
    read = read
      .replace(/(?:%[0-9a-f]{2})+/gi, (escapes) => Buffer.from(escapes.replaceAll('%', ''), 'hex').toString())
      // From the first backslash of a row only: looked for from each, a long row without an end took minutes.
      .replace(/(?<!\\)\\+(?:u([0-9a-f]{4})|([nrt/]))/gi, (_, code: string | undefined, sign: string) =>
        code === undefined ? (blanks[sign] ?? sign) : String.fromCharCode(Number.parseInt(code, 16)),
      );
  }
  return read;
}
