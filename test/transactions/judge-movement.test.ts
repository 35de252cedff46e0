import { describe, expect, it } from 'vitest';
import type { Refund } from '../../src/kernel/db/generated/prisma/client.ts';
import { MovementStatus } from '../../src/kernel/db/generated/prisma/enums.ts';
import { newId, newShopId } from '../../src/kernel/ids.ts';
import { type AnswerOrWithdrawal, judgeMovement } from '../../src/transactions/judge-movement.ts';
import { mayMoveMovement } from '../../src/transactions/model.ts';

const createdAt = new Date('2026-03-02T10:00:00.000Z');
const now = new Date('2026-03-02T10:00:05.000Z');

const answers = {
  pending: { kind: 'pending' },
  settled: { kind: 'settled' },
  rejected: { kind: 'rejected', code: 'BLK-ERROR-210019' },
  silent: { kind: 'silent' },
  unheard: { kind: 'unheard' },
  withdrawn: { kind: 'withdrawn' },
} as const satisfies Record<AnswerOrWithdrawal['kind'], AnswerOrWithdrawal>;

/** What each answer makes of a capture, void or refund in each state; `-` is nothing. */
const matrix: Record<MovementStatus, Record<AnswerOrWithdrawal['kind'], MovementStatus | '-'>> = {
  NEW: { pending: '-', settled: '-', rejected: '-', silent: '-', unheard: '-', withdrawn: '-' },
  PENDING: {
    pending: '-',
    settled: 'SETTLED',
    rejected: 'REJECTED',
    silent: 'UNKNOWN',
    unheard: '-',
    withdrawn: 'REJECTED',
  },
  UNKNOWN: { pending: '-', settled: 'SETTLED', rejected: 'REJECTED', silent: '-', unheard: '-', withdrawn: 'REJECTED' },
  SETTLED: { pending: '-', settled: '-', rejected: '-', silent: '-', unheard: '-', withdrawn: '-' },
  REJECTED: { pending: '-', settled: '-', rejected: '-', silent: '-', unheard: '-', withdrawn: '-' },
};

function refundIn(status: MovementStatus): Refund {
  return {
    id: newId(createdAt),
    shopId: newShopId(),
    transactionId: newId(createdAt),
    idempotencyKey: 'key',
    inputHash: new Uint8Array(32),
    status,
    amount: 100n,
    currency: 'PLN',
    note: null,
    acquirerCode: null,
    createdAt,
    updatedAt: createdAt,
    settledAt: null,
  };
}

describe('A capture, void or refund', () => {
  for (const status of Object.values(MovementStatus)) {
    for (const kind of Object.keys(answers) as AnswerOrWithdrawal['kind'][]) {
      it(`that is ${status} becomes "${matrix[status][kind]}" by the answer "${kind}"`, () => {
        const judged = judgeMovement(refundIn(status), answers[kind], now);
        expect(judged?.status ?? '-').toBe(matrix[status][kind]);
        if (judged) expect(mayMoveMovement(status, judged.status)).toBe(true);
      });
    }
  }

  it('keeps when it was settled, and nothing else is changed', () => {
    const before = refundIn('UNKNOWN');
    const settled = { ...before, status: 'SETTLED', settledAt: now, updatedAt: now };
    expect(judgeMovement(before, answers.settled, now)).toEqual(settled);
  });

  it('keeps the code with which it was refused, and was never settled', () => {
    const before = refundIn('PENDING');
    const refused = { ...before, status: 'REJECTED', acquirerCode: 'BLK-ERROR-210019', updatedAt: now };
    expect(judgeMovement(before, answers.rejected, now)).toEqual(refused);
  });

  it('has no code when it was not sent any more: nobody but us refused it', () => {
    const before = refundIn('PENDING');
    const refused = { ...before, status: 'REJECTED', acquirerCode: null, updatedAt: now };
    expect(judgeMovement(before, answers.withdrawn, now)).toEqual(refused);
  });
});
