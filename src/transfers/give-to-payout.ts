import { WrongState } from '../contracts/errors.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Payout, StatementEntry } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { toDecimal } from '../kernel/money.ts';
import { payoutFeeKept, transferReturned } from '../ledger/model.ts';
import { writePostings } from '../ledger/sql/write-postings.ts';
import { applyBankAnswers, type BankAnswer } from '../payouts/apply-bank-answer.ts';
import { wasCancelled } from '../payouts/model.ts';
import { findRefusedHandover } from '../payouts/sql/bank-files.ts';
import { findPayoutOverdrawing } from '../payouts/sql/find-waiting-payouts.ts';
import { readPayouts } from '../payouts/store.ts';
import { reasonNotSpecified } from '../statements/bank-entry.ts';
import type { OperatorDeps } from './hold-entry.ts';
import { judgePayout, obstacleOf, obstacleToFee } from './model.ts';
import { moveEntries } from './sql/move-entries.ts';
import { findBookedPayouts } from './sql/read-known.ts';

/** A held movement for a payout; with `acceptFee` the bank kept what it is less. */
export type PayoutGift = { readonly entry: StatementEntry; readonly payoutId: string; readonly acceptFee: boolean };

/**
 * Books a held movement as that of a payout: money that went out settles it, money that came brings it back. One that waits
 * is settled as well if it was in a file that the bank had refused: then the bank executed it nevertheless. So is one that was
 * cancelled, whose money is taken from the balance again, below zero if it is there no more. What the bank kept of one that
 * came back is our cost. The caller holds the entry and the locks of the payout's shops.
 * @throws NotFound; WrongState when it cannot be the payout's.
 */
export async function giveToPayout(
  tx: Tx,
  deps: OperatorDeps,
  { entry, payoutId, acceptFee }: PayoutGift,
): Promise<StatementEntry> {
  const [payout] = await readPayouts(tx, [payoutId]);
  if (!payout) throw new NotFound('There is no payout with this id.', ['payoutId']);
  if (entry.appliedAmount > 0n) throw new WrongState('A part of the transfer has paid a transaction.');
  const fee = acceptFee ? requireFee(payout, entry) : 0n;
  const answer = await findAnswer(tx, payout, { entry, fee });
  const at = deps.clock.now();
  const { id: entryId, currency, heldAmount } = entry;
  // A payout that came back moves its money on the account of the bank itself.
  if (heldAmount > 0n) {
    await writePostings(tx, [transferReturned({ entryId, currency, at, amount: heldAmount, acquirer: undefined })]);
  }
  if (answer) await applyBankAnswers(tx, deps, [answer]);
  if (fee > 0n) await writePostings(tx, [payoutFeeKept(payout, { fee, at })]);
  const row: StatementEntry = {
    ...{ ...entry, payoutId, status: 'BOOKED', reason: null, heldAmount: 0n, updatedAt: at },
    releasedAmount: entry.releasedAmount + heldAmount,
  };
  await moveEntries(tx, [{ was: entry.status, row }]);
  return row;
}

/** What the bank kept of a payout that it brings back. */
function requireFee(payout: Payout, entry: StatementEntry): bigint {
  const { status, net, currency } = payout;
  requireNotCancelled(payout, entry);
  const isLess = entry.direction === 'CREDIT' && entry.currency === currency && entry.heldAmount < net;
  if (!isLess) {
    throw new WrongState(
      'This is no money that came back less than the payout, so the bank has kept no fee: leave acceptFee out.',
    );
  }
  if (status === 'RETURNED') throw new WrongState('The payout has come back already, so no fee of it can be accepted.');
  const fee = net - entry.heldAmount;
  const obstacle = obstacleToFee(fee, currency);
  if (obstacle !== undefined) throw new WrongState(obstacle);
  return fee;
}

/** What the payout learns; undefined: it knows it already. */
async function findAnswer(
  tx: Tx,
  payout: Payout,
  { entry, fee }: { readonly entry: StatementEntry; readonly fee: bigint },
): Promise<BankAnswer | undefined> {
  const { id: payoutId } = payout;
  const { currency, direction } = entry;
  requireNotCancelled(payout, entry);
  const booked = await findBookedPayouts(tx, [payoutId]);
  // Of money that came, the bank may have taken a part back.
  const amount = direction === 'CREDIT' ? entry.heldAmount + fee : entry.amount;
  const verdict = judgePayout(
    payout,
    { amount, currency, direction },
    booked.some((each) => each.direction === direction),
  );
  if (verdict.kind === 'hold') {
    if (verdict.reason !== 'PAYOUT_NOT_SENT') throw new WrongState(obstacleOf(verdict.reason));
    const sentAt = await requireRefusedHandover(tx, payout, entry);
    if (wasCancelled(payout)) {
      // Its first debit brought it back less a fee, and stands for it.
      if (booked.length > 0) throw new WrongState(obstacleOf('PAYOUT_REPEATED'));
      await requireNoneWaiting(tx, payout);
    }
    return { payoutId, kind: 'executed', sentAt };
  }
  if (verdict.answer === undefined) return undefined;
  if (verdict.answer === 'booked') return { payoutId, kind: 'booked' };
  return { payoutId, kind: 'returned', reason: entry.returnReason ?? reasonNotSpecified };
}

/** Nothing can have come back of a payout whose money is on the balance without having been sent by our books. */
function requireNotCancelled(payout: Payout, { direction }: StatementEntry): void {
  if (direction === 'DEBIT' || !wasCancelled(payout)) return;
  throw new WrongState(
    'The payout was cancelled, and its money is on the balance: assign the debit with which the bank sent it to this transfer, with acceptFee if a bank kept a part.',
  );
}

/** A payout that waits must not pay what a cancelled one has paid already: its money has to be on the balance then. */
async function requireNoneWaiting(tx: Tx, payout: Payout): Promise<void> {
  const waiting = await findPayoutOverdrawing(tx, payout);
  if (!waiting) return;
  const lacking = `${toDecimal(waiting.lacking)} ${payout.currency}`;
  throw new WrongState(
    `The payout ${waiting.id} waits for its file and would pay its receiver a second time, who has ${lacking} less on his balance than this one has paid: cancel that one first (cancelPayout), and say resumePayouts afterwards if its account is right.`,
  );
}

/** When a payout that waits, or was cancelled, was handed over with a file that the bank refused; only then can a debit be its. */
async function requireRefusedHandover(
  tx: Tx,
  payout: Payout,
  { direction }: Pick<StatementEntry, 'direction'>,
): Promise<Date> {
  const sentAt = await findRefusedHandover(tx, payout);
  if (sentAt === undefined) {
    const instead = direction === 'DEBIT' ? 'or dismiss it with notOfPayout' : 'or return it';
    throw new WrongState(
      `The payout was never in a file for the bank, so this is none of its movements: assign it to what it is for, ${instead}.`,
    );
  }
  if (direction === 'CREDIT') {
    throw new WrongState(
      'The payout waits to be sent, so it cannot have come back: assign the debit with which the bank executed it first.',
    );
  }
  return sentAt;
}
