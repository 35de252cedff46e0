import type { Outcome } from '../kernel/batch.ts';
import { after, type Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Refund, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { InvalidInput, NotFound, Refusal } from '../kernel/errors.ts';
import { appendEvents, lockShops } from '../kernel/events/append-events.ts';
import { IdempotencyKeyReused } from '../kernel/idempotency.ts';
import { newId } from '../kernel/ids.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { refundOrdered } from '../ledger/model.ts';
import { readBalances } from '../ledger/sql/read-balances.ts';
import { writePostings } from '../ledger/sql/write-postings.ts';
import { readPlans } from '../pricing/store.ts';
import type { Shop } from '../shops/model.ts';
import { readTransactions } from '../transactions/store.ts';
import { BalanceTooLow, RefundExceedsAmount, RefundWindowClosed, TransactionNotSettled } from './errors.ts';
import { refundFact } from './events.ts';
import { askDelay, askTimer, windowEnd } from './model.ts';
import { addRefunded } from './sql/add-refunded.ts';
import { insertRefunds } from './sql/insert-refunds.ts';
import { readRefundsByKey } from './store.ts';

/** A checked wish to refund a transaction. */
export type PreparedRefund = {
  readonly shop: Shop;
  readonly transactionId: string;
  readonly idempotencyKey: string;
  readonly inputHash: Buffer;
  readonly amount: bigint;
  readonly note: string | null;
};

/** The refund in its present state; `replayed` when an earlier wish under the same key had ordered it. */
export type OrderedRefund = {
  readonly refund: Refund;
  readonly transaction: Transaction;
  readonly replayed: boolean;
};

type Known = {
  readonly byKey: Map<string, Refund>;
  readonly transactions: Map<string, Transaction>;
  /** By shop and currency. */
  readonly balances: Map<string, bigint>;
  /** By transaction. */
  readonly overdrafts: ReadonlyMap<string, bigint>;
};

/**
 * The first step of refunding: decides for each wish, takes the money from the shop's balance and leaves a PENDING row
 * for those that go on to the acquirer. All of a shop's refunds pass here one after the other, so together they never
 * exceed what was settled.
 */
export async function decideRefunds(
  tx: Tx,
  clock: Clock,
  wishes: readonly PreparedRefund[],
): Promise<readonly Outcome<OrderedRefund>[]> {
  const shopIds = wishes.map((wish) => wish.shop.id);
  await lockShops(tx, shopIds);
  const known = await readKnown(tx, clock, wishes);
  const outcomes = wishes.map((wish) => decide(known, wish, clock.now(wish.shop)));
  const ordered = outcomes.flatMap((outcome) => ('value' in outcome && !outcome.value.replayed ? [outcome.value] : []));
  await write(tx, ordered, new Map(wishes.map((wish) => [wish.shop.id, wish.shop])));
  return outcomes;
}

async function readKnown(tx: Tx, clock: Clock, wishes: readonly PreparedRefund[]): Promise<Known> {
  const shopIds = wishes.map((wish) => wish.shop.id);
  const refunds = await readRefundsByKey(
    tx,
    wishes.map((wish) => ({ shopId: wish.shop.id, idempotencyKey: wish.idempotencyKey })),
  );
  const transactions = await readTransactions(tx, [...new Set(wishes.map((wish) => wish.transactionId))]);
  const balances = await readBalances(tx, shopIds);
  const plans = await readPlans(
    tx,
    wishes.map((wish) => ({ id: wish.transactionId, shopId: wish.shop.id, at: clock.now(wish.shop) })),
  );
  return {
    byKey: new Map(refunds.map((refund) => [`${refund.shopId} ${refund.idempotencyKey}`, refund])),
    transactions: new Map(transactions.map((transaction) => [transaction.id, transaction])),
    balances: new Map(balances.map((balance) => [`${balance.shopId} ${balance.currency}`, balance.amount])),
    overdrafts: new Map([...plans].map(([id, plan]) => [id, plan.overdraft])),
  };
}

/** Decides one wish and notes what it did, so that the next wish of the batch sees it. */
function decide(known: Known, wish: PreparedRefund, now: Date): Outcome<OrderedRefund> {
  try {
    const transaction = known.transactions.get(wish.transactionId);
    if (!transaction || transaction.shopId !== wish.shop.id) {
      throw new NotFound('No transaction has this id.', ['transactionId']);
    }
    const key = `${wish.shop.id} ${wish.idempotencyKey}`;
    const earlier = known.byKey.get(key);
    if (earlier) return { value: { refund: sameInput(earlier, wish), transaction, replayed: true } };
    const balance = `${wish.shop.id} ${transaction.currency}`;
    const cover = {
      balance: known.balances.get(balance) ?? 0n,
      overdraft: known.overdrafts.get(transaction.id) ?? 0n,
    };
    requireRefundable(transaction, { amount: wish.amount, cover, now });
    const refund = newRefund(wish, transaction, now);
    const less = { ...transaction, refundedAmount: transaction.refundedAmount + wish.amount };
    known.byKey.set(key, refund);
    known.transactions.set(transaction.id, less);
    known.balances.set(balance, cover.balance - wish.amount);
    return { value: { refund, transaction: less, replayed: false } };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error };
    throw error;
  }
}

