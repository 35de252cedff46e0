import type { Acquirer } from '../acquirers/port.ts';
import type { Outcome } from '../kernel/batch.ts';
import { after, type Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Payment, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { TransactionSource } from '../kernel/db/generated/prisma/enums.ts';
import { NotFound, Refusal } from '../kernel/errors.ts';
import { appendEvents, lockShops } from '../kernel/events/append-events.ts';
import { IdempotencyKeyReused } from '../kernel/idempotency.ts';
import { newId } from '../kernel/ids.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { MethodNotAvailable } from '../shops/errors.ts';
import { requireActive } from '../shops/find-shop.ts';
import { type Channel, channelFacts, type Shop, takesCurrency } from '../shops/model.ts';
import { readShopStates, type ShopState } from '../shops/sql/read-shop-states.ts';
import { transactionFact } from '../transactions/events.ts';
import { isLive } from '../transactions/model.ts';
import { insertTransactions } from '../transactions/sql/insert-transactions.ts';
import { readAttempts, readTransactionsByKey } from '../transactions/store.ts';
import { AttemptInProgress, PaymentNotPayable } from './errors.ts';
import { paymentFact } from './events.ts';
import { type Attempt, askDelay, timerKinds } from './model.ts';
import { movePayments } from './sql/move-payments.ts';
import { readPayments } from './store.ts';

/** A checked wish to pay a payment with one channel. */
export type PreparedStart = {
  readonly paymentId: string;
  readonly shop: Shop;
  readonly idempotencyKey: string;
  readonly inputHash: Buffer;
  readonly channel: Channel;
  /** Undefined when no acquirer takes this channel. */
  readonly acquirer: Acquirer | undefined;
  readonly source: TransactionSource;
};

/** The attempt in its present state; `replayed` when an earlier wish under the same key had started it. */
export type StartedTransaction = Attempt & { readonly replayed: boolean };

type Known = {
  readonly shops: ReadonlyMap<string, ShopState>;
  readonly byKey: Map<string, Transaction>;
  readonly payments: Map<string, Payment>;
  readonly live: Set<string>;
};

/**
 * The first step of starting transactions: decides for each wish, and leaves a PENDING row for those that may go on to
 * the acquirer. A job asks the acquirer about any that stay without an answer, so a crash after this step is repaired.
 */
export async function decideStarts(
  tx: Tx,
  clock: Clock,
  wishes: readonly PreparedStart[],
): Promise<readonly Outcome<StartedTransaction>[]> {
  await lockShops(
    tx,
    wishes.map((wish) => wish.shop.id),
  );
  const known = await readKnown(tx, wishes);
  const outcomes = wishes.map((wish) => decide(known, wish, clock.now(wish.shop)));
  const started = outcomes.flatMap((outcome) => ('value' in outcome && !outcome.value.replayed ? [outcome.value] : []));
  await write(tx, started, new Map(wishes.map((wish) => [wish.shop.id, wish.shop])));
  return outcomes;
}

async function readKnown(tx: Tx, wishes: readonly PreparedStart[]): Promise<Known> {
  const keys = wishes.map((wish) => ({ shopId: wish.shop.id, idempotencyKey: wish.idempotencyKey }));
  const paymentIds = [...new Set(wishes.map((wish) => wish.paymentId))];
  const replays = await readTransactionsByKey(tx, keys);
  const payments = await readPayments(tx, paymentIds);
  const attempts = await readAttempts(tx, paymentIds);
  const shops = await readShopStates(
    tx,
    keys.map((key) => key.shopId),
  );
  return {
    shops,
    byKey: new Map(replays.map((row) => [`${row.shopId} ${row.idempotencyKey}`, row])),
    payments: new Map(payments.map((payment) => [payment.id, payment])),
    live: new Set(attempts.filter((attempt) => isLive(attempt.status)).map((attempt) => attempt.paymentId)),
  };
}

/** Decides one wish and notes what it did, so that the next wish of the batch sees it. */
function decide(known: Known, wish: PreparedStart, now: Date): Outcome<StartedTransaction> {
  try {
    const payment = known.payments.get(wish.paymentId);
    if (!payment || payment.shopId !== wish.shop.id) throw new NotFound('No payment has this id.', ['paymentId']);
    const key = `${wish.shop.id} ${wish.idempotencyKey}`;
    const earlier = known.byKey.get(key);
    if (earlier) return { value: { payment, transaction: sameInput(earlier, wish), replayed: true } };
    const acquirer = requirePayable(known, wish, { payment, now });
    const transaction = newTransaction(wish, { payment, acquirer, now });
    const pending: Payment = { ...payment, status: 'PENDING', updatedAt: now };
    known.byKey.set(key, transaction);
    known.payments.set(payment.id, pending);
    known.live.add(payment.id);
    return { value: { payment: pending, transaction, replayed: false } };
  } catch (error) {
    if (error instanceof Refusal) return { refusal: error };
    throw error;
  }
}

function sameInput(earlier: Transaction, wish: PreparedStart): Transaction {
  if (!wish.inputHash.equals(earlier.inputHash)) throw new IdempotencyKeyReused();
  return earlier;
}

function requirePayable(
  known: Known,
  wish: PreparedStart,
  moment: { readonly payment: Payment; readonly now: Date },
): Acquirer {
  const { payment, now } = moment;
  if (known.live.has(payment.id)) throw new AttemptInProgress();
  if (payment.status !== 'NEW') throw new PaymentNotPayable(payment.status, 'paid');
  if (payment.validUntil <= now) throw new PaymentNotPayable('EXPIRED', 'paid');
  // As it is under the lock: what the wish brought along may be a second old.
  requireActive(known.shops.get(wish.shop.id) ?? wish.shop);
  const { method } = channelFacts(wish.channel);
  const wanted = payment.methods.length === 0 || payment.methods.includes(method);
  const offered = wish.shop.channels.includes(wish.channel);
  if (!wish.acquirer || !wanted || !offered || !takesCurrency(wish.channel, payment.currency)) {
    throw new MethodNotAvailable(`${wish.channel} cannot pay this payment; ask paymentMethods what can.`, ['method']);
  }
  return wish.acquirer;
}

function newTransaction(
  wish: PreparedStart,
  made: { readonly payment: Payment; readonly acquirer: Acquirer; readonly now: Date },
): Transaction {
  const { payment, acquirer, now } = made;
  return {
    id: newId(now),
    shopId: payment.shopId,
    paymentId: payment.id,
    source: wish.source,
    idempotencyKey: wish.idempotencyKey,
    inputHash: new Uint8Array(wish.inputHash),
    method: channelFacts(wish.channel).method,
    channel: wish.channel,
    acquirer: acquirer.name,
    acquirerReference: null,
    status: 'PENDING',
    reason: null,
    acquirerCode: null,
    amount: payment.amount,
    currency: payment.currency,
    settledAmount: 0n,
    refundedAmount: 0n,
    late: false,
    surplus: false,
    profileId: null,
    confirmUntil: null,
    createdAt: now,
    updatedAt: now,
    settledAt: null,
  };
}

async function write(tx: Tx, started: readonly StartedTransaction[], shops: ReadonlyMap<string, Shop>): Promise<void> {
  await insertTransactions(
    tx,
    started.map((start) => start.transaction),
  );
  await movePayments(
    tx,
    started.map((start) => ({ was: 'NEW', row: start.payment })),
  );
  await setTimers(
    tx,
    started.map(({ transaction }) => ({
      kind: timerKinds.ask,
      subject: transaction.id,
      merchantId: (shops.get(transaction.shopId) as Shop).merchantId,
      dueAt: after(transaction.createdAt, askDelay(0)),
    })),
  );
  await appendEvents(
    tx,
    started.flatMap(({ transaction, payment }) => [
      transactionFact(transaction, payment.status, transaction.createdAt),
      paymentFact(payment, transaction.createdAt),
    ]),
  );
}
