/** Which letters a text may have: those of SEPA (Latin without accents), or the Polish ones as well. */
export type Letters = 'SEPA' | 'POLISH';

/** One character that they do not have. */
const foreign: Readonly<Record<Letters, RegExp>> = {
  SEPA: /[^A-Za-z0-9/\-?:().,'+ ]/gu,
  POLISH: /[^A-Za-z0-9/\-?:().,'+ ąćęłńóśźżĄĆĘŁŃÓŚŹŻ]/gu,
};

/** What has no allowed letter as its base, and yet something that people read the same. */
const readAs: Readonly<Record<string, string>> = {
  ...{ ł: 'l', Ł: 'L', ß: 'ss', ẞ: 'SS', æ: 'ae', Æ: 'AE', œ: 'oe', Œ: 'OE', ø: 'o', Ø: 'O', đ: 'd', Đ: 'D' },
  ...{ ð: 'd', Ð: 'D', þ: 'th', Þ: 'TH', ı: 'i', '€': 'EUR', '&': '+', _: '-', '–': '-', '—': '-', '~': '-' },
  ...{ '"': "'", '„': "'", '”': "'", '“': "'", '’': "'", '‘': "'", '«': "'", '»': "'", '`': "'", '´': "'" },
  ...{ '[': '(', ']': ')', '{': '(', '}': ')', '\\': '/', '|': '/', ';': ',' },
};

/**
 * Writes a text so that banks take it: the characters of SEPA (`a-z A-Z 0-9 / - ? : ( ) . , ' +` and the space;
 * European Payments Council, EPC132-08, character set) and, where they are allowed, the Polish letters. Others lose their accents or
 * become what is read the same; of what is left each becomes a full stop. No slash begins or ends it, and no two follow
 * each other, since banks take such for codes.
 * @param form.max how many characters it may have, at least 11; what is longer is cut.
 * @returns `NOTPROVIDED`, as messages say it, when nothing is left.
 */
export function limitText(text: string, form: { readonly letters: Letters; readonly max: number }): string {
  const tidy = spellOut(text, form.letters)
    .replace(/ {2,}/g, ' ')
    .replace(/\/{2,}/g, '/')
    .replace(/^[/ ]+/, '')
    .slice(0, form.max)
    .replace(/[/ ]+$/, '');
  return tidy === '' ? 'NOTPROVIDED' : tidy;
}

/** Writes a text in these letters as `limitText` does, but as long as it is and with all its spaces and slashes. */
export function spellOut(text: string, letters: Letters): string {
  return text.normalize('NFC').replace(foreign[letters], spell);
}

/** Writes a foreign character in those of SEPA, which are always allowed. */
function spell(character: string): string {
  if (/\s/u.test(character)) return ' ';
  // Accents without a letter of their own, and characters that are not seen.
  if (/\p{M}|\p{Cf}|\p{Cc}/u.test(character)) return '';
  const known = readAs[character];
  if (known !== undefined) return known;
  const base = character.normalize('NFD').slice(0, 1);
  return /[A-Za-z]/.test(base) ? base : '.';
}
