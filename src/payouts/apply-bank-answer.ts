import type { Tx } from '../kernel/db/database.ts';
import type { Payout } from '../kernel/db/generated/prisma/client.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { readMerchantClocks } from '../merchants/store.ts';
import type { PayoutDeps } from './deps.ts';
import { mayMovePayout, wasCancelled } from './model.ts';
import { findShopsOfPayouts, type PayoutMove, readPayouts } from './store.ts';
import { writeMoves } from './write-moves.ts';

/**
 * What became of a payout that was sent: the bank has booked it, or it came back. Or of one that waits again, or was cancelled: an
 * operator found out that the bank executed it with a file that it had refused, to which it was handed at `sentAt`.
 */
export type BankAnswer = { readonly payoutId: string } & (
  | { readonly kind: 'booked' }
  | { readonly kind: 'executed'; readonly sentAt: Date }
  | { readonly kind: 'returned'; readonly reason: string }
);

/** What an answer did: nothing when it is old news or about no payout of ours. */
export type AppliedBankAnswer = { readonly payout: Payout | undefined; readonly changed: boolean };

const statuses = { booked: 'SETTLED', executed: 'SETTLED', returned: 'RETURNED' } as const;

/**
 * Applies what became of payouts, however it was learnt. Money that came back is on the balance again and part of the
 * next payout. An answer that is repeated changes nothing; one that fits no state is an alarm, and changes nothing either.
 */
export async function applyBankAnswers(
  tx: Tx,
  deps: Pick<PayoutDeps, 'clock' | 'log'>,
  answers: readonly BankAnswer[],
): Promise<readonly AppliedBankAnswer[]> {
  const ids = [...new Set(answers.map((answer) => answer.payoutId))];
  await lockShops(tx, await findShopsOfPayouts(tx, ids));
  const payouts = new Map((await readPayouts(tx, ids)).map((payout) => [payout.id, payout]));
  const clocks = await readMerchantClocks(
    tx,
    [...payouts.values()].map((payout) => payout.merchantId),
  );
  const moves: PayoutMove[] = [];
  const applied = answers.map((answer): AppliedBankAnswer => {
    const before = payouts.get(answer.payoutId);
    const row = before && afterAnswer(before, answer, deps.clock.now(clocks.get(before.merchantId)));
    if (!before || !row) {
      // The reason may be in words of the bank, with names in them.
      const { payoutId, kind } = answer;
      if (before?.status !== statuses[kind]) {
        deps.log.error({ payoutId, answer: kind }, 'what the bank says fits no payout');
      }
      return { payout: before, changed: false };
    }
    payouts.set(row.id, row);
    moves.push({ was: before.status, row });
    return { payout: row, changed: true };
  });
  for (const wave of wavesOf(moves)) await writeMoves(tx, wave);
  return applied;
}

function afterAnswer(before: Payout, answer: BankAnswer, at: Date): Payout | undefined {
  const status = statuses[answer.kind];
  const isCancelled = wasCancelled(before);
  // What waits, or was cancelled, is settled by an operator's word alone: it may go out with the next file, or be paid otherwise.
  const isExpected = (before.status === 'SCHEDULED' || isCancelled) === (answer.kind === 'executed');
  // What came back from the bank is on the balance for good.
  const isOver = before.status === 'RETURNED' && !isCancelled;
  if (isOver || !isExpected || !mayMovePayout(before.status, status)) return undefined;
  const moved = { ...before, status, updatedAt: at };
  switch (answer.kind) {
    case 'booked':
      return { ...moved, settledAt: at };
    case 'executed':
      // What came back did not, so nothing of that is left on it.
      return {
        ...{ ...moved, sentAt: answer.sentAt, settledAt: at, reinstatedAt: isCancelled ? at : null },
        ...{ returnedAt: null, returnReason: null, resumedAt: null },
      };
    case 'returned':
      return { ...moved, returnedAt: at, returnReason: answer.reason };
  }
}

/** Moves of one payout follow each other, so each wave has a payout at most once. */
function wavesOf(moves: readonly PayoutMove[]): Iterable<readonly PayoutMove[]> {
  const seen = new Map<string, number>();
  const waves = Map.groupBy(moves, ({ row }) => {
    const wave = (seen.get(row.id) ?? 0) + 1;
    seen.set(row.id, wave);
    return wave;
  });
  return waves.values();
}
