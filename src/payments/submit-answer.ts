import type { AnswerForTransaction, AppliedAnswer } from './apply-acquirer-answer.ts';
import type { PaymentDeps } from './deps.ts';

/** Applies a word about an attempt; a refusal counts against the address and the shop it came from. */
export async function submitAnswer(
  deps: Pick<PaymentDeps, 'applying' | 'attempts'>,
  word: AnswerForTransaction,
): Promise<AppliedAnswer> {
  const applied = await deps.applying.submit(word);
  const { shopId, paymentId, method, reason, status, payerIp, addressSeen } = applied.transaction;
  if (applied.moved && status === 'REJECTED') {
    await deps.attempts.noteRefusal({ shopId, paymentId, method, reason, address: payerIp ?? undefined, addressSeen });
  }
  return applied;
}
