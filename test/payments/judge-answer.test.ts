import { describe, expect, it } from 'vitest';
import type { AcquirerAnswer } from '../../src/acquirers/port.ts';
import type { Payment, Transaction } from '../../src/kernel/db/generated/prisma/client.ts';
import { PaymentStatus, TransactionStatus } from '../../src/kernel/db/generated/prisma/enums.ts';
import { type Judgement, judgeAnswer } from '../../src/payments/judge-answer.ts';
import { mayMovePayment } from '../../src/payments/model.ts';
import { mayMoveTransaction } from '../../src/transactions/model.ts';
import { paymentRow, transactionRow } from './rows.ts';

const now = new Date('2026-03-02T10:05:00.000Z');
const confirmUntil = new Date('2026-03-02T10:06:00.000Z');
const amount = 1_234n;

const answers = {
  pending: { kind: 'pending', confirmUntil },
  settled: { kind: 'settled', amount },
  'other sum': { kind: 'settled', amount: amount + 1n },
  rejected: { kind: 'rejected', reason: 'INSUFFICIENT_FUNDS', code: '210015' },
  silent: { kind: 'silent' },
  unheard: { kind: 'unheard' },
} as const satisfies Record<string, AcquirerAnswer>;
type AnswerName = keyof typeof answers;

/**
 * What each answer makes of an attempt in each state. `-`: nothing; a state: it moves there; `confirm`: it stays and
 * learns until when the payer may confirm; `late`: it settles, late; `!`: an alarm, alone or with the move.
 */
const matrix: Record<TransactionStatus, Record<AnswerName, string>> = {
  NEW: row('-        !        !           REJECTED  -        ERROR'),
  PENDING: row('confirm  SETTLED  UNKNOWN!    REJECTED  UNKNOWN  ERROR'),
  UNKNOWN: row('-        SETTLED  !           REJECTED  -        ERROR'),
  AUTHORIZED: row('-        SETTLED  !           !         -        !'),
  SUBMITTED: row('-        SETTLED  !           REJECTED  -        ERROR'),
  REJECTED: row('-        late     !           -         -        -'),
  ERROR: row('-        late     !           -         -        -'),
  CANCELLED: row('-        late     !           -         -        -'),
  EXPIRED: row('-        late     !           -         -        -'),
  SETTLED: row('-        -        !           !         -        !'),
};

function row(text: string): Record<AnswerName, string> {
  const cells = text.split(/ +/);
  return Object.fromEntries(Object.keys(answers).map((name, place) => [name, cells[place]])) as Record<
    AnswerName,
    string
  >;
}

/** An attempt as it would lie in the database in this state. */
function attemptIn(status: TransactionStatus): Transaction {
  const settled = status === 'SETTLED';
  return transactionRow({ status, amount, settledAmount: settled ? amount : 0n, settledAt: settled ? now : null });
}

function paymentIn(status: PaymentStatus): Payment {
  return paymentRow({ status, amount, settledAt: status === 'SETTLED' ? now : null });
}

function judge(
  status: TransactionStatus,
  answer: AcquirerAnswer,
  around: { readonly payment?: PaymentStatus; readonly otherSettled?: boolean } = {},
): Judgement {
  const payment = paymentIn(around.payment ?? (status === 'SETTLED' ? 'SETTLED' : 'PENDING'));
  return judgeAnswer(
    { transaction: attemptIn(status), payment, otherSettled: around.otherSettled ?? false },
    answer,
    now,
  );
}

/** A judgement in the words of the matrix. */
function inWords(status: TransactionStatus, judgement: Judgement): string {
  const { transaction, alarm } = judgement;
  const alarmed = alarm === undefined ? '' : '!';
  if (!transaction) return alarmed || '-';
  if (transaction.status === status) return transaction.confirmUntil === confirmUntil ? 'confirm' : 'rewritten';
  return `${transaction.late ? 'late' : transaction.status}${alarmed}`;
}

const names = Object.keys(answers) as AnswerName[];

