import type { AcquirerAnswer } from '../acquirers/port.ts';
import type { Outcome } from '../kernel/batch.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Payment, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { appendEvents, lockShops } from '../kernel/events/append-events.ts';
import { newId } from '../kernel/ids.ts';
import { enqueue, type Job } from '../kernel/jobs/enqueue.ts';
import { clearTimers } from '../kernel/jobs/timers.ts';
import type { Log } from '../kernel/log.ts';
import { saleSettled } from '../ledger/model.ts';
import { writePostings } from '../ledger/sql/write-postings.ts';
import { commissionFor } from '../pricing/model.ts';
import { writeCommissions } from '../pricing/sql/write-commissions.ts';
import { readPlans } from '../pricing/store.ts';
import { readShopStates, type ShopState } from '../shops/sql/read-shop-states.ts';
import { transactionFact } from '../transactions/events.ts';
import { isLive } from '../transactions/model.ts';
import { insertSettledCaptures, type SettledCapture } from '../transactions/sql/insert-captures.ts';
import { moveTransactions } from '../transactions/sql/move-transactions.ts';
import { findShopsOf, readAttempts, readTransactions } from '../transactions/store.ts';
import { paymentFact } from './events.ts';
import { type Judgement, judgeAnswer } from './judge-answer.ts';
import { type Attempt, stopOrderJob, timerKinds } from './model.ts';
import { movePayments } from './sql/move-payments.ts';
import { readPayments } from './store.ts';

/** An acquirer's word about one transaction. */
export type AnswerForTransaction = {
  readonly transactionId: string;
  readonly answer: AcquirerAnswer;
  /** Who said it on its own account; it knows only its own orders. Undefined: we asked the acquirer of the transaction. */
  readonly acquirer?: string;
};

/** The attempt as it is now; `changed` is false when the word was old news. */
export type AppliedAnswer = Attempt & { readonly changed: boolean };

type Change = Judgement & { readonly before: Attempt; readonly at: Date };

type Known = {
  readonly transactions: Map<string, Transaction>;
  readonly payments: Map<string, Payment>;
  readonly settled: Map<string, string>;
  readonly shops: ReadonlyMap<string, ShopState>;
};

/**
 * Applies what acquirers said, whether as the answer to a call, by notification or when asked: moves the attempts and
 * their payments, and for money that arrived posts the ledger and computes the commission, all in this transaction.
 */
export async function applyAcquirerAnswers(
  tx: Tx,
  deps: { readonly clock: Clock; readonly log: Log },
  answers: readonly AnswerForTransaction[],
): Promise<readonly Outcome<AppliedAnswer>[]> {
  const known = await readKnown(tx, answers);
  const changes: Change[] = [];
  const outcomes = answers.map((word): Outcome<AppliedAnswer> => {
    const { transactionId, answer } = word;
    const change = judge(known, deps.clock, word);
    if (!change) return { refusal: new NotFound('No transaction has this id.', ['transactionId']) };
    if (change.alarm) deps.log.error({ transactionId, answer: answer.kind }, change.alarm);
    if (change.transaction) changes.push(change, ...supersede(known, change));
    return { value: { ...latest(known, change.before), changed: change.transaction !== undefined } };
  });
  // Two words about one transaction are written one after the other, each by its own compare-and-set.
  for (const round of roundsOf(changes)) await write(tx, round);
  return outcomes;
}

async function readKnown(tx: Tx, answers: readonly AnswerForTransaction[]): Promise<Known> {
  const ids = [...new Set(answers.map((answer) => answer.transactionId))];
  const shopIds = await findShopsOf(tx, ids);
  await lockShops(tx, shopIds);
  const transactions = await readTransactions(tx, ids);
  const paymentIds = [...new Set(transactions.map((transaction) => transaction.paymentId))];
  const payments = await readPayments(tx, paymentIds);
  const attempts = await readAttempts(tx, paymentIds);
  const settled = attempts.filter((attempt) => attempt.status === 'SETTLED' && !attempt.surplus);
  return {
    transactions: new Map(attempts.map((attempt) => [attempt.id, attempt])),
    payments: new Map(payments.map((payment) => [payment.id, payment])),
    settled: new Map(settled.map((attempt) => [attempt.paymentId, attempt.id])),
    shops: await readShopStates(tx, shopIds),
  };
}

/** Judges one word and notes its effect, so that the next word of the batch sees it. */
function judge(known: Known, clock: Clock, word: AnswerForTransaction): Change | undefined {
  const transaction = known.transactions.get(word.transactionId);
  const payment = transaction && known.payments.get(transaction.paymentId);
  if (!transaction || !payment) return undefined;
  if (word.acquirer !== undefined && word.acquirer !== transaction.acquirer) return undefined;
  const at = clock.now(known.shops.get(transaction.shopId));
  const settledBy = known.settled.get(payment.id);
  const otherSettled = settledBy !== undefined && settledBy !== transaction.id;
  const judgement = judgeAnswer({ transaction, payment, otherSettled }, word.answer, at);
  if (judgement.transaction) {
    known.transactions.set(transaction.id, judgement.transaction);
    if (judgement.transaction.status === 'SETTLED' && !otherSettled) known.settled.set(payment.id, transaction.id);
  }
  if (judgement.payment) known.payments.set(payment.id, judgement.payment);
  return { ...judgement, before: { transaction, payment }, at };
}

