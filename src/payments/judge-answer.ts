import type { AcquirerAnswer } from '../acquirers/port.ts';
import type { Payment, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { isLive } from '../transactions/model.ts';
import type { Attempt } from './model.ts';

/** What an acquirer's word changes; undefined members stay as they are. */
export type Judgement = {
  readonly transaction: Transaction | undefined;
  readonly payment: Payment | undefined;
  /** Something that people must look at, in a few words. */
  readonly alarm: string | undefined;
};

const nothing: Judgement = { transaction: undefined, payment: undefined, alarm: undefined };

/**
 * Says what an acquirer's word means for an attempt and its payment. Pure: every combination of state and answer has
 * its answer here.
 * - The first word wins, but for "settled", which always counts: money that arrives is never dropped.
 * - Settled after the attempt or the payment was over: `late`. After another attempt had settled: `surplus`.
 * - Settled with another amount than asked: nothing is booked; the attempt waits as UNKNOWN and an alarm is raised.
 * - A word that the table of states has no move for (money for an attempt that was never sent, "rejected" after
 *   "authorised" or "settled") changes nothing and raises an alarm.
 * @param otherSettled whether another attempt has settled this payment already.
 */
export function judgeAnswer(
  attempt: Attempt & { readonly otherSettled: boolean },
  answer: AcquirerAnswer,
  now: Date,
): Judgement {
  const { transaction } = attempt;
  switch (answer.kind) {
    case 'settled':
      return settle(attempt, answer.amount, now);
    case 'pending':
      if (transaction.status !== 'PENDING' || transaction.confirmUntil !== null) return nothing;
      return { ...nothing, transaction: { ...transaction, confirmUntil: answer.confirmUntil, updatedAt: now } };
    case 'silent':
      if (transaction.status !== 'PENDING') return nothing;
      return { ...nothing, transaction: { ...transaction, status: 'UNKNOWN', updatedAt: now } };
    case 'rejected':
      return endWithoutMoney(attempt, { status: 'REJECTED', reason: answer.reason, acquirerCode: answer.code }, now);
    case 'unheard':
      return endWithoutMoney(attempt, { status: 'ERROR', reason: 'NOT_SENT', acquirerCode: null }, now);
  }
}

function settle(attempt: Attempt & { readonly otherSettled: boolean }, amount: bigint, now: Date): Judgement {
  const { transaction, payment, otherSettled } = attempt;
  if (transaction.status === 'SETTLED' && amount === transaction.settledAmount) return nothing;
  if (transaction.status === 'NEW') return { ...nothing, alarm: 'the acquirer settled an attempt that was never sent' };
  if (amount !== transaction.amount) {
    const held: Transaction = { ...transaction, status: 'UNKNOWN', updatedAt: now };
    const alarm = 'the acquirer settled another amount than was asked';
    return { transaction: transaction.status === 'PENDING' ? held : undefined, payment: undefined, alarm };
  }
  const over = payment.status === 'CANCELLED' || payment.status === 'EXPIRED';
  const settled: Transaction = {
    ...transaction,
    status: 'SETTLED',
    reason: null,
    acquirerCode: null,
    late: over || !isLive(transaction.status),
    surplus: otherSettled,
    settledAmount: amount,
    settledAt: now,
    updatedAt: now,
  };
  return {
    transaction: settled,
    payment: otherSettled ? undefined : { ...payment, status: 'SETTLED', settledAt: now, updatedAt: now },
    alarm: otherSettled ? 'a payment was paid twice' : undefined,
  };
}

function endWithoutMoney(
  attempt: Attempt,
  end: Pick<Transaction, 'status' | 'reason' | 'acquirerCode'>,
  now: Date,
): Judgement {
  const { transaction, payment } = attempt;
  if (transaction.status === 'SETTLED') {
    return { ...nothing, alarm: 'the acquirer rejected an attempt it had settled' };
  }
  if (transaction.status === 'AUTHORIZED') {
    return { ...nothing, alarm: 'the acquirer rejected an attempt it had authorised' };
  }
  if (!isLive(transaction.status)) return nothing;
  const ended: Transaction = { ...transaction, ...end, updatedAt: now };
  const reopened: Payment = { ...payment, status: 'NEW', updatedAt: now };
  return { transaction: ended, payment: payment.status === 'PENDING' ? reopened : undefined, alarm: undefined };
}
