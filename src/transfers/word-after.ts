import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { AnswerForTransaction } from '../payments/apply-acquirer-answer.ts';

/** What the attempt is told when all that came for it goes back; the codes of simulated transfers have it as well. */
const sentBackCode = 'WT_SENT_BACK';

/**
 * What an attempt is told when money that came for it goes back, or is taken back by the bank. One that has settled is told
 * nothing: the sale stands, and its acquirer owes us the money again. Pure.
 * @param left what of transfers is still there for it, in minor units.
 */
export function wordAfter(
  { id: transactionId, status, heldAmount }: Transaction,
  left: bigint,
): AnswerForTransaction[] {
  // By its acquirer's word alone: what we have seen of the money does not matter to it.
  if (status === 'SETTLED' || heldAmount === 0n) return [];
  if (left > 0n) return [{ transactionId, answer: { kind: 'settled', amount: left } }];
  return [{ transactionId, answer: { kind: 'rejected', reason: 'GENERAL', code: sentBackCode } }];
}