/**
 * When a payment is settled by one attempt while the payer has begun another, that other one ends, lest he pays twice;
 * its acquirer is told to stop. One whose outcome is unknown goes on being asked about.
 */
function supersede(known: Known, { payment, transaction: settled, at }: Change): Change[] {
  if (payment?.status !== 'SETTLED') return [];
  const others = [...known.transactions.values()].filter(
    (other) => other.paymentId === payment.id && other.id !== settled?.id && other.status === 'PENDING',
  );
  return others.map((other) => {
    const transaction: Transaction = { ...other, status: 'CANCELLED', reason: 'SUPERSEDED', updatedAt: at };
    known.transactions.set(other.id, transaction);
    return { transaction, payment: undefined, alarm: undefined, before: { transaction: other, payment }, at };
  });
}

function latest(known: Known, attempt: Attempt): Attempt {
  return {
    transaction: known.transactions.get(attempt.transaction.id) ?? attempt.transaction,
    payment: known.payments.get(attempt.payment.id) ?? attempt.payment,
  };
}

/** Cuts the changes, kept in order, so that no payment occurs twice in one round. */
function roundsOf(changes: readonly Change[]): Change[][] {
  const rounds: Change[][] = [];
  const places = new Map<string, number>();
  for (const change of changes) {
    const place = places.get(change.before.payment.id) ?? 0;
    places.set(change.before.payment.id, place + 1);
    rounds[place] = [...(rounds[place] ?? []), change];
  }
  return rounds;
}

async function write(tx: Tx, changes: readonly Change[]): Promise<void> {
  const moves = changes.flatMap((change) =>
    change.transaction ? [{ was: change.before.transaction.status, row: change.transaction }] : [],
  );
  await moveTransactions(tx, moves);
  await movePayments(
    tx,
    changes.flatMap((change) => (change.payment ? [{ was: change.before.payment.status, row: change.payment }] : [])),
  );
  await book(
    tx,
    moves.filter((move) => move.row.status === 'SETTLED').map((move) => move.row),
  );
  await clearTimers(tx, changes.flatMap(finishedTimers));
  await enqueue(tx, ordersToStop(changes));
  await appendEvents(tx, changes.flatMap(factsOf));
}

/** Books money that arrived: the capture, the posting to the shop, and the commission to be charged at the payout. */
async function book(tx: Tx, settled: readonly Transaction[]): Promise<void> {
  const [first] = settled;
  if (!first) return;
  const captures = settled.map((row): SettledCapture & { acquirer: string } => {
    const at = row.settledAt ?? row.updatedAt;
    const { shopId, currency, acquirer } = row;
    return { id: newId(at), shopId, transactionId: row.id, amount: row.settledAmount, currency, at, acquirer };
  });
  await insertSettledCaptures(tx, captures);
  await writePostings(
    tx,
    captures.map((capture) => saleSettled({ ...capture, captureId: capture.id })),
  );
  const plans = await readPlans(tx, settled.map(planAsk));
  await writeCommissions(
    tx,
    settled.map((row) => {
      const plan = plans.get(row.id);
      if (!plan) throw new Error(`Shop ${row.shopId} has no price plan.`);
      const commission = commissionFor(plan, {
        channel: row.channel,
        amount: row.settledAmount,
        currency: row.currency,
      });
      return { ...commission, transactionId: row.id, shopId: row.shopId, at: row.settledAt ?? row.updatedAt };
    }),
  );
}

function planAsk(row: Transaction): { id: string; shopId: string; at: Date } {
  return { id: row.id, shopId: row.shopId, at: row.settledAt ?? row.updatedAt };
}

function finishedTimers(change: Change): { kind: string; subject: string }[] {
  const { transaction, payment } = change;
  return [
    // What was cancelled is still asked about for a while: its acquirer may have taken the money.
    ...(transaction && !isLive(transaction.status) && transaction.status !== 'CANCELLED'
      ? [{ kind: timerKinds.ask, subject: transaction.id }]
      : []),
    ...(payment?.status === 'SETTLED' ? [{ kind: timerKinds.expire, subject: payment.id }] : []),
  ];
}

function factsOf(change: Change): ReturnType<typeof paymentFact>[] {
  const { transaction, payment, before, at } = change;
  const moved = transaction && transaction.status !== before.transaction.status;
  const status = (payment ?? before.payment).status;
  return [...(moved ? [transactionFact(transaction, status, at)] : []), ...(payment ? [paymentFact(payment, at)] : [])];
}

function ordersToStop(changes: readonly Change[]): Job[] {
  const stopped = changes.flatMap(({ transaction }) => (transaction?.status === 'CANCELLED' ? [transaction.id] : []));
  return stopped.map((transactionId) => ({ name: stopOrderJob, payload: { transactionId } }));
}
