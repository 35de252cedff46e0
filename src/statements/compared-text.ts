import { holdsCardNumber, withoutEscapes } from '../kernel/card-numbers.ts';
import { cardNumbersWithin } from '../kernel/card-schemes.ts';

/**
 * What of a text is compared: its letters and digits, which all formats and banks write alike wherever they cut it, without the
 * middle digits of what may be a card number (docs/decisions/0060). Pure.
 */
export function comparedText(text: string): string {
  const plain = withoutMiddleDigits(lettersAndDigits(text));
  // Escapes are undone only where digits of a number come out that way, and blanks go first, as lines may be cut within both.
  const inOneLine = text.replaceAll(/\s/g, '');
  const unescaped = withoutEscapes(inOneLine);
  if (unescaped === inOneLine) return plain;
  const read = withoutMiddleDigits(lettersAndDigits(unescaped));
  return leftOutOf(read) > leftOutOf(plain) ? read : plain;
}

/** The same of an account number, of which the digits alone are compared; those of an account are all needed. */
export function comparedAccount(text: string): string {
  const digits = digitsOf(text);
  return holdsCardNumber(text) ? withoutMiddleDigits(digitsOf(withoutEscapes(text))) : digits;
}

/** The letters of ASCII, in capitals, and the digits of a text. */
export function lettersAndDigits(text: string): string {
  return text.toUpperCase().replaceAll(/[^A-Z\d]/g, '');
}

/** The digits of a text. */
export function digitsOf(text: string): string {
  return text.replaceAll(/\D/g, '');
}

/** Six digits at the front and four at the end may be kept of a card number (PCI DSS 4.0.1, requirement 3.4.1). */
function withoutMiddleDigits(plain: string): string {
  return plain.replaceAll(/\d{14,}/g, (digits) => {
    const pieces: string[] = [];
    let reached = 0;
    // Numbers may overlap. They come in the order of their first digits, and so do their middles.
    for (const { start, end } of cardNumbersWithin(digits)) {
      const [from, until] = [Math.max(reached, start + 6), end - 4];
      if (until <= from) continue;
      pieces.push(digits.slice(reached, from), '*'.repeat(until - from));
      reached = until;
    }
    return pieces.join('') + digits.slice(reached);
  });
}

function leftOutOf(compared: string): number {
  return compared.split('*').length - 1;
}
