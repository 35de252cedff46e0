import { type Brand, brandOf, type CardData, isPast, parseExpiry } from './model.ts';

/** A card as the payer typed it. */
export type CardForm = {
  readonly number: string;
  readonly expiry: string;
  readonly cvv: string;
  readonly name: string;
};

/** What is wrong with one field; never what stood in it. */
export type CardProblem =
  | { readonly field: 'number'; readonly code: 'NUMBER_MISSING' | 'NUMBER_INVALID' | 'BRAND_NOT_TAKEN' }
  | { readonly field: 'expiry'; readonly code: 'EXPIRY_MISSING' | 'EXPIRY_INVALID' | 'EXPIRY_PAST' }
  | { readonly field: 'cvv'; readonly code: 'CVV_MISSING' | 'CVV_INVALID' }
  | { readonly field: 'name'; readonly code: 'NAME_MISSING' | 'NAME_INVALID' };

/** 2 to 100 characters, one of them a letter, no digits and nothing invisible. */
const namePattern = /^(?=.*\p{L})[^\p{N}\p{C}\p{Zl}\p{Zp}]{2,100}$/u;

/**
 * Checks a card as it was typed: number, expiry, security code (three digits for the brands we take) and holder. The
 * security code and the holder are looked at and forgotten.
 * @returns the card, or every problem found, in the order of the form.
 */
export function checkCard(
  form: CardForm,
  now: Date,
): { readonly data: CardData } | { readonly problems: readonly CardProblem[] } {
  const number = form.number.replaceAll(/[\s\u00a0.-]/g, '');
  const brand = /^\d+$/.test(number) ? brandOf(number) : undefined;
  const expiry = parseExpiry(form.expiry, now);
  const problems = [
    problemOfNumber(number, brand),
    problemOfExpiry(form.expiry, expiry && { past: isPast(expiry, now) }),
    problemOfCvv(form.cvv.trim()),
    problemOfName(form.name.trim()),
  ].filter((problem) => problem !== undefined);
  if (!expiry || !brand || brand === 'NOT_TAKEN' || problems.length > 0) return { problems };
  return { data: { number, brand, expiry } };
}

function problemOfNumber(number: string, brand: Brand | 'NOT_TAKEN' | undefined): CardProblem | undefined {
  if (number === '') return { field: 'number', code: 'NUMBER_MISSING' };
  if (brand === undefined) return { field: 'number', code: 'NUMBER_INVALID' };
  return brand === 'NOT_TAKEN' ? { field: 'number', code: 'BRAND_NOT_TAKEN' } : undefined;
}

function problemOfExpiry(text: string, read: { readonly past: boolean } | undefined): CardProblem | undefined {
  if (text.trim() === '') return { field: 'expiry', code: 'EXPIRY_MISSING' };
  if (!read) return { field: 'expiry', code: 'EXPIRY_INVALID' };
  return read.past ? { field: 'expiry', code: 'EXPIRY_PAST' } : undefined;
}

function problemOfCvv(cvv: string): CardProblem | undefined {
  if (cvv === '') return { field: 'cvv', code: 'CVV_MISSING' };
  return /^\d{3}$/.test(cvv) ? undefined : { field: 'cvv', code: 'CVV_INVALID' };
}

function problemOfName(name: string): CardProblem | undefined {
  if (name === '') return { field: 'name', code: 'NAME_MISSING' };
  return namePattern.test(name) ? undefined : { field: 'name', code: 'NAME_INVALID' };
}
