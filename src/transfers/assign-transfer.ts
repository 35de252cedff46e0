import { WrongState } from '../contracts/errors.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { StatementEntry } from '../kernel/db/generated/prisma/client.ts';
import type { HeldReason } from '../kernel/db/generated/prisma/enums.ts';
import { InvalidInput, NotFound } from '../kernel/errors.ts';
import { transferAssigned, transferReturned } from '../ledger/model.ts';
import { writePostings } from '../ledger/sql/write-postings.ts';
import { applyBankAnswers } from '../payouts/apply-bank-answer.ts';
import { findShopsOfPayouts, readPayouts } from '../payouts/store.ts';
import { reasonNotSpecified } from '../statements/bank-entry.ts';
import { findShopsOf, readTransactions } from '../transactions/store.ts';
import { auditEntry, holdEntry, type OperatorDeps } from './hold-entry.ts';
import { judgePayout, judgeTransfer } from './model.ts';
import { moveEntries } from './sql/move-entries.ts';
import { findBookedPayouts, sumParts } from './sql/read-known.ts';
import { completeParts, writeParts } from './sql/write-parts.ts';
import { tellAttempts } from './write-decisions.ts';

/** What a held transfer is for, as an operator found out: exactly one of the two. */
export type Assignment = {
  readonly entryId: string;
  readonly transactionId: string | undefined;
  readonly payoutId: string | undefined;
};

/** Why money cannot be given to what an operator names. */
const obstacles: Readonly<Partial<Record<HeldReason, string>>> = {
  CURRENCY_DIFFERS: 'The transfer is in another currency than the transaction.',
  ATTEMPT_NOT_SENT: 'The transaction was never sent, so no money can be for it.',
  PAID_ALREADY: 'The transaction lacks no money.',
  PAYOUT_AMOUNT_DIFFERS: 'The payout is of another amount or currency.',
  PAYOUT_NOT_SENT: 'The payout was not sent yet.',
  PAYOUT_REPEATED: 'The payout has its movement already.',
};

/**
 * Says what a held movement is for. Money that came goes to a transaction that lacks it, which settles when it then has all
 * of it, or means that a payout came back; money that went out is that of a payout. What is too much stays held.
 * @throws InvalidInput unless one of the two is named; NotFound; WrongState when nothing is held, or it cannot be for that.
 */
export async function assignTransfer(tx: Tx, deps: OperatorDeps, wish: Assignment): Promise<StatementEntry> {
  const { entryId, transactionId, payoutId } = wish;
  if ((transactionId === undefined) === (payoutId === undefined)) {
    throw new InvalidInput('Name either a transaction or a payout.', ['transactionId']);
  }
  const shopIds =
    transactionId === undefined
      ? await findShopsOfPayouts(tx, [payoutId ?? ''])
      : await findShopsOf(tx, [transactionId]);
  const entry = await holdEntry(tx, entryId, shopIds);
  if (entry.status !== 'HELD') throw new WrongState('The transfer waits for the rest of its payment; return it first.');
  const row =
    transactionId === undefined
      ? await giveToPayout(tx, deps, { entry, payoutId: payoutId ?? '' })
      : await giveToTransaction(tx, deps, { entry, transactionId });
  const { heldAmount, currency } = entry;
  await auditEntry(tx, deps, {
    ...{ action: 'ASSIGN_TRANSFER', entry },
    data: { transactionId, payoutId, amount: String(heldAmount - row.heldAmount), currency },
  });
  return row;
}

async function giveToTransaction(
  tx: Tx,
  deps: OperatorDeps,
  { entry, transactionId }: { readonly entry: StatementEntry; readonly transactionId: string },
): Promise<StatementEntry> {
  const [transaction] = await readTransactions(tx, [transactionId]);
  if (!transaction) throw new NotFound('There is no transaction with this id.', ['transactionId']);
  if (entry.direction === 'DEBIT') throw new WrongState('This money went out, so it pays no transaction.');
  if (transaction.transferAccount === null) throw new WrongState('The transaction is not paid by a transfer.');
  const [sum] = await sumParts(tx, [transactionId]);
  const { id: entryId, currency } = entry;
  const verdict = judgeTransfer({ transaction, applied: sum?.amount ?? 0n }, { amount: entry.heldAmount, currency });
  if (verdict.kind === 'hold') throw new WrongState(obstacles[verdict.reason] ?? 'The transfer cannot be for that.');
  const { take, rest, covers, told } = verdict;
  const at = deps.clock.now();
  await writePostings(tx, [transferAssigned({ entryId, currency, at, amount: take, acquirer: transaction.acquirer })]);
  if (told !== undefined) {
    await tellAttempts(tx, deps, [{ transactionId, answer: { kind: 'settled', amount: told } }]);
  }
  const moved = { ...entry, transactionId, appliedAmount: entry.appliedAmount + take, heldAmount: rest, updatedAt: at };
  const row: StatementEntry =
    rest > 0n
      ? { ...moved, reason: 'OVERPAID' }
      : { ...moved, status: covers ? 'BOOKED' : 'PARTIAL', reason: covers ? null : 'UNDERPAID' };
  await moveEntries(tx, [{ was: entry.status, row }]);
  await writeParts(tx, [{ entryId, transactionId, amount: take }]);
  if (covers) await completeParts(tx, { transactionIds: [transactionId], at });
  return row;
}

async function giveToPayout(
  tx: Tx,
  deps: OperatorDeps,
  { entry, payoutId }: { readonly entry: StatementEntry; readonly payoutId: string },
): Promise<StatementEntry> {
  const [payout] = await readPayouts(tx, [payoutId]);
  if (!payout) throw new NotFound('There is no payout with this id.', ['payoutId']);
  if (entry.appliedAmount > 0n) throw new WrongState('A part of the transfer has paid a transaction.');
  const booked = await findBookedPayouts(tx, [payoutId]);
  const isRepeated = booked.some(({ direction }) => direction === entry.direction);
  const verdict = judgePayout(payout, entry, isRepeated);
  if (verdict.kind === 'hold') throw new WrongState(obstacles[verdict.reason] ?? 'The transfer cannot be for that.');
  const at = deps.clock.now();
  const { id: entryId, currency, heldAmount } = entry;
  // A payout that came back moves its money on the account of the bank itself.
  if (heldAmount > 0n) {
    await writePostings(tx, [transferReturned({ entryId, currency, at, amount: heldAmount, acquirer: undefined })]);
  }
  if (verdict.answer === 'booked') await applyBankAnswers(tx, deps, [{ payoutId, kind: 'booked' }]);
  if (verdict.answer === 'returned') {
    const reason = entry.returnReason ?? reasonNotSpecified;
    await applyBankAnswers(tx, deps, [{ payoutId, kind: 'returned', reason }]);
  }
  const row: StatementEntry = {
    ...{ ...entry, payoutId, status: 'BOOKED', reason: null, heldAmount: 0n, updatedAt: at },
    releasedAmount: entry.releasedAmount + heldAmount,
  };
  await moveEntries(tx, [{ was: entry.status, row }]);
  return row;
}
