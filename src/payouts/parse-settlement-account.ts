import { z } from 'zod';
import { Refusal } from '../kernel/errors.ts';
import type { Currency } from '../kernel/money.ts';
import { parseIban } from '../merchants/parse-identifiers.ts';
import type { SettlementAccount } from './deps.ts';

const line = (max: number) =>
  z
    .string()
    .trim()
    .min(1)
    .max(max)
    .refine((text) => !/\p{Cc}|\p{Cs}/u.test(text));

const account = z.strictObject({
  iban: z.string(),
  bic: z
    .string()
    .regex(/^[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}([A-Z0-9]{3})?$/)
    .optional(),
  name: line(70),
  street: line(70),
  postalCode: line(16),
  city: line(35),
  country: z.string().regex(/^[A-Z]{2}$/),
});

/** What each part of the setting has to be, for whoever wrote something else. */
const expected: Readonly<Record<keyof SettlementAccount, string>> = {
  iban: 'an account number in Poland',
  bic: 'a BIC of 8 or 11 characters, or left out',
  name: '1 to 70 characters',
  street: '1 to 70 characters',
  postalCode: '1 to 16 characters',
  city: '1 to 35 characters',
  country: 'two letters such as PL',
};

/** The setting of the account from which payouts of a currency are paid. */
export function settlementSetting(currency: Currency): string {
  return `SETTLEMENT_ACCOUNT_${currency}`;
}

/** The account of the sandbox, whose bank is simulated. */
export const sandboxAccount: SettlementAccount = {
  ...{ iban: 'PL27114020040000300201355387', bic: undefined, name: 'Bramka (sandbox)' },
  ...{ street: 'ul. Testowa 1', postalCode: '00-950', city: 'Warszawa', country: 'PL' },
};

/**
 * Takes the setting of a settlement account: JSON with `iban`, `name`, `street`, `postalCode`, `city`, `country` and perhaps
 * `bic`.
 * @returns the account, or the end of a sentence that says what is wrong.
 */
export function parseSettlementAccount(text: string): SettlementAccount | string {
  const { success, data, error } = account.safeParse(readJson(text));
  if (!success) {
    const part = error.issues[0]?.path[0] as keyof SettlementAccount | undefined;
    if (part !== undefined) return `must have as "${part}" ${expected[part]}`;
    return 'must be a JSON object with iban, name, street, postalCode, city, country and perhaps bic, and nothing else';
  }
  try {
    return { ...data, bic: data.bic, iban: parseIban(data.iban, ['iban']) };
  } catch (refusal) {
    if (!(refusal instanceof Refusal)) throw refusal;
    return `has an "iban" that is none: ${refusal.message.replace(/\.$/, '')}`;
  }
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
