import { WrongState } from '../contracts/errors.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { StatementEntry, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { toDecimal } from '../kernel/money.ts';
import { payoutFeeKept, transferReturned } from '../ledger/model.ts';
import { writePostings } from '../ledger/sql/write-postings.ts';
import { applyAcquirerAnswers } from '../payments/apply-acquirer-answer.ts';
import { readTransactions } from '../transactions/store.ts';
import type { OperatorDeps } from './hold-entry.ts';
import { obstacleOf } from './model.ts';
import { afterTakes, planTakeBack, type Source, type Take } from './plan-take-back.ts';
import { requireBankFee } from './require-bank-fee.ts';
import { findSources, type Reversed } from './sql/find-sources.ts';
import { moveEntries } from './sql/move-entries.ts';
import { sumParts } from './sql/read-known.ts';
import { clearParts, completeParts, type Part, readPartsOf } from './sql/write-parts.ts';
import { lockEntries } from './store.ts';
import { wordAfter } from './word-after.ts';

/** A held debit, and what it took back; with `acceptFee` a bank kept what came back less. */
export type TakeBack = { readonly debit: StatementEntry; readonly reversed: Reversed; readonly acceptFee: boolean };

/** A debit that was booked, and the transfers of which it took money back. */
export type TakenBack = { readonly row: StatementEntry; readonly takenFrom: readonly string[] };

/**
 * Books a held debit as money that the bank took back: out of what transfers brought for a transaction, or of one
 * transfer. Acquirers owe us again what their attempts lose: the sale of one that has settled stands, and one that waits is
 * told what is left. What a bank kept of a payout that was cancelled, executed and brought back is our cost. The caller holds the
 * debit and the locks of all shops concerned.
 * @throws NotFound; WrongState when not that much of it is left on our account.
 */
export async function takeBackTransfer(
  tx: Tx,
  deps: OperatorDeps,
  { debit, reversed, acceptFee }: TakeBack,
): Promise<TakenBack> {
  const { transactionId } = reversed;
  const sources = await readSources(tx, { debit, reversed });
  const kept = acceptFee ? await requireBankFee(tx, { debit, brought: sources[0]?.entry }) : undefined;
  const { takes, missing } = planTakeBack(sources, { amount: debit.amount - (kept?.fee ?? 0n), transactionId });
  if (missing > 0n) throw tooLittle(debit, missing, transactionId);
  const at = deps.clock.now();
  await takeFromAttempts(tx, deps, { debit, takes, at });
  if (kept) await writePostings(tx, [payoutFeeKept(kept.payout, { fee: kept.fee, at })]);
  const entries = sources.map(({ entry }) => entry).filter(({ id }) => takes.some(({ entryId }) => entryId === id));
  const row: StatementEntry = {
    // Named before, a payout is not what it is for, unless a fee of it is booked; nor is it what all that was taken is for.
    ...{ ...debit, status: 'BOOKED', reason: null, payoutId: kept?.payout.id ?? null, updatedAt: at },
    transactionId: transactionId ?? debit.transactionId,
  };
  const after = entries.map((entry) => ({ was: entry.status, row: afterTakes(entry, takes, at) }));
  await moveEntries(tx, [
    { was: debit.status, row },
    ...after.map(({ was, row: taken }) => ({
      was,
      row: taken.status === 'RETURNED' ? { ...taken, payoutId: row.payoutId } : taken,
    })),
  ]);
  const transactionIds = takes.flatMap((take) => take.transactionId ?? []);
  await completeParts(tx, { transactionIds, at });
  return { row, takenFrom: entries.map(({ id }) => id) };
}

/** Reads what can be taken back, and locks it; money that came in alone can. */
async function readSources(
  tx: Tx,
  { debit, reversed }: { readonly debit: StatementEntry; readonly reversed: Reversed },
): Promise<Source[]> {
  const { transactionId, heldTransferId } = reversed;
  if (transactionId !== undefined) await requireTransaction(tx, debit, transactionId);
  const entries = await lockEntries(tx, await findSources(tx, reversed));
  if (heldTransferId !== undefined) requireCredit(debit, entries[0]);
  const parts = await readPartsOf(
    tx,
    entries.map(({ id }) => id),
  );
  return entries.map((entry) => ({ entry, parts: parts.filter(({ entryId }) => entryId === entry.id) }));
}

async function requireTransaction(tx: Tx, debit: StatementEntry, transactionId: string): Promise<void> {
  const [transaction] = await readTransactions(tx, [transactionId]);
  if (!transaction) throw new NotFound('There is no transaction with this id.', ['transactionId']);
  if (transaction.transferAccount === null) throw new WrongState('The transaction is not paid by a transfer.');
  if (transaction.currency !== debit.currency) throw new WrongState(obstacleOf('CURRENCY_DIFFERS'));
}

function requireCredit(debit: StatementEntry, entry: StatementEntry | undefined): void {
  if (!entry) throw new NotFound('There is no held transfer with this id.', ['heldTransferId']);
  if (entry.direction === 'DEBIT') {
    throw new WrongState('The transfer that is named went out as well, so nothing of it can be taken back.');
  }
  if (entry.currency !== debit.currency) throw new WrongState('The transfer that is named is in another currency.');
}

function tooLittle(debit: StatementEntry, missing: bigint, transactionId: string | undefined): WrongState {
  const [taken, left] = [debit.amount, debit.amount - missing].map(
    (amount) => `${toDecimal(amount)} ${debit.currency}`,
  );
  const whose = transactionId === undefined ? 'this transfer' : 'the transfers for this transaction';
  const instead =
    debit.payoutId === null
      ? 'find out which transfers it took back.'
      : 'find out which transfers it took back. If this is all that came back of a payout that was cancelled, say acceptFee.';
  return new WrongState(`The bank took back ${taken}, and only ${left} of ${whose} is left on our account: ${instead}`);
}

/** Posts what is taken, and tells the attempts that lose it. */
async function takeFromAttempts(
  tx: Tx,
  deps: OperatorDeps,
  { debit, takes, at }: { readonly debit: StatementEntry; readonly takes: readonly Take[]; readonly at: Date },
): Promise<void> {
  const parts = takes.flatMap((take): Part[] =>
    take.transactionId === undefined ? [] : [{ ...take, transactionId: take.transactionId }],
  );
  const ids = [...new Set(parts.map(({ transactionId }) => transactionId))];
  const transactions = new Map((await readTransactions(tx, ids)).map((row) => [row.id, row]));
  const acquirerOf = (id: string): string => (transactions.get(id) as Transaction).acquirer;
  await writePostings(
    tx,
    takes.map(({ entryId, transactionId, amount }) => {
      const acquirer = transactionId === undefined ? undefined : acquirerOf(transactionId);
      return transferReturned({ entryId, currency: debit.currency, at, amount, acquirer });
    }),
  );
  await clearParts(tx, parts);
  const left = new Map((await sumParts(tx, ids)).map(({ transactionId, amount }) => [transactionId, amount]));
  const words = [...transactions.values()].flatMap((row) => wordAfter(row, left.get(row.id) ?? 0n));
  await applyAcquirerAnswers(tx, deps, words);
}
