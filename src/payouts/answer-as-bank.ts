import { inTransaction } from '../kernel/db/database.ts';
import { applyBankAnswers, type BankAnswer } from './apply-bank-answer.ts';
import type { PayoutDeps } from './deps.ts';
import { returningIban } from './model.ts';
import { findPayoutsToArrive } from './sql/find-waiting-payouts.ts';

const payoutsAtOnce = 500;

/** The bank of the sandbox: books every payout at the moment it is expected, and sends back those to one account number. */
export async function answerAsBank(deps: PayoutDeps): Promise<void> {
  for (;;) {
    const payouts = await findPayoutsToArrive(deps.database, deps.clock.now(), payoutsAtOnce);
    if (payouts.length === 0) return;
    const answers = payouts.map(({ id: payoutId, iban }): BankAnswer => {
      return iban === returningIban
        ? { payoutId, kind: 'returned', reason: closedAccount }
        : { payoutId, kind: 'booked' };
    });
    await inTransaction(deps.database, (tx) => applyBankAnswers(tx, deps, answers));
  }
}

/** The code of ISO 20022 for an account that is closed (external code set, return reasons). */
const closedAccount = 'AC04';
