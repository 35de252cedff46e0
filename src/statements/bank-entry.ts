import { createHash } from 'node:crypto';
import type { EntryDirection, StatementFormat } from '../kernel/db/generated/prisma/enums.ts';
import type { Currency } from '../kernel/money.ts';
import { comparedAccount, comparedText, digitsOf, lettersAndDigits } from './compared-text.ts';

/** One movement on an account, as a file of the bank tells it; what the bank does not say is undefined. */
export type BankEntry = {
  readonly direction: EntryDirection;
  /** It takes an earlier movement back. */
  readonly isReversal: boolean;
  /** Minor units, more than 0. */
  readonly amount: bigint;
  readonly currency: Currency;
  /** `2026-11-26` */
  readonly bookedOn: string;
  /** The bank's own reference of this movement alone. */
  readonly bankReference: string | undefined;
  /** What the payer, or we, called it. */
  readonly endToEndId: string | undefined;
  readonly counterpartyName: string | undefined;
  /** An IBAN, or whatever else the bank writes. */
  readonly counterpartyAccount: string | undefined;
  readonly title: string;
  /**
   * The Polish account number, 26 digits, that the bank itself says it was sent to, or taken back from; never one that only
   * stands in words, and never that of the account as a whole. It is one of `accountNumbers`.
   */
  readonly sentTo: string | undefined;
  /** Polish account numbers, 26 digits each, that may say what it is for, in any order. */
  readonly accountNumbers: readonly string[];
  /** Why it came back: a code of ISO 20022 such as AC04. */
  readonly returnReason: string | undefined;
};

/** What moved on one account. */
export type BankStatement = {
  /** An IBAN without spaces. */
  readonly account: string;
  /** Those that are booked, in the order of the file. */
  readonly entries: readonly BankEntry[];
};

/** A file of a bank. */
export type BankStatements = { readonly format: StatementFormat; readonly statements: readonly BankStatement[] };

/** A statement of an account; the number of the account itself says of no movement what it is for. */
export function statementOf(account: string, entries: readonly BankEntry[]): BankStatement {
  const own = account.replaceAll(/\D/g, '');
  const withoutOwn = (entry: BankEntry): BankEntry => ({
    ...entry,
    sentTo: entry.sentTo === own ? undefined : entry.sentTo,
    accountNumbers: entry.accountNumbers.filter((each) => each !== own),
  });
  return { account, entries: entries.map(withoutOwn) };
}

/** How many movements a file may tell of. */
export const entriesMax = 50_000;

/** ISO 20022, external code set of return reasons: the bank did not say why. */
export const reasonNotSpecified = 'MS03';

/** By what a movement is known: 32 bytes (SHA-256). */
export type Fingerprints = {
  readonly fingerprint: Buffer;
  /** What the same movement was known by before decision 0060, where that differs. */
  readonly earlier: Buffer | undefined;
};

/**
 * By what a movement is known again in another file that has no reference of the bank for it, or another kind of
 * reference: its account, direction, amount, and what it is for. Two that are alike in all of that differ by how many there
 * are of them.
 */
export function fingerprintsOf(account: string, entry: BankEntry, payoutId: string | undefined): Fingerprints {
  const { direction, isReversal, amount, currency, bookedOn } = entry;
  const digest = (purpose: readonly string[]): Buffer => {
    // A payout is made once, on whichever day a file says that it was.
    const about = payoutId ?? [bookedOn, ...purpose];
    const known = [account, direction, isReversal, String(amount), currency, about];
    return createHash('sha256').update(JSON.stringify(known)).digest();
  };
  const fingerprint = digest(purposeOf(entry, { accountOf: comparedAccount, titleOf: comparedText }));
  const earlier = digest(purposeOf(entry, { accountOf: digitsOf, titleOf: lettersAndDigits }));
  return { fingerprint, earlier: earlier.equals(fingerprint) ? undefined : earlier };
}

type Reading = { readonly accountOf: (text: string) => string; readonly titleOf: (text: string) => string };

function purposeOf(entry: BankEntry, { accountOf, titleOf }: Reading): readonly string[] {
  const { accountNumbers, counterpartyAccount, title } = entry;
  if (accountNumbers.length > 0) return accountNumbers.toSorted();
  return [accountOf(counterpartyAccount ?? ''), titleOf(title)];
}
