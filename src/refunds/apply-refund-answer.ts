import type { MovementAnswer } from '../acquirers/port.ts';
import type { Portion } from '../baskets/model.ts';
import type { Outcome } from '../kernel/batch.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Refund, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { appendEvents, lockShops } from '../kernel/events/append-events.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import type { Log } from '../kernel/log.ts';
import { type NewPosting, refundRejected, refundSettled, transferReturned } from '../ledger/model.ts';
import { writePostings } from '../ledger/sql/write-postings.ts';
import { readShopStates, type ShopState } from '../shops/sql/read-shop-states.ts';
import { isContradiction, judgeMovement } from '../transactions/judge-movement.ts';
import { isOpen } from '../transactions/model.ts';
import { readTransactions } from '../transactions/store.ts';
import { refundFact } from './events.ts';
import { askTimer, borne } from './model.ts';
import { returnCommissions } from './return-commissions.ts';
import { addRefunded } from './sql/add-refunded.ts';
import { moveRefunds } from './sql/move-refunds.ts';
import { readRefundShares } from './sql/refund-shares.ts';
import { readTransferShares } from './sql/refund-transfers.ts';
import { findShopsOfRefunds, readRefunds } from './store.ts';

/** An acquirer's word about one refund. */
export type AnswerForRefund = {
  readonly refundId: string;
  readonly answer: MovementAnswer;
  /** Who said it on its own account; it knows only its own refunds. Undefined: we asked the acquirer of the transaction. */
  readonly acquirer?: string;
};

/** The refund as it is now; `changed` is false when the word was old news. */
export type AppliedRefundAnswer = { readonly refund: Refund; readonly changed: boolean };

type Change = {
  readonly before: Refund;
  readonly refund: Refund;
  readonly transaction: Transaction;
  readonly at: Date;
};

/**
 * Applies what acquirers said of refunds, whether as the answer to a call, by notification or when asked. A refused
 * refund gives the shop its money back, and a settled one the commission where its plan says so. Words about a refund that
 * is over change nothing; a contradiction is an alarm.
 */
export async function applyRefundAnswers(
  tx: Tx,
  deps: { readonly clock: Clock; readonly log: Log },
  answers: readonly AnswerForRefund[],
): Promise<readonly Outcome<AppliedRefundAnswer>[]> {
  const { refunds, transactions, shops } = await readKnown(tx, answers);
  // A refund has one open state after the other, so two words about one refund are written one after the other.
  const outcomes: Outcome<AppliedRefundAnswer>[] = [];
  const settled: Refund[] = [];
  for (const { refundId, answer, acquirer } of answers) {
    const before = refunds.get(refundId);
    const transaction = before && transactions.get(before.transactionId);
    if (!before || !transaction || (acquirer !== undefined && acquirer !== transaction.acquirer)) {
      outcomes.push({ refusal: new NotFound('No refund has this id.', ['refundId']) });
      continue;
    }
    const at = deps.clock.now(shops.get(before.shopId));
    const refund = judgeMovement(before, answer, at);
    if (isContradiction(before, answer))
      deps.log.error({ refundId, answer: answer.kind }, 'the acquirer contradicts itself');
    if (refund) await write(tx, { before, refund, transaction, at });
    if (refund?.status === 'SETTLED') settled.push(refund);
    refunds.set(refundId, refund ?? before);
    outcomes.push({ value: { refund: refund ?? before, changed: refund !== undefined } });
  }
  await returnCommissions(tx, settled);
  return outcomes;
}

async function readKnown(
  tx: Tx,
  answers: readonly AnswerForRefund[],
): Promise<{
  refunds: Map<string, Refund>;
  transactions: Map<string, Transaction>;
  shops: ReadonlyMap<string, ShopState>;
}> {
  const ids = [...new Set(answers.map((answer) => answer.refundId))];
  const shopIds = await findShopsOfRefunds(tx, ids);
  await lockShops(tx, shopIds);
  const refunds = await readRefunds(tx, ids);
  const transactions = await readTransactions(tx, [...new Set(refunds.map((refund) => refund.transactionId))]);
  return {
    refunds: new Map(refunds.map((refund) => [refund.id, refund])),
    transactions: new Map(transactions.map((transaction) => [transaction.id, transaction])),
    shops: await readShopStates(tx, shopIds),
  };
}

async function write(tx: Tx, change: Change): Promise<void> {
  const { before, refund, transaction, at } = change;
  await moveRefunds(tx, [{ was: before.status, row: refund }]);
  const portions = refund.status === 'REJECTED' ? await readRefundShares(tx, refund.id) : [];
  await writePostings(tx, [...postingsOf(change, portions), ...(await leaveAccount(tx, change))]);
  if (refund.status === 'REJECTED') {
    await addRefunded(tx, [{ transactionId: transaction.id, amount: -refund.amount }]);
  }
  if (!isOpen(refund)) await clearTimers(tx, [{ kind: askTimer, subject: refund.id }]);
  await appendEvents(tx, [refundFact(refund, transaction, at)]);
}

/** What statements had brought to our own account has left it with the refund. */
async function leaveAccount(tx: Tx, { refund, transaction, at }: Change): Promise<NewPosting[]> {
  if (refund.status !== 'SETTLED' || transaction.transferAccount === null) return [];
  const { acquirer, currency } = transaction;
  const shares = await readTransferShares(tx, refund.id);
  return shares.map(({ entryId, amount }) => transferReturned({ entryId, amount, acquirer, currency, at }));
}

function postingsOf({ refund, transaction, at }: Change, portions: readonly Portion[]): NewPosting[] {
  const money = { ...refund, acquirer: transaction.acquirer, refundId: refund.id, at };
  if (refund.status === 'SETTLED') return [refundSettled(money)];
  return refund.status === 'REJECTED' ? borne(money, portions).map(refundRejected) : [];
}
