import { WrongState } from '../contracts/errors.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { StatementEntry, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { parseText } from '../kernel/text.ts';
import { type NewPosting, transferReturned } from '../ledger/model.ts';
import { writePostings } from '../ledger/sql/write-postings.ts';
import { applyAcquirerAnswers } from '../payments/apply-acquirer-answer.ts';
import { readTransactions } from '../transactions/store.ts';
import { auditEntry, holdEntry, type OperatorDeps } from './hold-entry.ts';
import { moveEntries } from './sql/move-entries.ts';
import { sumParts } from './sql/read-known.ts';
import { clearParts, type Part, readParts } from './sql/write-parts.ts';
import { wordAfter } from './word-after.ts';

/**
 * Books that a transfer, or what is held of it, goes back to whoever sent it; the operator makes that transfer at the bank,
 * with the entry's id without hyphens as its reference, by which the debit is known on the statement. Of a transfer that waits for
 * the rest, its attempt is told: it ends, unless other transfers have come for it.
 * @throws NotFound; InvalidInput for a reason of more than 500 characters; WrongState when nothing of it is held, or it
 * is money that went out.
 */
export async function returnTransfer(
  tx: Tx,
  deps: OperatorDeps,
  wish: { readonly entryId: string; readonly reason: string },
): Promise<StatementEntry> {
  const reason = parseText(wish.reason.trim(), 'reason', { max: 500 });
  const entry = await holdEntry(tx, wish.entryId);
  if (entry.direction === 'DEBIT') throw new WrongState('This money went out, so nothing of it can be sent back.');
  const at = deps.clock.now();
  const parts = entry.status === 'PARTIAL' ? await takeBack(tx, deps, entry) : [];
  const { id: entryId, currency, heldAmount } = entry;
  const postings: NewPosting[] = parts.map(({ amount, acquirer }) =>
    transferReturned({ entryId, currency, at, amount, acquirer }),
  );
  if (heldAmount > 0n) {
    postings.push(transferReturned({ entryId, currency, at, amount: heldAmount, acquirer: undefined }));
  }
  await writePostings(tx, postings);
  const taken = parts.reduce((sum, { amount }) => sum + amount, 0n);
  const row: StatementEntry = {
    ...{ ...entry, status: 'RETURNED', reason: null, heldAmount: 0n, updatedAt: at },
    appliedAmount: entry.appliedAmount - taken,
    releasedAmount: entry.releasedAmount + taken + heldAmount,
  };
  await moveEntries(tx, [{ was: entry.status, row }]);
  await auditEntry(tx, deps, {
    ...{ action: 'RETURN_TRANSFER', entry },
    data: { reason, amount: String(taken + heldAmount), currency },
  });
  return row;
}

type TakenBack = Part & { readonly acquirer: string };

/** Takes back from attempts what does not pay them in full, and tells them what is left of it. */
async function takeBack(tx: Tx, deps: OperatorDeps, { id: entryId }: StatementEntry): Promise<TakenBack[]> {
  const parts = await readParts(tx, entryId);
  const ids = parts.map(({ transactionId }) => transactionId);
  const transactions = new Map((await readTransactions(tx, ids)).map((row) => [row.id, row]));
  const sums = new Map((await sumParts(tx, ids)).map(({ transactionId, amount }) => [transactionId, amount]));
  const open = parts.flatMap(
    ({ transactionId, amount }): (TakenBack & { left: bigint; transaction: Transaction })[] => {
      const transaction = transactions.get(transactionId);
      const sum = sums.get(transactionId) ?? 0n;
      if (!transaction || sum >= transaction.amount) return [];
      return [{ entryId, transactionId, amount, acquirer: transaction.acquirer, left: sum - amount, transaction }];
    },
  );
  await clearParts(tx, open);
  await applyAcquirerAnswers(
    tx,
    deps,
    open.flatMap(({ transaction, left }) => wordAfter(transaction, left)),
  );
  return open;
}
