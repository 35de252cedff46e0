import type { Tx } from '../kernel/db/database.ts';
import type { StatementEntry, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { appendEvents, type Fact } from '../kernel/events/append-events.ts';
import { type NewPosting, transferReceived } from '../ledger/model.ts';
import { writePostings } from '../ledger/sql/write-postings.ts';
import { type AnswerForTransaction, applyAcquirerAnswers } from '../payments/apply-acquirer-answer.ts';
import { readPayments } from '../payments/store.ts';
import { applyBankAnswers, type BankAnswer } from '../payouts/apply-bank-answer.ts';
import { readShopStates } from '../shops/sql/read-shop-states.ts';
import { reasonNotSpecified } from '../statements/bank-entry.ts';
import { heldFact } from '../transactions/events.ts';
import { readTransactions } from '../transactions/store.ts';
import type { TransferDeps } from './deps.ts';
import type { Decision } from './judge-entries.ts';
import { type EntryMove, moveEntries, noteSentBack } from './sql/move-entries.ts';
import { completeParts, type Part, writeParts } from './sql/write-parts.ts';

/** An entry with what becomes of it. */
export type Decided = {
  readonly entry: StatementEntry;
  readonly decision: Decision;
  /** Who owes us the money of the attempt that it is for. */
  readonly acquirer: string | undefined;
};

/**
 * Writes what becomes of entries: tells payments and payouts, posts the money, moves the entries, and raises an alarm for
 * what is held. The caller holds the locks of all shops concerned.
 */
export async function writeDecisions(
  tx: Tx,
  deps: Pick<TransferDeps, 'clock' | 'log'>,
  decided: readonly Decided[],
): Promise<void> {
  const at = deps.clock.now();
  await writePostings(
    tx,
    decided.flatMap((one) => postingsOf(one, at)),
  );
  await tellAttempts(tx, deps, decided.flatMap(wordOf));
  await applyBankAnswers(tx, deps, decided.flatMap(answerOf));
  const moves = decided.map((one): EntryMove => ({ was: one.entry.status, row: movedEntry(one, at) }));
  await moveEntries(tx, moves);
  await writeParts(tx, decided.flatMap(partOf));
  await completeParts(tx, { transactionIds: decided.flatMap(coveredBy), at });
  await noteSentBack(
    tx,
    decided.flatMap(({ entry, decision }) =>
      decision.kind === 'sent-back' ? [{ entryId: decision.entryId, debitId: entry.id }] : [],
    ),
  );
  const held = moves.flatMap(({ row }) => (row.status === 'HELD' ? [row] : []));
  await appendEvents(tx, await heldFacts(tx, deps, held));
  for (const { id: entryId, reason, transactionId, payoutId } of held) {
    deps.log.error({ entryId, reason, transactionId, payoutId }, 'a movement on our account has to be looked into');
  }
}

/** Money that is held comes for nobody; a payout that returned posts its own. */
function postingsOf({ entry, decision, acquirer }: Decided, at: Date): NewPosting[] {
  const { id: entryId, currency, amount } = entry;
  const money = { entryId, currency, at };
  if (decision.kind === 'hold') {
    return entry.direction === 'CREDIT' ? [transferReceived({ ...money, amount, acquirer: undefined })] : [];
  }
  if (decision.kind !== 'apply') return [];
  const { take, rest } = decision;
  const taken = transferReceived({ ...money, amount: take, acquirer });
  return rest === 0n ? [taken] : [taken, transferReceived({ ...money, amount: rest, acquirer: undefined })];
}

function wordOf({ decision }: Decided): AnswerForTransaction[] {
  if (decision.kind !== 'apply' || decision.told === undefined) return [];
  return [{ transactionId: decision.transactionId, answer: { kind: 'settled', amount: decision.told } }];
}

/**
 * Tells attempts what has come for them.
 * @throws Error when one did not take it: what it took and what is booked for it must be the same.
 */
/**
 * Tells attempts what has come for them.
 * @throws Error when one did not take it: then nothing commits.
 */
export async function tellAttempts(
  tx: Tx,
  deps: Pick<TransferDeps, 'clock' | 'log'>,
  words: readonly AnswerForTransaction[],
): Promise<void> {
  if (words.length === 0) return;
  const outcomes = await applyAcquirerAnswers(tx, deps, words);
  // What an attempt is after the last word about it.
  const last = new Map<string, { readonly told: bigint; readonly transaction: Transaction }>();
  for (const [place, { transactionId, answer }] of words.entries()) {
    const outcome = outcomes[place];
    if (outcome && 'value' in outcome && answer.kind === 'settled') {
      last.set(transactionId, { told: answer.amount, transaction: outcome.value.transaction });
    }
  }
  const refused = [...last.values()].find(
    ({ told, transaction }) =>
      told !== (transaction.status === 'SETTLED' ? transaction.settledAmount : transaction.heldAmount),
  );
  if (refused) throw new Error(`Transaction ${refused.transaction.id} did not take the money that came for it.`);
}

function answerOf({ entry, decision }: Decided): BankAnswer[] {
  if (decision.kind !== 'payout' || decision.answer === undefined) return [];
  const { payoutId, answer } = decision;
  if (answer === 'booked') return [{ payoutId, kind: 'booked' }];
  return [{ payoutId, kind: 'returned', reason: entry.returnReason ?? reasonNotSpecified }];
}

function movedEntry({ entry, decision }: Decided, at: Date): StatementEntry {
  const moved = { ...entry, reason: null, updatedAt: at };
  switch (decision.kind) {
    case 'apply': {
      const { transactionId, take: appliedAmount, rest: heldAmount, covers } = decision;
      const applied = { ...moved, transactionId, appliedAmount, heldAmount };
      if (heldAmount > 0n) return { ...applied, status: 'HELD', reason: 'OVERPAID' };
      return covers ? { ...applied, status: 'BOOKED' } : { ...applied, status: 'PARTIAL', reason: 'UNDERPAID' };
    }
    case 'payout':
      return { ...moved, payoutId: decision.payoutId, status: 'BOOKED' };
    case 'sent-back':
      return { ...moved, status: 'BOOKED' };
    case 'hold': {
      const { reason, transactionId = null, payoutId = null } = decision;
      const heldAmount = entry.direction === 'CREDIT' ? entry.amount : 0n;
      return { ...moved, status: 'HELD', reason, heldAmount, transactionId, payoutId };
    }
  }
}

function partOf({ entry, decision }: Decided): Part[] {
  if (decision.kind !== 'apply') return [];
  return [{ entryId: entry.id, transactionId: decision.transactionId, amount: decision.take }];
}

function coveredBy({ decision }: Decided): string[] {
  return decision.kind === 'apply' && decision.covers ? [decision.transactionId] : [];
}

/** Shops learn of money that came for an attempt of theirs and is held. */
async function heldFacts(
  tx: Tx,
  { clock }: Pick<TransferDeps, 'clock'>,
  held: readonly StatementEntry[],
): Promise<Fact[]> {
  const ids = held.flatMap((row) => (row.transactionId !== null && row.heldAmount > 0n ? [row.transactionId] : []));
  if (ids.length === 0) return [];
  const transactions = await readTransactions(tx, [...new Set(ids)]);
  const payments = await readPayments(tx, [...new Set(transactions.map(({ paymentId }) => paymentId))]);
  const shops = await readShopStates(tx, [...new Set(transactions.map(({ shopId }) => shopId))]);
  return ids.flatMap((id) => {
    const transaction = transactions.find((each) => each.id === id);
    const payment = payments.find((each) => each.id === transaction?.paymentId);
    if (!transaction || !payment) return [];
    return [heldFact(transaction, payment.status, clock.now(shops.get(transaction.shopId)))];
  });
}
