import type { BankEntry } from '../../src/statements/bank-entry.ts';

/** An account of ours in tests. */
export const ownAccount = 'PL57999000090000000000000404';

/** A payer's account. */
export const payersAccount = 'PL61109010140000071219812874';

/** A transfer of 100.00 PLN that came in, with what is given instead. */
export function entryOf(values: Partial<BankEntry> = {}): BankEntry {
  return {
    direction: 'CREDIT',
    isReversal: false,
    amount: 10_000n,
    currency: 'PLN',
    bookedOn: '2026-03-02',
    bankReference: undefined,
    endToEndId: undefined,
    counterpartyName: 'Jan Kowalski',
    counterpartyAccount: payersAccount,
    title: 'Zapłata za książki',
    sentTo: undefined,
    accountNumbers: [],
    returnReason: undefined,
    ...values,
  };
}
