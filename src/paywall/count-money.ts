import { type PayerState, payingAttempt } from './find-payer-state.ts';
import type { MoneyView } from './pages/view.ts';

/**
 * Counts what became of a payer's money. What was captured is counted once the acquirer has said so, and until then as
 * reserved; what was released, and refunds that were refused, count nowhere.
 */
export function countMoney({ payment, attempts, givenBack }: PayerState): MoneyView {
  const { status } = payment;
  const attempt = status === 'AUTHORIZED' ? attempts.at(-1) : payingAttempt(attempts);
  if (!attempt) return { taken: 0n, reserved: 0n, givenBack: 0n, comingBack: 0n };
  const { amount, settledAmount: taken, refundedAmount } = attempt;
  const comingBack = refundedAmount > givenBack ? refundedAmount - givenBack : 0n;
  return { taken, reserved: status === 'AUTHORIZED' ? amount - taken : 0n, givenBack, comingBack };
}
