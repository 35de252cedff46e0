import { WrongState } from '../contracts/errors.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { StatementEntry } from '../kernel/db/generated/prisma/client.ts';
import { InvalidInput, NotFound } from '../kernel/errors.ts';
import { transferAssigned } from '../ledger/model.ts';
import { writePostings } from '../ledger/sql/write-postings.ts';
import { findShopsOfPayouts } from '../payouts/store.ts';
import { findShopsOf, readTransactions } from '../transactions/store.ts';
import { giveToPayout } from './give-to-payout.ts';
import { auditEntry, holdEntry, type OperatorDeps } from './hold-entry.ts';
import { judgeTransfer, obstacleOf } from './model.ts';
import { moveEntries } from './sql/move-entries.ts';
import { sumParts } from './sql/read-known.ts';
import { completeParts, writeParts } from './sql/write-parts.ts';
import { tellAttempts } from './write-decisions.ts';

/** What a held transfer is for, as an operator found out: exactly one of the two. */
export type Assignment = {
  readonly entryId: string;
  readonly transactionId?: string | undefined;
  readonly payoutId?: string | undefined;
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
  const { direction, amount, heldAmount, currency } = entry;
  const assigned = direction === 'DEBIT' ? amount : heldAmount - row.heldAmount;
  await auditEntry(tx, deps, {
    ...{ action: 'ASSIGN_TRANSFER', entry },
    data: { transactionId, payoutId, amount: String(assigned), currency },
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
  if (verdict.kind === 'hold') throw new WrongState(obstacleOf(verdict.reason));
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
