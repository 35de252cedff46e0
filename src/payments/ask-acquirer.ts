import type { Acquirer, AcquirerAnswer } from '../acquirers/port.ts';
import { after } from '../kernel/clock.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { enqueue } from '../kernel/jobs/enqueue.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { isLive } from '../transactions/model.ts';
import { readTransactions } from '../transactions/store.ts';
import type { PaymentDeps } from './deps.ts';
import {
  answerDeadline,
  askCancelledMs,
  askDelay,
  askGivenUpMs,
  isPaymentOver,
  jobToStop,
  timerKinds,
} from './model.ts';
import { acquirerTimeoutMs } from './start-transaction.ts';
import { submitAnswer } from './submit-answer.ts';

/**
 * Asks the acquirer what became of an attempt that has no end yet, and applies what it says. As long as there is none, it
 * sets the timer for the next time, after growing intervals. One of which the acquirer has never said a word is given up
 * after a quarter of an hour, lest its payer waits for ever, and asked about once an hour for three days more. One that was
 * cancelled is asked about for a quarter of an hour: its acquirer may have taken the money before it was told to stop, and
 * is told again as long as it works on it. So is one that works on an attempt given up whose payment is over by now. Safe
 * to repeat.
 * @param round how often it has been asked before.
 */
export async function askAcquirer(deps: PaymentDeps, transactionId: string, round: number): Promise<void> {
  const [transaction] = await inTransaction(deps.database, (tx) => readTransactions(tx, [transactionId]));
  if (!transaction) return;
  const acquirer = deps.acquirers.get(transaction.acquirer);
  const shop = await deps.shops.find(transaction.shopId);
  if (!acquirer || !shop) throw new Error(`Transaction ${transactionId} names no known acquirer or shop.`);
  if (!awaitsAnswer(transaction, deps.clock.now(shop))) return;
  const answer = await ask(deps, acquirer, transactionId);
  const { transaction: applied, payment } = await submitAnswer(deps, { transactionId, answer });
  const now = deps.clock.now(shop);
  // Silence is measured from when it began, which is when the attempt became UNKNOWN.
  if (answer.kind === 'silent' && now >= after(applied.updatedAt, answerDeadline)) {
    await deps.applying.submit({ transactionId, answer: { kind: 'given-up' } });
  }
  const isOpen = answer.kind === 'pending' || answer.kind === 'silent';
  await inTransaction(deps.database, async (tx) => {
    // Its end may have come by notification meanwhile; then nobody must ask any more.
    await lockShops(tx, [shop.id]);
    const [latest] = await readTransactions(tx, [transactionId]);
    if (!latest || !awaitsAnswer(latest, now) || (!isLive(latest.status) && !isOpen)) return;
    const delay = isAskedSeldom(latest) ? hour : askDelay(round + 1);
    const isUnwanted = latest.status === 'CANCELLED' || isPaymentOver(payment);
    if (isUnwanted && answer.kind === 'pending') await enqueue(tx, [jobToStop(transactionId)]);
    const { merchantId } = shop;
    const dueAt = after(now, delay);
    await setTimers(tx, [{ kind: timerKinds.ask, subject: transactionId, merchantId, dueAt, round: round + 1 }]);
  });
}

const hour = { ms: 3_600_000 };

/** One that was given up; and one whose money somebody may send in some days, of which the bank tells by itself. */
function isAskedSeldom({ reason, transferAccount, status }: Transaction): boolean {
  return reason === 'NO_ANSWER' || (transferAccount !== null && status === 'PENDING');
}

function ask(deps: PaymentDeps, acquirer: Acquirer, transactionId: string): Promise<AcquirerAnswer> {
  return acquirer.status(transactionId, AbortSignal.timeout(acquirerTimeoutMs)).catch((error: unknown) => {
    deps.log.warn({ err: error, acquirer: acquirer.name, transactionId }, 'acquirer gave no answer when asked');
    return { kind: 'silent' } satisfies AcquirerAnswer;
  });
}

/** Says whether its timer asks about an attempt, unless it was authorised: that is an answer. */
export function awaitsAnswer(transaction: Pick<Transaction, 'status' | 'reason' | 'updatedAt'>, now: Date): boolean {
  const { status, reason, updatedAt } = transaction;
  if (status === 'CANCELLED') return now < after(updatedAt, { ms: askCancelledMs });
  if (status === 'ERROR' && reason === 'NO_ANSWER') return now < after(updatedAt, { ms: askGivenUpMs });
  return status === 'PENDING' || status === 'UNKNOWN';
}
