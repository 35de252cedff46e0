import type { Tx } from '../kernel/db/database.ts';
import type { StatementEntry } from '../kernel/db/generated/prisma/client.ts';
import type { HeldReason } from '../kernel/db/generated/prisma/enums.ts';
import { parseText } from '../kernel/text.ts';
import { readPayouts } from '../payouts/store.ts';
import { auditEntry, lockDismissed, type OperatorDeps } from './hold-entry.ts';
import { judgePayout } from './model.ts';
import { moveEntries } from './sql/move-entries.ts';
import { findBookedPayouts } from './sql/read-known.ts';

/**
 * Holds money that went out again after it was dismissed by mistake: it can then be assigned, and keeps the payout that it
 * names from being paid, as before. Nothing is posted, as nothing was when it was dismissed; what was paid since stays paid.
 * @throws NotFound; InvalidInput without a reason or with one of more than 500 characters; WrongState when it is not dismissed.
 */
export async function holdDismissed(
  tx: Tx,
  deps: OperatorDeps,
  wish: { readonly entryId: string; readonly reason: string },
): Promise<StatementEntry> {
  const why = parseText(wish.reason.trim(), 'reason', { max: 500 });
  const entry = await lockDismissed(tx, wish.entryId);
  const reason = await findReason(tx, entry);
  const row: StatementEntry = { ...entry, status: 'HELD', reason, updatedAt: deps.clock.now() };
  await moveEntries(tx, [{ was: entry.status, row }]);
  await auditEntry(tx, deps, { action: 'HOLD_DISMISSED_TRANSFER', entry, data: { reason: why } });
  return row;
}

/** Why it is held now; the payout that it names may have been sent or paid since. */
async function findReason(tx: Tx, entry: StatementEntry): Promise<HeldReason> {
  const { payoutId } = entry;
  const [payout] = await readPayouts(tx, payoutId === null ? [] : [payoutId]);
  if (!payout) return 'UNKNOWN_DEBIT';
  const booked = await findBookedPayouts(tx, [payout.id]);
  const verdict = judgePayout(
    payout,
    entry,
    booked.some(({ direction }) => direction === entry.direction),
  );
  // One that may be the payout's by now is not booked by itself: an operator has said that it is another movement.
  return verdict.kind === 'hold' ? verdict.reason : 'UNKNOWN_DEBIT';
}
