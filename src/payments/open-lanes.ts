import { createLane, type Failed, type Outcome } from '../kernel/batch.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Database, inTransaction } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';
import type { Metrics } from '../kernel/metrics.ts';
import { applyAcquirerAnswers } from './apply-acquirer-answer.ts';
import { commitPayments } from './create-payment.ts';
import { decideStarts } from './decide-start.ts';
import type { PaymentDeps } from './deps.ts';
import { TooManyAttempts } from './errors.ts';

/** Opens the lanes in which the hot verbs are collected into batches, and counts what has been committed. */
export function openLanes(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
}): Pick<PaymentDeps, 'creating' | 'starting' | 'applying'> {
  const { database, clock, metrics } = deps;
  return {
    creating: createLane(async (wishes) => {
      const outcomes = await commitPayments(database, wishes);
      metrics.paymentsCreated(valuesOf(outcomes).filter((created) => !created.replayed).length);
      return outcomes;
    }),
    starting: createLane(async (wishes) => {
      const outcomes = await inTransaction(database, (tx) => decideStarts(tx, clock, wishes));
      for (const outcome of outcomes) {
        const tooMany = 'refusal' in outcome && outcome.refusal instanceof TooManyAttempts;
        if (tooMany) metrics.limited({ limit: 'attempts_payment', effect: 'refused' });
      }
      for (const started of valuesOf(outcomes)) {
        if (!started.replayed) metrics.transactionMoved(started.transaction.status);
      }
      return outcomes;
    }),
    applying: createLane(async (answers) => {
      const outcomes = await inTransaction(database, (tx) => applyAcquirerAnswers(tx, deps, answers));
      for (const applied of valuesOf(outcomes)) {
        if (applied.moved) metrics.transactionMoved(applied.transaction.status);
      }
      return outcomes;
    }),
  };
}

function valuesOf<Result>(outcomes: readonly (Outcome<Result> | Failed)[]): Result[] {
  return outcomes.flatMap((outcome) => ('value' in outcome ? [outcome.value] : []));
}
