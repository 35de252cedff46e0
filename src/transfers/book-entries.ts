import { DatabaseUnavailable, inTransaction, type Tx } from '../kernel/db/database.ts';
import type { StatementEntry } from '../kernel/db/generated/prisma/client.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { parseSplitTitle } from '../payments/split-title.ts';
import { findShopsOfPayouts, readPayouts } from '../payouts/store.ts';
import { readTransactions } from '../transactions/store.ts';
import type { TransferDeps } from './deps.ts';
import { bookedKey, judgeEntries, type Known } from './judge-entries.ts';
import { namedIdOf } from './model.ts';
import { findAttemptsOf, findBookedPayouts, sumParts } from './sql/read-known.ts';
import { claimEntries, findNewEntries, readEntries } from './store.ts';
import { type Decided, writeDecisions } from './write-decisions.ts';

/** Entries that one transaction books; the shops concerned wait for it. */
const entriesAtOnce = 200;

/**
 * Books entries that wait for it, of one file or of all: each finds the payment, payout or returned transfer that it is for,
 * or is held for an operator. Any number of processes may do so at once: each entry is booked once, and those for
 * one payment one after the other. An entry that cannot be booked keeps no other one from it, and is tried again.
 */
export async function bookEntries(deps: TransferDeps, fileId?: string): Promise<void> {
  let after = 0n;
  for (;;) {
    const found = await findNewEntries(deps.database, { after, max: entriesAtOnce, fileId });
    const ids = found.map(({ id }) => id);
    await bookSome(deps, ids);
    after = found.at(-1)?.number ?? after;
    if (found.length < entriesAtOnce) return;
  }
}

async function bookSome(deps: TransferDeps, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  try {
    await inTransaction(deps.database, (tx) => bookBatch(tx, deps, ids));
  } catch (error) {
    if (error instanceof DatabaseUnavailable) throw error;
    if (ids.length === 1) {
      deps.log.error({ err: error, entryId: ids[0] }, 'a movement on our account cannot be booked');
      return;
    }
    const half = Math.ceil(ids.length / 2);
    await bookSome(deps, ids.slice(0, half));
    await bookSome(deps, ids.slice(half));
  }
}

async function bookBatch(tx: Tx, deps: TransferDeps, ids: readonly string[]): Promise<void> {
  const entries = await claimEntries(tx, ids);
  if (entries.length === 0) return;
  const known = await lockKnown(tx, entries);
  const decisions = judgeEntries(known, entries);
  const decided = entries.map((entry, place): Decided => {
    const decision = decisions[place];
    if (!decision) throw new Error('There is a decision for each entry.');
    if (decision.kind !== 'apply') return { entry, decision, acquirer: undefined };
    const transaction = known.transactions.get(decision.transactionId);
    if (transaction?.channel === 'wt_split' && !parseSplitTitle(entry.title)) {
      const { transactionId } = decision;
      deps.log.warn({ entryId: entry.id, transactionId }, 'a split payment came without the title of one');
    }
    return { entry, decision, acquirer: transaction?.acquirer };
  });
  await writeDecisions(tx, deps, decided);
}

/** Locks the shops that entries are about, and reads what the books know of what they name. */
async function lockKnown(tx: Tx, entries: readonly StatementEntry[]): Promise<Known> {
  const attempts = await findAttemptsOf(
    tx,
    entries.flatMap(({ accountNumbers }) => accountNumbers),
  );
  const named = entries.flatMap((entry) => namedIdOf(entry) ?? []);
  await lockShops(tx, [...attempts.map(({ shopId }) => shopId), ...(await findShopsOfPayouts(tx, named))]);
  const transactionIds = attempts.map(({ transactionId }) => transactionId);
  const transactions = await readTransactions(tx, transactionIds);
  const payouts = await readPayouts(tx, named);
  const sentBack = await readEntries(tx, named);
  const applied = await sumParts(tx, transactionIds);
  const booked = await findBookedPayouts(tx, named);
  return {
    attempts: new Map(attempts.map(({ account, transactionId }) => [account, transactionId])),
    transactions: new Map(transactions.map((transaction) => [transaction.id, transaction])),
    applied: new Map(applied.map(({ transactionId, amount }) => [transactionId, amount])),
    payouts: new Map(payouts.map((payout) => [payout.id, payout])),
    bookedPayouts: new Set(booked.map(({ payoutId, direction }) => bookedKey(payoutId, { direction }))),
    sentBack: new Map(
      sentBack
        .filter(({ status, sentBackById }) => status === 'RETURNED' && sentBackById === null)
        .map((entry) => [entry.id, entry]),
    ),
  };
}
