import { type Portion, portionsOf, restOf, type Standing } from '../baskets/model.ts';
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
import { writePostings } from '../ledger/sql/write-postings.ts';
import type { Shop } from '../shops/model.ts';
import { RefundExceedsAmount, RefundWindowClosed, TransactionNotSettled } from './errors.ts';
import { refundFact } from './events.ts';
import { askDelay, askTimer, borne, type Cover, lacksMore, requireCover, requirePortions, windowEnd } from './model.ts';
import { type Known, readKnown } from './read-known.ts';
import { addRefunded } from './sql/add-refunded.ts';
import { insertRefunds } from './sql/insert-refunds.ts';
import { insertRefundShares } from './sql/refund-shares.ts';
import { takeFromTransfers } from './take-from-transfers.ts';

/** A checked wish to refund a transaction. */
export type PreparedRefund = {
  readonly shop: Shop;
  readonly transactionId: string;
  readonly idempotencyKey: string;
  readonly inputHash: Buffer;
  readonly amount: bigint;
  /** What recipients of a basket bear; undefined: in proportion to what each has left. */
  readonly shares: readonly Portion[] | undefined;
  readonly note: string | null;
};

/** The refund in its present state; `replayed` when an earlier wish under the same key had ordered it. */
export type OrderedRefund = {
  readonly refund: Refund;
  readonly transaction: Transaction;
  readonly replayed: boolean;
};

type NewRefund = OrderedRefund & { readonly portions: readonly Portion[] };

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
  const ordered = outcomes.flatMap((outcome) => ('value' in outcome && isNew(outcome.value) ? [outcome.value] : []));
  await write(tx, ordered, new Map(wishes.map((wish) => [wish.shop.id, wish.shop])));
  return outcomes;
}

function isNew(ordered: OrderedRefund | NewRefund): ordered is NewRefund {
  return 'portions' in ordered;
}

/** Decides one wish and notes what it did, so that the next wish of the batch sees it. */
function decide(known: Known, wish: PreparedRefund, now: Date): Outcome<OrderedRefund | NewRefund> {
  try {
    const transaction = known.transactions.get(wish.transactionId);
    if (!transaction || transaction.shopId !== wish.shop.id) {
      throw new NotFound('No transaction has this id.', ['transactionId']);
    }
    const key = `${wish.shop.id} ${wish.idempotencyKey}`;
    const earlier = known.byKey.get(key);
    if (earlier) return { value: { refund: sameInput(earlier, wish), transaction, replayed: true } };
    const balance = `${wish.shop.id} ${transaction.currency}`;
    const lacking = `${wish.shop.merchantId} ${transaction.currency}`;
    const cover = {
      balance: known.balances.get(balance) ?? 0n,
      overdraft: known.overdrafts.get(transaction.id),
      lacking: known.lacking.get(lacking) ?? 0n,
    };
    const standings = known.standings.get(transaction.id) ?? [];
    const portions = requireRefundable(transaction, { ...wish, cover, standings, now });
    const refund = newRefund(wish, transaction, now);
    const less = { ...transaction, refundedAmount: transaction.refundedAmount + wish.amount };
    known.byKey.set(key, refund);
    known.transactions.set(transaction.id, less);
    known.balances.set(balance, cover.balance - restOf(wish.amount, portions));
    known.lacking.set(lacking, cover.lacking + lackedBy(portions, standings));
    noteStandings(known, transaction, portions);
    return { value: { refund, transaction: less, replayed: false, portions } };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error };
    throw error;
  }
}

/** What recipients lack more once they have borne this. */
function lackedBy(portions: readonly Portion[], standings: readonly Standing[]): bigint {
  return portions.reduce(
    (sum, { recipientId, amount }) => sum + lacksMore(balanceOf(standings, recipientId), amount),
    0n,
  );
}

function balanceOf(standings: readonly Standing[], recipientId: string): bigint {
  return standings.find((standing) => standing.recipientId === recipientId)?.balance ?? 0n;
}

/** What recipients have less, of this transaction and in all of its currency, for the wishes that follow. */
function noteStandings(
  known: Known,
  { id: transactionId, currency }: Pick<Transaction, 'id' | 'currency'>,
  portions: readonly Portion[],
): void {
  const taken = new Map(portions.map((portion) => [portion.recipientId, portion.amount]));
  for (const [id, standings] of known.standings) {
    if (known.transactions.get(id)?.currency !== currency) continue;
    const next = standings.map((standing): Standing => {
      const amount = taken.get(standing.recipientId) ?? 0n;
      const left = id === transactionId ? standing.left - amount : standing.left;
      return { ...standing, left, balance: standing.balance - amount };
    });
    known.standings.set(id, next);
  }
}

/**
 * Demands that so much of a transaction can be refunded at this moment, and says what recipients of a basket bear of it.
 * The shop's balance must cover its part and a recipient's his, or the one overdraft of the shop what they lack together.
 * @throws InvalidInput, TransactionNotSettled, RefundWindowClosed, RefundExceedsAmount or BalanceTooLow, in this order.
 */
export function requireRefundable(
  transaction: Transaction,
  wish: {
    readonly amount: bigint;
    readonly shares?: readonly Portion[] | undefined;
    readonly standings: readonly Standing[];
    readonly cover: Cover;
    readonly now: Date;
  },
): readonly Portion[] {
  const { method, status, settledAt, settledAmount, refundedAmount, currency } = transaction;
  requireRefundAmount(wish.amount);
  if (status !== 'SETTLED' || settledAt === null) throw new TransactionNotSettled(status);
  const end = windowEnd(method, settledAt);
  if (wish.now >= end) throw new RefundWindowClosed(method, end);
  const left = settledAmount - refundedAmount;
  if (wish.amount > left) throw new RefundExceedsAmount(left);
  const { standings } = wish;
  if (wish.shares) requirePortions(wish.shares, { amount: wish.amount, left, standings });
  const shares = standings.map(({ recipientId, left: amount }) => ({ recipientId, amount }));
  const portions = wish.shares ?? portionsOf(wish.amount, left, shares);
  const parts = borne({ amount: wish.amount }, portions).map((part) => ({
    ...part,
    balance: part.recipientId === undefined ? wish.cover.balance : balanceOf(standings, part.recipientId),
  }));
  requireCover({ ...wish.cover, currency }, parts);
  return portions;
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

async function write(tx: Tx, ordered: readonly NewRefund[], shops: ReadonlyMap<string, Shop>): Promise<void> {
  const refunds = ordered.map(({ refund }) => refund);
  await insertRefunds(tx, refunds);
  await addRefunded(tx, refunds);
  await writePostings(
    tx,
    ordered.flatMap(({ refund, transaction, portions }) => {
      const money = { ...refund, acquirer: transaction.acquirer, refundId: refund.id, at: refund.createdAt };
      return borne(money, portions).map(refundOrdered);
    }),
  );
  await insertRefundShares(
    tx,
    ordered.flatMap(({ refund: { id: refundId, currency }, portions }) =>
      portions.map((portion) => ({ ...portion, refundId, currency })),
    ),
  );
  await takeFromTransfers(tx, ordered);
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

/** @throws InvalidInput when an amount is too small to be a refund of anything: below 1 minor unit. */
export function requireRefundAmount(amount: bigint): void {
  if (amount < 1n) throw new InvalidInput(`A refund must be at least 1 minor unit, not ${amount}.`, ['amount']);
}
