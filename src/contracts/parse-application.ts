import type { LegalForm } from '../kernel/db/generated/prisma/enums.ts';
import { InvalidInput } from '../kernel/errors.ts';
import type { Currency } from '../kernel/money.ts';
import { parseText } from '../kernel/text.ts';
import { parseWebAddress } from '../kernel/web-address.ts';
import { parseIban, parseNip, parseRegon } from '../merchants/parse-identifiers.ts';

/** What somebody writes who wants a contract. */
export type ApplicationInput = {
  readonly legalForm: LegalForm;
  readonly name: string;
  readonly nip: string;
  readonly regon: string;
  readonly email: string;
  readonly street: string;
  readonly postalCode: string;
  readonly city: string;
  readonly payoutAccounts: readonly { readonly currency: Currency; readonly iban: string }[];
  readonly shop: ShopInput;
};

/** What is asked of a new shop. */
export type ShopInput = { readonly name: string; readonly url: string };

const emailPattern = /^[^\s@\p{Cc}]{1,64}@[^\s@.\p{Cc}]+(\.[^\s@.\p{Cc}]+)+$/u;

/**
 * Takes an application: every number with its check digits (domain: checks of identifiers), in its usual form.
 * @throws InvalidInput for the first fault, naming its field.
 */
export function parseApplication(input: ApplicationInput): ApplicationInput {
  const text = (name: 'name' | 'street' | 'city', max: number): string => parseText(input[name].trim(), name, { max });
  return {
    legalForm: input.legalForm,
    name: text('name', 200),
    nip: parseNip(input.nip, ['nip']),
    regon: parseRegon(input.regon, ['regon']),
    email: parseEmail(input.email.trim()),
    street: text('street', 100),
    postalCode: parsePostalCode(input.postalCode.trim()),
    city: text('city', 100),
    payoutAccounts: parseAccounts(input.payoutAccounts),
    shop: parseShop(input.shop, ['shop']),
  };
}

/**
 * Takes the name and the address of a new shop.
 * @param path where it stands in the input.
 * @throws InvalidInput naming the field.
 */
export function parseShop({ name, url }: ShopInput, path: readonly string[] = []): ShopInput {
  return {
    name: parseText(name.trim(), [...path, 'name'], { max: 100 }),
    url: parseWebAddress(url, [...path, 'url']),
  };
}

export function parseEmail(email: string): string {
  if (email.length > 200 || !emailPattern.test(email)) {
    throw new InvalidInput('email must be an e-mail address of at most 200 characters.', ['email']);
  }
  return parseText(email, 'email', { max: 200 });
}

function parsePostalCode(code: string): string {
  if (!/^\d{2}-\d{3}$/.test(code)) throw new InvalidInput('A Polish postal code looks like 00-950.', ['postalCode']);
  return code;
}

function parseAccounts(accounts: ApplicationInput['payoutAccounts']): ApplicationInput['payoutAccounts'] {
  if (accounts.length === 0) throw new InvalidInput('Name at least one account for payouts.', ['payoutAccounts']);
  const parsed = accounts.map(({ currency, iban }, place) => ({
    currency,
    iban: parseIban(iban, ['payoutAccounts', String(place), 'iban']),
  }));
  const seen = new Set<Currency>();
  for (const [place, { currency }] of parsed.entries()) {
    const path = ['payoutAccounts', String(place), 'currency'];
    if (seen.has(currency)) throw new InvalidInput(`${currency} has two accounts; name one for each currency.`, path);
    seen.add(currency);
  }
  return parsed;
}
