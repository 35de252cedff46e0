import { InvalidInput } from '../kernel/errors.ts';
import { parseText } from '../kernel/text.ts';
import { parseIban } from '../merchants/parse-identifiers.ts';

/** What one recipient gets of a payment. */
export type Share = {
  /** Where the recipient is paid: an account number of 26 digits, as it is written in Poland (NRB). */
  readonly account: string;
  /** Minor units of the payment's currency, at least 1. */
  readonly amount: bigint;
  /** Whom it is for. */
  readonly label: string;
  /** What the recipient reads on his statement. */
  readonly title?: string | undefined;
};

/** Most recipients that one payment is split over. */
const sharesMax = 100;

/**
 * Demands that a payment can be split so: what the recipients get is no more than the payment brings, and the rest is the
 * shop's. If one share has a title, all must have one (imoje protocol, section 9).
 * @throws InvalidInput naming `shares`.
 */
export function requireShares(shares: readonly Share[], amount: bigint): void {
  const refuse = (sentence: string): InvalidInput => new InvalidInput(sentence, ['shares']);
  if (shares.length > sharesMax)
    throw refuse(`shares may hold at most ${sharesMax} recipients: split the payment over fewer.`);
  const sum = shares.reduce((total, share) => total + share.amount, 0n);
  if (sum > amount)
    throw refuse(
      `shares comes to ${sum} minor units, more than the ${amount} of the payment: give the recipients less.`,
    );
  const untitled = shares.findIndex(({ title }) => title === undefined);
  if (untitled >= 0 && shares.some(({ title }) => title !== undefined))
    throw refuse(
      `shares must have a title for every recipient if it has one: number ${untitled + 1} lacks it, so add it or leave all out.`,
    );
}

/** What a recipient gets of a payment, or of what is left of it. */
export type Portion = { readonly recipientId: string; readonly amount: bigint };

/**
 * Splits an amount by weights, to the minor unit: each part is rounded down, and what is left goes one by one to those that
 * lost most by it (largest remainder), of equals to the first.
 * @param amount 0 or more; with `weights` of 0 or more, of which one is above 0.
 */
export function splitByWeights(amount: bigint, weights: readonly bigint[]): readonly bigint[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0n);
  const parts = weights.map((weight) => (amount * weight) / total);
  const left = Number(amount - parts.reduce((sum, part) => sum + part, 0n));
  const losers = weights
    .map((weight, place) => ({ place, lost: (amount * weight) % total }))
    .sort((one, other) => (one.lost === other.lost ? one.place - other.place : one.lost < other.lost ? 1 : -1))
    .slice(0, left)
    .map(({ place }) => place);
  return parts.map((part, place) => (losers.includes(place) ? part + 1n : part));
}

/**
 * Splits an amount over recipients and shop in proportion to what each has left to get, or to give back; of all that is left
 * each has his whole. The shop's part is what the portions leave.
 * @param left what is left in all, at least the amount; what recipients do not have of it is the shop's.
 */
export function portionsOf(amount: bigint, left: bigint, recipients: readonly Portion[]): readonly Portion[] {
  if (recipients.length === 0) return [];
  const parts = splitByWeights(amount, [...recipients.map((recipient) => recipient.amount), restOf(left, recipients)]);
  return recipients.flatMap(({ recipientId }, place) => {
    const part = parts[place] ?? 0n;
    return part > 0n ? [{ recipientId, amount: part }] : [];
  });
}

/** What of an amount is the shop's. */
export function restOf(amount: bigint, portions: readonly Portion[]): bigint {
  return portions.reduce((left, portion) => left - portion.amount, amount);
}

/** What a recipient has of a transaction. */
export type Standing = {
  readonly transactionId: string;
  readonly recipientId: string;
  /** What he got of it. */
  readonly settled: bigint;
  /** What of that is not refunded. */
  readonly left: bigint;
  /** What he has in all in its currency. */
  readonly balance: bigint;
};

/**
 * Takes a share as a shop names it.
 * @param place where it stands among the shares, from 0 on.
 * @throws InvalidInput naming the field, such as `shares`, `0`, `iban`; its sentence says which share it is.
 */
export function parseShare(share: Omit<Share, 'account'> & { readonly iban: string }, place: number): Share {
  const { iban, amount, label, title } = share;
  const at = (name: string): readonly string[] => ['shares', String(place), name];
  const ofShare = <Parsed>(parse: () => Parsed): Parsed => {
    try {
      return parse();
    } catch (error) {
      if (!(error instanceof InvalidInput)) throw error;
      throw new InvalidInput(`Share ${place + 1}: ${error.message}`, error.field);
    }
  };
  return ofShare(() => {
    const account = parseIban(iban, at('iban')).replace(/^PL/, '');
    if (amount < 1n) throw new InvalidInput(`amount must be at least 1 minor unit, not ${amount}.`, at('amount'));
    return {
      account,
      amount,
      label: parseText(label, at('label'), { max: 70 }),
      title: title === undefined ? undefined : parseText(title, at('title'), { max: 105 }),
    };
  });
}

/** The account of a share as it is kept: the IBAN of a Polish account number. */
export function ibanOf({ account }: Pick<Share, 'account'>): string {
  return `PL${account}`;
}