describe('An attempt', () => {
  for (const status of Object.values(TransactionStatus)) {
    for (const name of names) {
      it(`that is ${status} becomes "${matrix[status][name]}" by the answer "${name}"`, () => {
        expect(inWords(status, judge(status, answers[name]))).toBe(matrix[status][name]);
      });
    }
  }

  it('keeps the first time until which the payer may confirm', () => {
    const transaction = transactionRow({ status: 'PENDING', confirmUntil });
    const later = { kind: 'pending', confirmUntil: new Date(confirmUntil.getTime() + 1) } as const;
    const judgement = judgeAnswer({ transaction, payment: paymentIn('PENDING'), otherSettled: false }, later, now);
    expect(judgement.transaction).toBeUndefined();
  });

  it('that was rejected keeps the reason and the code of the acquirer', () => {
    expect(judge('PENDING', answers.rejected).transaction).toMatchObject({
      status: 'REJECTED',
      reason: 'INSUFFICIENT_FUNDS',
      acquirerCode: '210015',
      settledAmount: 0n,
      updatedAt: now,
    });
  });

  it('that settles late forgets why it had ended', () => {
    const transaction = transactionRow({ status: 'REJECTED', amount, reason: 'CODE_EXPIRED', acquirerCode: '210006' });
    const judged = judgeAnswer({ transaction, payment: paymentIn('NEW'), otherSettled: false }, answers.settled, now);
    expect(judged.transaction).toMatchObject({
      status: 'SETTLED',
      late: true,
      reason: null,
      acquirerCode: null,
      settledAmount: amount,
      settledAt: now,
    });
  });
});

/** What becomes of the payment when its live attempt settles, or ends without money. */
const paymentMatrix: Record<PaymentStatus, { readonly settled: string; readonly ended: string }> = {
  NEW: { settled: 'SETTLED', ended: '-' },
  PENDING: { settled: 'SETTLED', ended: 'NEW' },
  AUTHORIZED: { settled: 'SETTLED', ended: '-' },
  CANCELLED: { settled: 'SETTLED late', ended: '-' },
  EXPIRED: { settled: 'SETTLED late', ended: '-' },
  SETTLED: { settled: 'surplus', ended: '-' },
};

describe('A payment', () => {
  for (const payment of Object.values(PaymentStatus)) {
    const otherSettled = payment === 'SETTLED';

    it(`that is ${payment} becomes "${paymentMatrix[payment].settled}" when its attempt settles`, () => {
      const judged = judge('UNKNOWN', answers.settled, { payment, otherSettled });
      const late = judged.transaction?.late ? ' late' : '';
      const words = judged.transaction?.surplus
        ? `${judged.payment?.status ?? ''}surplus`
        : `${judged.payment?.status}`;
      expect(words + late).toBe(paymentMatrix[payment].settled);
      expect(judged.payment?.settledAt).toEqual(otherSettled ? undefined : now);
    });

    it.each(['rejected', 'unheard'] as const)(`that is ${payment} goes on when its attempt is %s`, (name) => {
      const judged = judge('UNKNOWN', answers[name], { payment, otherSettled });
      expect(judged.payment?.status ?? '-').toBe(paymentMatrix[payment].ended);
    });
  }

  it('that is paid twice raises an alarm', () => {
    const judged = judge('PENDING', answers.settled, { payment: 'SETTLED', otherSettled: true });
    expect(judged.alarm).toBe('a payment was paid twice');
    expect(judged.transaction).toMatchObject({ status: 'SETTLED', surplus: true, late: false, settledAmount: amount });
  });
});

describe('Whatever is said in whatever state', () => {
  it('moves nothing against the tables of states', () => {
    const illegal: string[] = [];
    for (const status of Object.values(TransactionStatus)) {
      for (const payment of Object.values(PaymentStatus)) {
        for (const name of names) {
          const judged = judge(status, answers[name], { payment, otherSettled: payment === 'SETTLED' });
          const to = judged.transaction?.status ?? status;
          if (to !== status && !mayMoveTransaction(status, to)) illegal.push(`${status} -> ${to} by ${name}`);
          const then = judged.payment?.status;
          if (then !== undefined && !mayMovePayment(payment, then)) illegal.push(`${payment} -> ${then} by ${name}`);
        }
      }
    }
    expect(illegal).toEqual([]);
  });
});
