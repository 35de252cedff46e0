import { after } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Payment, ProfileWish, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { PaymentStatus } from '../kernel/db/generated/prisma/enums.ts';
import { appendEvents, type Fact } from '../kernel/events/append-events.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import { setTimers, type Timer } from '../kernel/jobs/timers.ts';
import { insertWishes } from '../profiles/sql/insert-wishes.ts';
import { transactionFact } from '../transactions/events.ts';
import { insertTransactions } from '../transactions/sql/insert-transactions.ts';
import { moveTransactions } from '../transactions/sql/move-transactions.ts';
import { paymentFact } from './events.ts';
import { askDelay, jobToStop, timerKinds } from './model.ts';
import { movePayments } from './sql/move-payments.ts';

/** An attempt that begins, and what it does to its payment and to the attempt before it. */
export type NewStart = {
  readonly transaction: Transaction;
  readonly payment: Payment;
  readonly paymentWas: PaymentStatus;
  readonly merchantId: string;
  /** True when the attempt was there already, as NEW, and now has the card it waited for. */
  readonly continues: boolean;
  /** The attempt that ends because the payer wants to pay otherwise. */
  readonly replaces: Transaction | undefined;
  /** What the payer wants stored with it. */
  readonly stores: ProfileWish | undefined;
};

/** Writes attempts that begin, with their timers and events. No payment occurs twice. */
export async function writeStarts(tx: Tx, starts: readonly NewStart[]): Promise<void> {
  const replaced = starts.flatMap(({ replaces, transaction: { updatedAt } }) =>
    replaces ? [end(replaces, updatedAt)] : [],
  );
  const going = starts.filter((start) => start.continues);
  const moves = [...replaced, ...going.map(({ transaction: row }) => ({ was: 'NEW' as const, row }))];
  const made = starts.filter((start) => !start.continues).map(({ transaction }) => transaction);
  const wishes = starts.flatMap(({ stores }) => stores ?? []);
  const payments = starts
    .filter((start) => start.paymentWas !== start.payment.status)
    .map((start) => ({ was: start.paymentWas, row: start.payment }));
  const stops = replaced.filter(({ was }) => was !== 'NEW').map(({ row }) => jobToStop(row.id));
  // In one round trip, and in this order: a payment has one live attempt at a time, so the old ones end first.
  await Promise.all([
    moveTransactions(tx, moves),
    insertTransactions(tx, made),
    insertWishes(tx, wishes),
    movePayments(tx, payments),
    setTimers(tx, starts.flatMap(timersOf)),
    enqueue(tx, stops),
    appendEvents(tx, starts.flatMap(factsOf)),
  ]);
}

function timersOf({ transaction, merchantId }: NewStart): Timer[] {
  if (transaction.status !== 'PENDING') return [];
  const dueAt = after(transaction.updatedAt, askDelay(0));
  return [{ kind: timerKinds.ask, subject: transaction.id, merchantId, dueAt }];
}

function end(replaced: Transaction, now: Date) {
  const row: Transaction = { ...replaced, status: 'CANCELLED', reason: 'SUPERSEDED', nextStep: null, updatedAt: now };
  return { was: replaced.status, row };
}

function factsOf({ transaction, payment, paymentWas, replaces }: NewStart): Fact[] {
  const at = transaction.updatedAt;
  return [
    ...(replaces ? [transactionFact(end(replaces, at).row, payment.status, at)] : []),
    transactionFact(transaction, payment.status, at),
    ...(paymentWas === payment.status ? [] : [paymentFact(payment, at)]),
  ];
}
