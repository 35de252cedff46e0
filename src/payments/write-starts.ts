import { after } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Payment, ProfileWish, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { PaymentStatus } from '../kernel/db/generated/prisma/enums.ts';
import { appendEvents, type Fact } from '../kernel/events/append-events.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
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
  // The old attempts first: a payment has one live attempt at a time.
  await moveTransactions(tx, [...replaced, ...going.map(({ transaction: row }) => ({ was: 'NEW' as const, row }))]);
  await insertTransactions(
    tx,
    starts.filter((start) => !start.continues).map((start) => start.transaction),
  );
  await insertWishes(
    tx,
    starts.flatMap(({ stores }) => stores ?? []),
  );
  await movePayments(
    tx,
    starts
      .filter((start) => start.paymentWas !== start.payment.status)
      .map((start) => ({ was: start.paymentWas, row: start.payment })),
  );
  await setTimers(
    tx,
    starts
      .filter((start) => start.transaction.status === 'PENDING')
      .map(({ transaction, merchantId }) => ({
        kind: timerKinds.ask,
        subject: transaction.id,
        merchantId,
        dueAt: after(transaction.updatedAt, askDelay(0)),
      })),
  );
  await enqueue(
    tx,
    replaced.filter(({ was }) => was !== 'NEW').map(({ row }) => jobToStop(row.id)),
  );
  await appendEvents(tx, starts.flatMap(factsOf));
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
