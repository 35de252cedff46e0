import type { Outcome } from '../kernel/batch.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Payment, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../kernel/errors.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import type { Log } from '../kernel/log.ts';
import { readShopStates, type ShopState } from '../shops/sql/read-shop-states.ts';
import { findReleased } from '../transactions/sql/keep-movements.ts';
import { findOwnersOf, readAttempts } from '../transactions/store.ts';
import { lockTurnovers } from './book-money.ts';
import { type Judgement, judgeAnswer, type Word } from './judge-answer.ts';
import type { Attempt } from './model.ts';
import { readPayments } from './store.ts';
import { type Change, writeChanges } from './write-changes.ts';

/** A word about one transaction. */
export type AnswerForTransaction = {
  readonly transactionId: string;
  readonly answer: Word;
  /** Who said it on its own account; it knows only its own orders. Undefined: we asked the acquirer of the transaction. */
  readonly acquirer?: string;
};

/** The attempt as it is now; `changed` is false when the word was old news, `moved` is true when it came into another state. */
export type AppliedAnswer = Attempt & { readonly changed: boolean; readonly moved: boolean };

type Known = {
  readonly transactions: Map<string, Transaction>;
  readonly payments: Map<string, Payment>;
  /** By payment: the attempt that brought money for it. */
  readonly paidBy: Map<string, string>;
  /** Attempts that are said to have been paid although a void had given back what was authorised. */
  readonly released: ReadonlySet<string>;
  readonly shops: ReadonlyMap<string, ShopState>;
};

/**
 * Applies what is known of attempts, whether as the answer to a call, by notification or when the acquirer was asked:
 * moves the attempts and their payments, and for money that arrived posts the ledger and computes the commission, all in
 * this transaction.
 */
export async function applyAcquirerAnswers(
  tx: Tx,
  deps: { readonly clock: Clock; readonly log: Log },
  answers: readonly AnswerForTransaction[],
): Promise<readonly Outcome<AppliedAnswer>[]> {
  const known = await readKnown(tx, answers);
  if (answers.some(({ answer }) => answer.kind === 'settled')) {
    await lockTurnovers(tx, deps.clock, known.shops.values());
  }
  const changes: Change[] = [];
  const outcomes = answers.map((word): Outcome<AppliedAnswer> => {
    const { transactionId, answer } = word;
    const change = judge(known, deps.clock, word);
    if (!change) return { refusal: new NotFound('No transaction has this id.', ['transactionId']) };
    if (change.alarm) deps.log.error({ transactionId, answer: answer.kind }, change.alarm);
    if (change.transaction || change.release) changes.push(change, ...supersede(known, change));
    const { before, transaction } = change;
    const moved = transaction !== undefined && transaction.status !== before.transaction.status;
    return { value: { ...latest(known, before), changed: transaction !== undefined, moved } };
  });
  await writeChanges(tx, known.shops, changes);
  return outcomes;
}

async function readKnown(tx: Tx, answers: readonly AnswerForTransaction[]): Promise<Known> {
  const ids = [...new Set(answers.map((answer) => answer.transactionId))];
  const { shopIds, paymentIds } = await findOwnersOf(tx, ids);
  const locked = lockShops(tx, shopIds);
  // Sent behind the lock in one go, and read once it is held.
  const [payments, attempts, shops] = await Promise.all([
    readPayments(tx, paymentIds),
    readAttempts(tx, paymentIds),
    readShopStates(tx, shopIds),
    locked,
  ]);
  const paid = attempts.filter((attempt) => attempt.settledAmount > 0n && !attempt.surplus);
  return {
    transactions: new Map(attempts.map((attempt) => [attempt.id, attempt])),
    payments: new Map(payments.map((payment) => [payment.id, payment])),
    paidBy: new Map(paid.map((attempt) => [attempt.paymentId, attempt.id])),
    released: await readReleased(tx, attempts, answers),
    shops,
  };
}

async function readReleased(
  tx: Tx,
  attempts: readonly Transaction[],
  answers: readonly AnswerForTransaction[],
): Promise<ReadonlySet<string>> {
  const settled = new Set(
    answers.flatMap(({ transactionId, answer }) => (answer.kind === 'settled' ? transactionId : [])),
  );
  // Seldom any: a void has its end while the attempt is authorised, or when it is over.
  const over = attempts.filter(({ id, status, authorizedUntil }) => {
    return settled.has(id) && authorizedUntil !== null && (status === 'CANCELLED' || status === 'EXPIRED');
  });
  if (over.length === 0) return new Set();
  const ids = over.map(({ id }) => id);
  return new Set(await findReleased(tx, ids));
}

/** Judges one word and notes its effect, so that the next word of the batch sees it. */
function judge(known: Known, clock: Clock, word: AnswerForTransaction): Change | undefined {
  const transaction = known.transactions.get(word.transactionId);
  const payment = transaction && known.payments.get(transaction.paymentId);
  if (!transaction || !payment) return undefined;
  if (word.acquirer !== undefined && word.acquirer !== transaction.acquirer) return undefined;
  const at = clock.now(known.shops.get(transaction.shopId));
  const paidBy = known.paidBy.get(payment.id);
  const otherSettled = paidBy !== undefined && paidBy !== transaction.id;
  const released = known.released.has(transaction.id);
  const judgement = judgeAnswer({ transaction, payment, otherSettled, released }, word.answer, at);
  note(known, judgement);
  const apps = word.answer.kind === 'settled' ? word.answer.apps : undefined;
  return { ...judgement, before: { transaction, payment }, at, apps };
}

function note(known: Known, { transaction, payment }: Judgement): void {
  if (transaction) known.transactions.set(transaction.id, transaction);
  if (transaction?.status === 'SETTLED' && !transaction.surplus)
    known.paidBy.set(transaction.paymentId, transaction.id);
  if (payment) known.payments.set(payment.id, payment);
}

/**
 * When a payment is settled by one attempt while the payer has begun another, that other one ends, lest he pays twice;
 * its acquirer is told to stop. So is that of one whose outcome is unknown, which goes on being asked about.
 */
function supersede(known: Known, { payment, transaction: settled, at }: Change): Change[] {
  if (payment?.status !== 'SETTLED') return [];
  const others = [...known.transactions.values()].filter(
    (other) => other.paymentId === payment.id && other.id !== settled?.id,
  );
  return others.flatMap((other) => {
    const before = { transaction: other, payment };
    const stopped: Change = { transaction: undefined, payment: undefined, alarm: undefined, release: true, before, at };
    if (other.status === 'UNKNOWN') return [stopped];
    if (!canEnd(other)) return [];
    const transaction: Transaction = {
      ...other,
      status: 'CANCELLED',
      reason: 'SUPERSEDED',
      nextStep: null,
      updatedAt: at,
    };
    known.transactions.set(other.id, transaction);
    return [{ ...stopped, transaction, release: other.status !== 'NEW' }];
  });
}

function canEnd({ status, capturedAmount }: Transaction): boolean {
  return status === 'NEW' || status === 'PENDING' || (status === 'AUTHORIZED' && capturedAmount === 0n);
}

function latest(known: Known, attempt: Attempt): Attempt {
  return {
    transaction: known.transactions.get(attempt.transaction.id) ?? attempt.transaction,
    payment: known.payments.get(attempt.payment.id) ?? attempt.payment,
  };
}
