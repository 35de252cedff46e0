import { WrongState } from '../contracts/errors.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Payout, StatementEntry } from '../kernel/db/generated/prisma/client.ts';
import { parseText } from '../kernel/text.ts';
import { wasCancelled } from '../payouts/model.ts';
import { readPayouts } from '../payouts/store.ts';
import { auditEntry, holdEntry, type OperatorDeps } from './hold-entry.ts';
import { moveEntries } from './sql/move-entries.ts';

/**
 * Ends the search for what money that went out was for, since it is none of the gateway's: a fee of the bank, say. Nothing
 * is posted. One that names a payout which is to be paid, as it waits or its money is on the balance again, ends what keeps that from
 * being paid, so it has to be said that it has not paid it; of one that came back from the bank only if it is of its whole amount (docs/decisions/0065-a-cancelled-payout-that-the-bank-executed.md).
 * @param wish.notOfPayout true: it is another movement than that of the payout it names.
 * @throws NotFound; InvalidInput without a reason or with one of more than 500 characters; WrongState when it is not held,
 * is money that came: that is somebody's, and is assigned or returned; or names such a payout, without `notOfPayout`.
 */
export async function dismissTransfer(
  tx: Tx,
  deps: OperatorDeps,
  wish: { readonly entryId: string; readonly reason: string; readonly notOfPayout?: boolean | undefined },
): Promise<StatementEntry> {
  const reason = parseText(wish.reason.trim(), 'reason', { max: 500 });
  const entry = await holdEntry(tx, wish.entryId);
  if (entry.direction === 'CREDIT') {
    throw new WrongState('This money came in, and is somebody’s: assign it, or return it.');
  }
  const { notOfPayout = false } = wish;
  const [payout] = await readPayouts(tx, entry.payoutId === null ? [] : [entry.payoutId]);
  const obstacle = payout && whyPaidTwice(payout, entry);
  if (obstacle !== undefined && !notOfPayout) throw new WrongState(obstacle);
  const row: StatementEntry = { ...entry, status: 'DISMISSED', reason: null, updatedAt: deps.clock.now() };
  await moveEntries(tx, [{ was: entry.status, row }]);
  const data = { reason, notOfPayout: obstacle === undefined ? undefined : entry.payoutId };
  await auditEntry(tx, deps, { action: 'DISMISS_TRANSFER', entry, data });
  return row;
}

/** Why a debit that names a payout is not dismissed in passing, and what to do instead; undefined: nothing is paid for it. */
function whyPaidTwice(payout: Payout, { amount, currency }: StatementEntry): string | undefined {
  const { id, status } = payout;
  const otherwise = 'If it is another movement, a fee say, dismiss it with notOfPayout.';
  if (status === 'SCHEDULED') {
    return `The debit names the payout ${id}, which waits to be sent and would be paid a second time: if the bank executed it, assign the debit to it (payoutId). ${otherwise}`;
  }
  if (wasCancelled(payout)) {
    return `The debit names the payout ${id}, which was cancelled, so its money is on the balance and would be paid a second time: if the bank executed it, assign the debit to it (payoutId), or to the held transfer that brings the money back (heldTransferId). ${otherwise}`;
  }
  if (status !== 'RETURNED' || amount !== payout.net || currency !== payout.currency) return undefined;
  return `The debit names the payout ${id}, which came back, so its money is on the balance and would be paid a second time: if the bank executed it once more, assign the debit to the held transfer that brings the money back (heldTransferId), and leave it held until then. ${otherwise}`;
}