/**
 * Demands that so much of a transaction can be refunded at this moment.
 * @throws InvalidInput, TransactionNotSettled, RefundWindowClosed, RefundExceedsAmount or BalanceTooLow, in this order.
 */
export function requireRefundable(
  transaction: Transaction,
  wish: {
    readonly amount: bigint;
    readonly cover: { readonly balance: bigint; readonly overdraft: bigint };
    readonly now: Date;
  },
): void {
  const { method, status, settledAt, settledAmount, refundedAmount, currency } = transaction;
  if (wish.amount < 1n) {
    throw new InvalidInput(`A refund must be at least 1 minor unit, not ${wish.amount}.`, ['amount']);
  }
  if (status !== 'SETTLED' || settledAt === null) throw new TransactionNotSettled(status);
  const end = windowEnd(method, settledAt);
  if (wish.now >= end) throw new RefundWindowClosed(method, end);
  const left = settledAmount - refundedAmount;
  if (wish.amount > left) throw new RefundExceedsAmount(left);
  const { balance, overdraft } = wish.cover;
  if (balance + overdraft < wish.amount) throw new BalanceTooLow({ balance, overdraft, currency });
}

function sameInput(earlier: Refund, wish: PreparedRefund): Refund {
  if (!wish.inputHash.equals(earlier.inputHash)) throw new IdempotencyKeyReused();
  return earlier;
}

function newRefund(wish: PreparedRefund, transaction: Transaction, now: Date): Refund {
  return {
    id: newId(now),
    shopId: wish.shop.id,
    transactionId: transaction.id,
    idempotencyKey: wish.idempotencyKey,
    inputHash: new Uint8Array(wish.inputHash),
    status: 'PENDING',
    amount: wish.amount,
    currency: transaction.currency,
    note: wish.note,
    acquirerCode: null,
    createdAt: now,
    updatedAt: now,
    settledAt: null,
  };
}

async function write(tx: Tx, ordered: readonly OrderedRefund[], shops: ReadonlyMap<string, Shop>): Promise<void> {
  const refunds = ordered.map(({ refund }) => refund);
  await insertRefunds(tx, refunds);
  await addRefunded(tx, refunds);
  await writePostings(
    tx,
    ordered.map(({ refund, transaction }) =>
      refundOrdered({ ...refund, acquirer: transaction.acquirer, refundId: refund.id, at: refund.createdAt }),
    ),
  );
  await setTimers(
    tx,
    refunds.map((refund) => ({
      kind: askTimer,
      subject: refund.id,
      merchantId: (shops.get(refund.shopId) as Shop).merchantId,
      dueAt: after(refund.createdAt, askDelay(0)),
    })),
  );
  await appendEvents(
    tx,
    ordered.map(({ refund, transaction }) => refundFact(refund, transaction, refund.createdAt)),
  );
}
