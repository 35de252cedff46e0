import { cardSchemeOf, passesLuhn } from '../kernel/card-schemes.ts';
import type { CardOutcome } from './test-cards.ts';

/** The schemes whose cards the gateway takes. */
const brandsTaken = ['VISA', 'MASTERCARD'] as const;

export type Brand = (typeof brandsTaken)[number];

/** The wallets out of which cards come, named as their channels. */
export type Wallet = 'gpay' | 'applepay';

/** A card as it was read. It lives in memory from the request to its token, and is handed to nobody else. */
export type CardData = {
  /** Digits only. */
  readonly number: string;
  readonly brand: Brand;
  readonly expiry: Expiry;
};

/** The last month in which a card is good. */
export type Expiry = {
  /** 1 to 12. */
  readonly month: number;
  /** Four digits. */
  readonly year: number;
};

/** What is kept of a card: nothing by which it could be charged elsewhere. */
export type StoredCard = {
  /** UUID v4, by which acquirers find it. */
  readonly token: string;
  readonly brand: Brand;
  readonly last4: string;
  readonly expiryMonth: number;
  readonly expiryYear: number;
  /** What the simulated acquirer does with it. */
  readonly outcome: CardOutcome;
  /** Undefined when it was typed. */
  readonly wallet?: Wallet | undefined;
};

/**
 * The brand of a card number, digits only. Cards of other schemes are recognised but not taken.
 * @returns undefined when it is no card number at all.
 */
export function brandOf(number: string): Brand | 'NOT_TAKEN' | undefined {
  const scheme = cardSchemeOf(number);
  if (scheme === undefined || !passesLuhn(number)) return undefined;
  return brandsTaken.find((brand) => brand === scheme) ?? 'NOT_TAKEN';
}

/** No scheme issues cards for longer than this, so what lies beyond is a slip of the hand. */
const expiryYearsMax = 20;

/**
 * Reads an expiry as people type it: `12/29`, `12 / 2029`, `1229`, `1/29`.
 * @returns undefined when it is none, or lies more than 20 years ahead.
 */
export function parseExpiry(text: string, now: Date): Expiry | undefined {
  const plain = text.replaceAll(/[\s\u00a0]/g, '');
  const [, month = '', year = ''] =
    /^(\d{1,2})[/.-](\d{2}|\d{4})$/.exec(plain) ?? /^(\d{2})(\d{2}|\d{4})$/.exec(plain) ?? [];
  const expiry = { month: Number(month), year: year.length === 2 ? 2000 + Number(year) : Number(year) };
  const possible = expiry.month >= 1 && expiry.month <= 12 && expiry.year <= monthOf(now).year + expiryYearsMax;
  return possible ? expiry : undefined;
}

/** Says whether a card was good no more: it is to the end of its month, in Warsaw. */
export function isPast(expiry: Expiry, now: Date): boolean {
  const { year, month } = monthOf(now);
  return expiry.year < year || (expiry.year === year && expiry.month < month);
}

const warsawMonth = new Intl.DateTimeFormat('en', { timeZone: 'Europe/Warsaw', year: 'numeric', month: 'numeric' });

function monthOf(now: Date): Expiry {
  const parts = Object.fromEntries(warsawMonth.formatToParts(now).map(({ type, value }) => [type, Number(value)]));
  return { month: parts.month ?? 0, year: parts.year ?? 0 };
}
