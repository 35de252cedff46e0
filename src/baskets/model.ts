import { InvalidInput } from '../kernel/errors.ts';

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
  const titled = shares.filter(({ title }) => title !== undefined).length;
  if (titled > 0 && titled < shares.length)
    throw refuse('shares must have a title for every recipient if it has one: add those that lack.');
}

/** The account of a share as it is kept: the IBAN of a Polish account number. */
export function ibanOf({ account }: Pick<Share, 'account'>): string {
  return `PL${account}`;
}
