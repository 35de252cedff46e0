import { describe, expect, it } from 'vitest';
import { MovementStatus, TransactionStatus } from '../../src/kernel/db/generated/prisma/enums.ts';
import { isLive, isOpen, mayMoveMovement, mayMoveTransaction } from '../../src/transactions/model.ts';

const statuses = Object.values(TransactionStatus);

/** The table of states in the domain's words, line by line: from, then every state it may go to. */
const table: Record<TransactionStatus, string> = {
  NEW: 'PENDING REJECTED ERROR CANCELLED',
  PENDING: 'AUTHORIZED SETTLED REJECTED ERROR CANCELLED UNKNOWN',
  UNKNOWN: 'PENDING AUTHORIZED SETTLED REJECTED ERROR CANCELLED',
  AUTHORIZED: 'SUBMITTED SETTLED CANCELLED EXPIRED UNKNOWN',
  SUBMITTED: 'AUTHORIZED SETTLED REJECTED ERROR UNKNOWN',
  REJECTED: 'SETTLED',
  ERROR: 'SETTLED',
  CANCELLED: 'SETTLED',
  EXPIRED: 'SETTLED',
  SETTLED: '',
};

describe('A transaction', () => {
  for (const from of statuses) {
    for (const to of statuses) {
      const legal = table[from].split(' ').includes(to);
      it(`${legal ? 'may' : 'may not'} move from ${from} to ${to}`, () => {
        expect(mayMoveTransaction(from, to)).toBe(legal);
      });
    }
  }

  it('is live until it has ended', () => {
    expect(statuses.filter(isLive).sort()).toEqual(['AUTHORIZED', 'NEW', 'PENDING', 'SUBMITTED', 'UNKNOWN']);
  });

  it('can always settle once its call was made, unless it has', () => {
    const cannot = statuses.filter((from) => !mayMoveTransaction(from, 'SETTLED'));
    expect(cannot.sort()).toEqual(['NEW', 'SETTLED']);
  });
});

const movementStatuses = Object.values(MovementStatus);

/** The table of states in the domain's words, line by line: from, then every state it may go to. */
const movementTable: Record<MovementStatus, string> = {
  NEW: 'PENDING',
  PENDING: 'SETTLED REJECTED UNKNOWN',
  UNKNOWN: 'SETTLED REJECTED',
  SETTLED: '',
  REJECTED: '',
};

describe('A capture, void or refund', () => {
  for (const from of movementStatuses) {
    for (const to of movementStatuses) {
      const legal = movementTable[from].split(' ').includes(to);
      it(`${legal ? 'may' : 'may not'} move from ${from} to ${to}`, () => {
        expect(mayMoveMovement(from, to)).toBe(legal);
      });
    }
  }

  it('is open as long as the acquirer’s word is awaited', () => {
    expect(movementStatuses.filter((status) => isOpen({ status }))).toEqual(['PENDING', 'UNKNOWN']);
  });
});
