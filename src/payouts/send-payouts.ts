import { inTransaction } from '../kernel/db/database.ts';
import { applyBankAnswers } from './apply-bank-answer.ts';
import type { PayoutDeps } from './deps.ts';
import { findPayoutsToSend } from './sql/find-waiting-payouts.ts';

const payoutsAtOnce = 500;

/** Hands to the bank the payouts whose session is near. */
export async function sendPayouts(deps: PayoutDeps): Promise<void> {
  for (;;) {
    const ids = await findPayoutsToSend(deps.database, deps.clock.now(), payoutsAtOnce);
    if (ids.length === 0) return;
    const answers = ids.map((payoutId) => ({ payoutId, kind: 'sent' }) as const);
    await inTransaction(deps.database, (tx) => applyBankAnswers(tx, deps, answers));
  }
}
