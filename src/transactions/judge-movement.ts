import type { MovementAnswer } from '../acquirers/port.ts';
import type { MovementStatus } from '../kernel/db/generated/prisma/enums.ts';
import { isOpen } from './model.ts';

/** What can be known of a capture or void: an acquirer's word, or that it never arrived and is not sent any more. */
export type AnswerOrWithdrawal = MovementAnswer | { readonly kind: 'withdrawn' };

/** What captures, voids and refunds have in common. */
type Movement = {
  readonly status: MovementStatus;
  readonly acquirerCode: string | null;
  readonly updatedAt: Date;
  readonly settledAt: Date | null;
};

/**
 * What an acquirer's word makes of a capture, void or refund; undefined when it changes nothing. Pure. What is not sent any
 * more is refused like what the acquirer refuses, but without a code: it said nothing.
 */
export function judgeMovement<Row extends Movement>(row: Row, answer: AnswerOrWithdrawal, now: Date): Row | undefined {
  if (!isOpen(row)) return undefined;
  switch (answer.kind) {
    case 'settled':
      return { ...row, status: 'SETTLED', settledAt: now, updatedAt: now };
    case 'rejected':
      return { ...row, status: 'REJECTED', acquirerCode: answer.code, updatedAt: now };
    case 'withdrawn':
      return { ...row, status: 'REJECTED', updatedAt: now };
    case 'silent':
      return row.status === 'PENDING' ? { ...row, status: 'UNKNOWN', updatedAt: now } : undefined;
    case 'pending':
    case 'unheard':
      return undefined;
  }
}

/** Says whether an acquirer's word is the contrary of what it said before: something that people must look at. */
export function isContradiction(row: Pick<Movement, 'status'>, answer: AnswerOrWithdrawal): boolean {
  return (
    (row.status === 'SETTLED' && answer.kind === 'rejected') || (row.status === 'REJECTED' && answer.kind === 'settled')
  );
}
