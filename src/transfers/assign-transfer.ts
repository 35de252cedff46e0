import { WrongState } from '../contracts/errors.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { StatementEntry } from '../kernel/db/generated/prisma/client.ts';
import { InvalidInput, NotFound } from '../kernel/errors.ts';
import { transferAssigned } from '../ledger/model.ts';
import { writePostings } from '../ledger/sql/write-postings.ts';
import { findShopsOfPayouts } from '../payouts/store.ts';
import { findOwnersOf, readTransactions } from '../transactions/store.ts';
import { giveToPayout } from './give-to-payout.ts';
import { auditEntry, holdEntry, type OperatorDeps } from './hold-entry.ts';
import { judgeTransfer, obstacleOf } from './model.ts';
import { findShopsOfEntries, findSources } from './sql/find-sources.ts';
import { moveEntries } from './sql/move-entries.ts';
import { sumParts } from './sql/read-known.ts';
import { completeParts, writeParts } from './sql/write-parts.ts';
import { takeBackTransfer } from './take-back-transfer.ts';
import { tellAttempts } from './write-decisions.ts';

/** What a held movement is for, as an operator found out: exactly one of the three. */
export type Assignment = {
  readonly entryId: string;
  readonly transactionId?: string | undefined;
  readonly payoutId?: string | undefined;
  /** The transfer that the bank took back: one that is held, or has paid several transactions. */
  readonly heldTransferId?: string | undefined;
  /** True: what came back is less than the payout, since a bank kept a fee, and that is our cost. */
  readonly acceptFee?: boolean | undefined;
};

/**
 * Says what a held movement is for. Money that came goes to a transaction that lacks it, which settles when it then has all
 * of it, or means that a payout came back. Money that went out is that of a payout, also of one that was cancelled, or the bank has
 * taken back what had come for a transaction or is held. What is too much stays held.
 * @throws InvalidInput unless one of the three is named; NotFound; WrongState when nothing is held, or it cannot be for that.
 */
export async function assignTransfer(tx: Tx, deps: OperatorDeps, wish: Assignment): Promise<StatementEntry> {
  const { entryId, transactionId, payoutId, heldTransferId, acceptFee = false } = wish;
  if ([transactionId, payoutId, heldTransferId].filter((id) => id !== undefined).length !== 1) {
    throw new InvalidInput('Name one of a transaction, a payout and a held transfer.', ['transactionId']);
  }
  if (acceptFee && transactionId !== undefined) {
    throw new InvalidInput('acceptFee goes with payoutId or heldTransferId.', ['acceptFee']);
  }
  const entry = await holdEntry(tx, entryId, await findShopsConcerned(tx, wish));
  if (entry.status !== 'HELD') throw new WrongState('The transfer waits for the rest of its payment; return it first.');
  const { direction, currency } = entry;
  const isReversal = direction === 'DEBIT' && payoutId === undefined;
  const { row, takenFrom } = isReversal
    ? await takeBackTransfer(tx, deps, { debit: entry, reversed: { transactionId, heldTransferId }, acceptFee })
    : { row: await give(tx, deps, { entry, wish }), takenFrom: undefined };
  const amount = direction === 'DEBIT' ? entry.amount : entry.heldAmount - row.heldAmount;
  await auditEntry(tx, deps, {
    ...{ action: 'ASSIGN_TRANSFER', entry },
    data: {
      ...{ transactionId, payoutId, heldTransferId, amount: String(amount), currency, takenFrom },
      acceptFee: acceptFee || undefined,
    },
  });
  return row;
}

async function findShopsConcerned(tx: Tx, wish: Assignment): Promise<string[]> {
  const { transactionId, payoutId, heldTransferId } = wish;
  if (payoutId !== undefined) return findShopsOfPayouts(tx, [payoutId]);
  const sources = await findSources(tx, { transactionId, heldTransferId });
  const shopIds = await findShopsOfEntries(tx, sources);
  return transactionId === undefined ? shopIds : [...shopIds, ...(await findOwnersOf(tx, [transactionId])).shopIds];
}

async function give(
  tx: Tx,
  deps: OperatorDeps,
  { entry, wish }: { readonly entry: StatementEntry; readonly wish: Assignment },
): Promise<StatementEntry> {
  const { transactionId, payoutId, acceptFee = false } = wish;
  if (payoutId !== undefined) return giveToPayout(tx, deps, { entry, payoutId, acceptFee });
  if (transactionId !== undefined) return giveToTransaction(tx, deps, { entry, transactionId });
  throw new WrongState(
    'This money came in, so it takes no other transfer back: assign it to a transaction or a payout.',
  );
}

async function giveToTransaction(
  tx: Tx,
  deps: OperatorDeps,
  { entry, transactionId }: { readonly entry: StatementEntry; readonly transactionId: string },
): Promise<StatementEntry> {
  const [transaction] = await readTransactions(tx, [transactionId]);
  if (!transaction) throw new NotFound('There is no transaction with this id.', ['transactionId']);
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
  const moved = {
    // Named before, a payout is not what it is for.
    ...{ ...entry, transactionId, payoutId: null, updatedAt: at },
    ...{ appliedAmount: entry.appliedAmount + take, heldAmount: rest },
  };
  const row: StatementEntry =
    rest > 0n
      ? { ...moved, reason: 'OVERPAID' }
      : { ...moved, status: covers ? 'BOOKED' : 'PARTIAL', reason: covers ? null : 'UNDERPAID' };
  await moveEntries(tx, [{ was: entry.status, row }]);
  await writeParts(tx, [{ entryId, transactionId, amount: take }]);
  if (covers) await completeParts(tx, { transactionIds: [transactionId], at });
  return row;
}
