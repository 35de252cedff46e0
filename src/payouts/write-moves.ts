import type { Tx } from '../kernel/db/database.ts';
import { appendEvents } from '../kernel/events/append-events.ts';
import { type NewPosting, payoutConfirmed, payoutReinstated, payoutReturned, payoutSentBack } from '../ledger/model.ts';
import { writePostings } from '../ledger/sql/write-postings.ts';
import { payoutFacts } from './events.ts';
import { movePayouts, type PayoutMove } from './store.ts';

/**
 * Writes moves of payouts, each payout at most once, with the postings and facts that belong to them. The caller holds the
 * locks of their shops. One that was cancelled and is settled is taken from the balance anew, whatever is on it. Handing over, and
 * waiting again, moves no money on the books: it has lain in PAYOUTS since the payout was made.
 * @throws Error when a payout was in another state than it was thought to be in: then nothing commits.
 */
export async function writeMoves(tx: Tx, moves: readonly PayoutMove[]): Promise<void> {
  await movePayouts(tx, moves);
  await writePostings(tx, moves.flatMap(postingsOf));
  await appendEvents(
    tx,
    payoutFacts(
      moves.map(({ row }) => row),
      (payout) => payout.updatedAt,
    ),
  );
}

function postingsOf({ was, row }: PayoutMove): NewPosting[] {
  if (row.status === 'SETTLED') {
    return was === 'RETURNED' ? [payoutReinstated(row), payoutConfirmed(row)] : [payoutConfirmed(row)];
  }
  if (row.status !== 'RETURNED') return [];
  return row.reinstatedAt === null ? [payoutReturned(row, was === 'SETTLED')] : [payoutSentBack(row)];
}
