import { describe, expect, it } from 'vitest';
import type { Payment, Transaction } from '../../src/kernel/db/generated/prisma/client.ts';
import { PaymentStatus, TransactionStatus } from '../../src/kernel/db/generated/prisma/enums.ts';
import { type Judgement, judgeAnswer, type Word } from '../../src/payments/judge-answer.ts';
import { mayMovePayment } from '../../src/payments/model.ts';
import { mayMoveTransaction } from '../../src/transactions/model.ts';
import { paymentRow, transactionRow } from './rows.ts';

const now = new Date('2026-03-02T10:05:00.000Z');
const confirmUntil = new Date('2026-03-02T10:06:00.000Z');
const amount = 1_234n;

const answers = {
  pending: { kind: 'pending', confirmUntil },
  redirect: { kind: 'pending', redirect: { url: 'https://bank.example/1', httpMethod: 'GET', fields: [] } },
  authorized: { kind: 'authorized', amount },
  'other hold': { kind: 'authorized', amount: amount + 1n },
  settled: { kind: 'settled', amount },
  'other sum': { kind: 'settled', amount: amount + 1n },
  rejected: { kind: 'rejected', reason: 'INSUFFICIENT_FUNDS', code: '210015' },
  silent: { kind: 'silent' },
  unheard: { kind: 'unheard' },
  failed: { kind: 'failed' },
  'given-up': { kind: 'given-up' },
} as const satisfies Record<string, Word>;
type AnswerName = keyof typeof answers;

/**
 * What each answer makes of an attempt in each state. `-`: nothing; a state: it moves there; `confirm`, `step`: it stays and
 * learns until when the payer may confirm, or where he has to go; `late`: it settles, late; `held`: the money goes into
 * suspense; `free`: what is authorised is released; `!`: an alarm, alone or with the move.
 */
const matrix: Record<TransactionStatus, Record<AnswerName, string>> = {
  //              pending  redirect  authorized  other hold   settled  other sum      rejected  silent   unheard  failed  given-up
  NEW: row(
    '       -        -         !           !            !        !              REJECTED  -        ERROR    ERROR   -',
  ),
  PENDING: row(
    '   confirm  step      AUTHORIZED  ERROR!free   SETTLED  UNKNOWN!held   REJECTED  UNKNOWN  ERROR    ERROR   -',
  ),
  UNKNOWN: row(
    '   PENDINGconfirm PENDING AUTHORIZED ERROR!free SETTLED !held           REJECTED  -        ERROR    ERROR   ERROR',
  ),
  AUTHORIZED: row(
    '-        -         -           -            SETTLED  !held          !         -        -        !       -',
  ),
  SUBMITTED: row(
    ' -        -         -           -            SETTLED  !held          !         -        -        !       -',
  ),
  REJECTED: row(
    '  -        -         free        free         late     !held          -         -        -        -       -',
  ),
  ERROR: row(
    '     -        -         free        free         late     !held          -         -        -        -       -',
  ),
  CANCELLED: row(
    ' -        -         free        free         late     !held          -         -        -        -       -',
  ),
  EXPIRED: row(
    '   -        -         free        free         late     !held          -         -        -        -       -',
  ),
  SETTLED: row(
    '   -        -         -           -            -        !              !         -        -        !       -',
  ),
};

function row(text: string): Record<AnswerName, string> {
  const cells = text.trim().split(/ +/);
  return Object.fromEntries(Object.keys(answers).map((name, place) => [name, cells[place]])) as Record<
    AnswerName,
    string
  >;
}

/** An attempt as it would lie in the database in this state. */
function attemptIn(status: TransactionStatus): Transaction {
  const settled = status === 'SETTLED';
  return transactionRow({
    ...{ status, amount, settledAt: settled ? now : null },
    ...(settled ? { capturedAmount: amount, settledAmount: amount } : {}),
  });
}

