import type { MovementAnswer } from '../acquirers/port.ts';
import type { MovementStatus } from '../kernel/db/generated/prisma/enums.ts';
import { isOpen } from './model.ts';

/** What captures, voids and refunds have in common. */
type Movement = {
  readonly status: MovementStatus;
  readonly acquirerCode: string | null;
  readonly updatedAt: Date;
  readonly settledAt: Date | null;
};

/** What an acquirer's word makes of a capture, void or refund; undefined when it changes nothing. Pure. */
export function judgeMovement<Row extends Movement>(row: Row, answer: MovementAnswer, now: Date): Row | undefined {
  if (!isOpen(row)) return undefined;
  switch (answer.kind) {
    case 'settled':
      return { ...row, status: 'SETTLED', settledAt: now, updatedAt: now };
    case 'rejected':
      return { ...row, status: 'REJECTED', acquirerCode: answer.code, updatedAt: now };
    case 'silent':
      return row.status === 'PENDING' ? { ...row, status: 'UNKNOWN', updatedAt: now } : undefined;
    case 'pending':
    case 'unheard':
      return undefined;
  }
}

/** Says whether an acquirer's word is the contrary of what it said before: something that people must look at. */
export function isContradiction(row: Pick<Movement, 'status'>, answer: MovementAnswer): boolean {
  return (
    (row.status === 'SETTLED' && answer.kind === 'rejected') || (row.status === 'REJECTED' && answer.kind === 'settled')
  );
}
