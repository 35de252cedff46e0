import { hasCheckDigits } from '../merchants/parse-identifiers.ts';

/** 26 digits, together or as they are printed: 2 and six times 4. */
const written = /(?<![\dA-Za-z])(?:PL ?)?(\d{2}(?: ?\d{4}){6})(?!\d)/g;

/**
 * Finds Polish account numbers in texts, each once, in their order: 26 digits whose check digits are right (ISO 7064, MOD
 * 97-10). Payers and banks write them with PL or without, with spaces or without.
 * @param others numbers that are known to be something else, in any form.
 */
export function findAccountNumbers(
  texts: readonly (string | undefined)[],
  others: readonly (string | undefined)[],
): string[] {
  const known = new Set(others.map((other) => other?.replaceAll(/\D/g, '')));
  const found = texts.flatMap((text) =>
    Array.from((text ?? '').matchAll(written), ([, digits = '']) => digits.replaceAll(' ', '')),
  );
  return [...new Set(found)].filter((digits) => hasCheckDigits(digits) && !known.has(digits));
}

/** An account number in the one form that is kept: an IBAN without spaces; 26 digits alone are one of Poland. */
export function toIban(text: string): string {
  const plain = text.replaceAll(/[\s/]/g, '').toUpperCase();
  return /^\d{26}$/.test(plain) ? `PL${plain}` : plain;
}
