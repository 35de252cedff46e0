import type { MovementStatus, TransactionStatus } from '../kernel/db/generated/prisma/enums.ts';

/**
 * The moves a transaction may make. A finished attempt can still settle, by the acquirer's word alone: money that
 * arrives is never dropped, the transaction is then `late`. An authorisation stands when its last capture was refused
 * (docs/decisions/0011-what-becomes-of-an-authorisation.md). An acquirer that was silent may say later that it works on
 * the attempt (docs/decisions/0014-money-that-does-not-fit.md), which ends by that when nobody is to pay it any more
 * (docs/decisions/0054-attempts-that-turn-out-to-be-under-way.md).
 */
export const transactionMoves = {
  NEW: ['PENDING', 'REJECTED', 'ERROR', 'CANCELLED'],
  PENDING: ['AUTHORIZED', 'SETTLED', 'REJECTED', 'ERROR', 'CANCELLED', 'UNKNOWN'],
  UNKNOWN: ['PENDING', 'AUTHORIZED', 'SETTLED', 'REJECTED', 'ERROR', 'CANCELLED'],
  AUTHORIZED: ['SUBMITTED', 'SETTLED', 'CANCELLED', 'EXPIRED', 'UNKNOWN'],
  SUBMITTED: ['AUTHORIZED', 'SETTLED', 'REJECTED', 'ERROR', 'UNKNOWN'],
  REJECTED: ['SETTLED'],
  ERROR: ['SETTLED'],
  CANCELLED: ['SETTLED'],
  EXPIRED: ['SETTLED'],
  SETTLED: [],
} as const satisfies Record<TransactionStatus, readonly TransactionStatus[]>;

/** States of an attempt that is still running; a payment has at most one such attempt. */
export const liveStatuses: readonly TransactionStatus[] = ['NEW', 'PENDING', 'AUTHORIZED', 'SUBMITTED', 'UNKNOWN'];

/** Says whether an attempt is still running. */
export function isLive(status: TransactionStatus): boolean {
  return liveStatuses.includes(status);
}

/** Says whether a transaction may move from one state to another. */
export function mayMoveTransaction(from: TransactionStatus, to: TransactionStatus): boolean {
  const targets: readonly TransactionStatus[] = transactionMoves[from];
  return targets.includes(to);
}

/** The moves a capture, a void or a refund may make. */
export const movementMoves = {
  NEW: ['PENDING'],
  PENDING: ['SETTLED', 'REJECTED', 'UNKNOWN'],
  UNKNOWN: ['SETTLED', 'REJECTED'],
  SETTLED: [],
  REJECTED: [],
} as const satisfies Record<MovementStatus, readonly MovementStatus[]>;

/** Says whether a capture, void or refund may move from one state to another. */
export function mayMoveMovement(from: MovementStatus, to: MovementStatus): boolean {
  const targets: readonly MovementStatus[] = movementMoves[from];
  return targets.includes(to);
}

/** Says whether the acquirer's word on a capture, void or refund is still awaited. */
export function isOpen(movement: { readonly status: MovementStatus }): boolean {
  return movement.status === 'PENDING' || movement.status === 'UNKNOWN';
}
