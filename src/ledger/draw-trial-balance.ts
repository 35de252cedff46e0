import type { Database } from '../kernel/db/database.ts';
import type { Currency } from '../kernel/money.ts';
import { balancedKinds } from './accounts.ts';
import { readTrialBalance, type TrialBalanceLine } from './sql/read-balances-at.ts';

/** All balances of one currency at a moment, and their sum, which is zero. */
export type TrialBalance = {
  readonly currency: Currency;
  readonly lines: readonly TrialBalanceLine[];
  readonly sum: bigint;
};

/**
 * Draws the trial balance: what all accounts had just before a moment, by currency in the order of the enum. Accounts
 * on which nothing was booked by the end of that day are left out, and currencies that have no others. Shops are one line together, and so are recipients. Everything that was committed and is
 * dated before the moment is in it; what is dated so and committed later will be in the next one that is drawn.
 */
export async function drawTrialBalance(database: Database, before: Date): Promise<TrialBalance[]> {
  const lines = await readTrialBalance(database, { before, summed: balancedKinds });
  return [...Map.groupBy(lines, (line) => line.currency)].map(([currency, own]) => ({
    currency,
    lines: own,
    sum: own.reduce((sum, line) => sum + line.balance, 0n),
  }));
}