function paymentIn(status: PaymentStatus): Payment {
  return paymentRow({ status, amount, settledAt: status === 'SETTLED' ? now : null });
}

function judge(
  status: TransactionStatus,
  answer: Word,
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
  const { transaction, alarm, release } = judgement;
  const moved = transaction && transaction.status !== status ? transaction.status : '';
  const words = [
    transaction?.late ? 'late' : moved,
    transaction?.confirmUntil === confirmUntil ? 'confirm' : '',
    transaction?.status === status && transaction.nextStep ? 'step' : '',
    alarm === undefined ? '' : '!',
    transaction && transaction.heldAmount > 0n ? 'held' : '',
    release ? 'free' : '',
  ];
  return words.join('') || (transaction ? 'rewritten' : '-');
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
    const transaction = transactionRow({ status: 'PENDING', confirmUntil, heardAt: now });
    const later = { kind: 'pending', confirmUntil: new Date(confirmUntil.getTime() + 1) } as const;
    const judgement = judgeAnswer({ transaction, payment: paymentIn('PENDING'), otherSettled: false }, later, now);
    expect(judgement.transaction).toBeUndefined();
  });

  it('of which the acquirer has spoken is neither unknown by its silence nor given up', () => {
    const known = { payment: paymentIn('PENDING'), otherSettled: false };
    const heard = transactionRow({ status: 'PENDING', amount, heardAt: now });
    for (const kind of ['silent', 'given-up'] as const) {
      expect(judgeAnswer({ transaction: heard, ...known }, { kind }, now).transaction).toBeUndefined();
    }
    const unheard = transactionRow({ status: 'PENDING', amount });
    const answered = judgeAnswer({ transaction: unheard, ...known }, { kind: 'pending' }, now).transaction;
    expect(answered).toMatchObject({ status: 'PENDING', heardAt: now });
    const mismatched = transactionRow({ status: 'UNKNOWN', amount, heldAmount: 1n });
    const stays = judgeAnswer({ transaction: mismatched, ...known }, { kind: 'pending' }, now).transaction;
    expect(stays).toMatchObject({ status: 'UNKNOWN' });
  });

  it('for which money is held is neither reserved nor let go of by an authorisation', () => {
    const transaction = transactionRow({ status: 'UNKNOWN', amount, heldAmount: 1n });
    for (const told of [amount, amount + 1n]) {
      const known = { transaction, payment: paymentIn('PENDING'), otherSettled: false };
      expect(judgeAnswer(known, { kind: 'authorized', amount: told }, now)).toMatchObject({
        ...{ transaction: undefined, payment: undefined, release: false },
        alarm: 'the acquirer authorised an attempt that it had settled',
      });
    }
  });

  it('keeps the code of a soft decline while its payer is challenged, and forgets it with the end', () => {
    const transaction = transactionRow({ status: 'PENDING', amount });
    const challenge = { ...answers.redirect, softDecline: 'CODE_SD' } as const;
    const known = { payment: paymentIn('PENDING'), otherSettled: false };
    const challenged = judgeAnswer({ transaction, ...known }, challenge, now).transaction;
    expect(challenged).toMatchObject({
      status: 'PENDING',
      acquirerCode: 'CODE_SD',
      nextStep: answers.redirect.redirect,
    });
    const settled = judgeAnswer({ transaction: challenged as Transaction, ...known }, answers.settled, now).transaction;
    expect(settled).toMatchObject({ status: 'SETTLED', acquirerCode: null, nextStep: null });
  });

  it('that is authorised can be captured for seven days', () => {
    const { transaction, payment } = judge('PENDING', answers.authorized);
    expect(transaction).toMatchObject({ status: 'AUTHORIZED', authorizedUntil: new Date('2026-03-09T10:05:00.000Z') });
    expect(payment?.status).toBe('AUTHORIZED');
  });

  it.each([
    ['CANCELLED', false, 'PAYMENT_CANCELLED'],
    ['EXPIRED', false, 'PAYMENT_EXPIRED'],
    ['SETTLED', true, 'SUPERSEDED'],
  ] as const)('that is authorised for a payment that is %s is released', (payment, otherSettled, reason) => {
    const judged = judge('UNKNOWN', answers.authorized, { payment, otherSettled });
    expect(judged).toMatchObject({ transaction: { status: 'REJECTED', reason }, payment: undefined, release: true });
  });

  it.each([
    ['CANCELLED', false, 'PAYMENT_CANCELLED'],
    ['EXPIRED', false, 'PAYMENT_EXPIRED'],
    ['SETTLED', true, 'SUPERSEDED'],
  ] as const)(
    'that turns out to be under way for a payment that is %s ends and is stopped',
    (payment, otherSettled, reason) => {
      for (const status of ['PENDING', 'UNKNOWN'] as const) {
        expect(judge(status, answers.redirect, { payment, otherSettled })).toMatchObject({
          ...{ transaction: { status: 'CANCELLED', reason, nextStep: null }, payment: undefined, release: true },
        });
        expect(judge('CANCELLED', answers.redirect, { payment, otherSettled }).release).toBe(false);
      }
    },
  );

  it('keeps other money than was asked for apart, once, until the right sum or a refusal is told', () => {
    const known = { payment: paymentIn('PENDING'), otherSettled: false };
    const held = judge('PENDING', answers['other sum']).transaction as Transaction;
    expect(held).toMatchObject({ status: 'UNKNOWN', reason: 'AMOUNT_MISMATCH', heldAmount: amount + 1n });
    const again = judgeAnswer({ transaction: held, ...known }, answers['other sum'], now);
    expect(inWords('UNKNOWN', again)).toBe('-');
    expect(judgeAnswer({ transaction: held, ...known }, { kind: 'given-up' }, now).transaction).toBeUndefined();
    const right = judgeAnswer({ transaction: held, ...known }, answers.settled, now).transaction;
    expect(right).toMatchObject({ status: 'SETTLED', reason: null, heldAmount: 0n, settledAmount: amount });
    const gone = judgeAnswer({ transaction: held, ...known }, answers.rejected, now);
    expect(gone).toMatchObject({ transaction: { status: 'REJECTED', heldAmount: 0n }, payment: { status: 'NEW' } });
  });

  it('gives back what was held for it after its end, when the acquirer says that no money was taken', () => {
    const transaction = transactionRow({ status: 'REJECTED', amount, heldAmount: 5n });
    const judged = judgeAnswer({ transaction, payment: paymentIn('NEW'), otherSettled: false }, answers.rejected, now);
    expect(judged.transaction).toMatchObject({ status: 'REJECTED', heldAmount: 0n });
  });

  it('that is partly captured does not settle as a whole: people are called', () => {
    const transaction = transactionRow({ status: 'AUTHORIZED', amount, capturedAmount: 1n, authorizedUntil: now });
    const judged = judgeAnswer(
      { transaction, payment: paymentIn('AUTHORIZED'), otherSettled: false },
      answers.settled,
      now,
    );
    expect(judged).toMatchObject({ transaction: undefined, alarm: expect.stringContaining('another amount') });
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

describe('An attempt that its shop has released', () => {
  it.each([
    ['CANCELLED', 'VOIDED'],
    ['EXPIRED', null],
  ] as const)(
    'and is %s settles late when its money is taken all the same, and people are called',
    (status, reason) => {
      const transaction = transactionRow({ status, amount, reason });
      const known = { transaction, payment: paymentIn(status), otherSettled: false, released: true };
      expect(judgeAnswer(known, answers.settled, now)).toMatchObject({
        transaction: { status: 'SETTLED', late: true, reason: null },
        alarm: 'the acquirer settled an attempt that it had released',
      });
      const twice = judgeAnswer({ ...known, otherSettled: true }, answers.settled, now);
      expect(twice.alarm).toBe('a payment was paid twice');
    },
  );
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
