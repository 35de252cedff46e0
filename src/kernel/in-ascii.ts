/** Controls too, but those that are blanks, or part lines, files, groups, records and units. */
const unseen = String.raw`\p{Default_Ignorable_Code_Point}\p{M}\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f`;
const lineBreak = String.raw`\x1c-\x1f\x85`;
const blank = String.raw`\s\p{Z}`;
const dash = String.raw`\p{Pd}\u02d7\u2043\u2212`;
const dot = '.\u00b7\u2022\u2024\u2027\u3002\uff0e\uff61';
const comma = ',\u3001\uff0c';
const slash = '/\u2044\u2215\uff0f';
const underscore = String.raw`\p{Pc}`;
const plus = '+\uff0b';
/** What stands for signs of other alphabets, in the order in which they are tried. */
const standIns: readonly (readonly [signs: RegExp, standIn: string])[] = (
  [
    [unseen, '\u200b'],
    [lineBreak, '\n'],
    [blank, ' '],
    [dash, '-'],
    [dot, '.'],
    [comma, ','],
    [slash, '/'],
    [underscore, '_'],
    [plus, '+'],
  ] as const
).map(([signs, standIn]) => [new RegExp(`[${signs}]`, 'u'), standIn]);

const replaced = new RegExp(
  String.raw`[${unseen}${lineBreak}]|(?!\p{ASCII})[\p{Nd}${unseen}${blank}${dash}${dot}${comma}${slash}${underscore}${plus}]`,
  'gu',
);

/**
 * The same text with ASCII's digits and separators for all others, and of the same length, so that places in it are the same. What
 * cannot be seen is U+200B, and a control character that parts records is a line break.
 */
export function inAscii(text: string): string {
  const known = new Map<string, string>();
  return text.replace(replaced, (sign) => {
    const standIn = known.get(sign) ?? standInOf(sign);
    known.set(sign, standIn);
    return standIn;
  });
}

function standInOf(sign: string): string {
  if (/\p{Nd}/u.test(sign)) return digitValue(sign).padEnd(sign.length, '\u200b');
  const [, standIn = sign] = standIns.find(([signs]) => signs.test(sign)) ?? [];
  return standIn.repeat(sign.length / standIn.length);
}

/** Digits of one script follow each other in Unicode, from 0 to 9; some scripts follow each other too. */
function digitValue(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let first = code;
  while (/\p{Nd}/u.test(String.fromCodePoint(first - 1))) first -= 1;
  return String((code - first) % 10);
}
