import { createLane } from '../kernel/batch.ts';
import { inTransaction } from '../kernel/db/database.ts';
import { applyRefundAnswers } from './apply-refund-answer.ts';
import { decideRefunds } from './decide-refund.ts';
import type { RefundDeps } from './deps.ts';

/** Opens the lanes in which refunds are collected into batches. */
export function openRefundLanes(
  deps: Pick<RefundDeps, 'database' | 'clock' | 'log'>,
): Pick<RefundDeps, 'ordering' | 'answering'> {
  const { database, clock } = deps;
  return {
    ordering: createLane((wishes) => inTransaction(database, (tx) => decideRefunds(tx, clock, wishes))),
    answering: createLane((answers) => inTransaction(database, (tx) => applyRefundAnswers(tx, deps, answers))),
  };
}
