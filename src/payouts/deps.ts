import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';
import type { Currency } from '../kernel/money.ts';

/** What paying out needs. */
export type PayoutDeps = { readonly database: Database; readonly clock: Clock; readonly log: Log };

/** The account from which our bank pays out one currency, and whose it is. */
export type SettlementAccount = {
  readonly iban: string;
  /** Undefined: the bank knows the account by its IBAN alone. */
  readonly bic: string | undefined;
  readonly name: string;
  readonly street: string;
  readonly postalCode: string;
  readonly city: string;
  /** ISO 3166-1, two letters. */
  readonly country: string;
};

/** How payouts are handed to the bank. */
export type BankFileSettings = {
  /** Payouts of a currency without an account wait until there is one. */
  readonly accounts: Readonly<Partial<Record<Currency, SettlementAccount>>>;
  /** How many transfers one file may have, at least 1. */
  readonly transactionsMax: number;
  /** Where the files are written; undefined: nowhere, operators fetch them. */
  readonly folder: string | undefined;
};

/** What handing payouts to the bank needs. */
export type BankFileDeps = PayoutDeps & { readonly bankFiles: BankFileSettings };
