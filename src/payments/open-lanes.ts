import { createLane } from '../kernel/batch.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Database, inTransaction } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';
import { applyAcquirerAnswers } from './apply-acquirer-answer.ts';
import { createPayments } from './create-payment.ts';
import { decideStarts } from './decide-start.ts';
import type { PaymentDeps } from './deps.ts';

/** Opens the lanes in which the hot verbs are batched: one transaction a batch, one batch of each kind at a time. */
export function openLanes(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
}): Pick<PaymentDeps, 'creating' | 'starting' | 'applying'> {
  const { database, clock } = deps;
  return {
    creating: createLane((wishes) => inTransaction(database, (tx) => createPayments(tx, wishes))),
    starting: createLane((wishes) => inTransaction(database, (tx) => decideStarts(tx, clock, wishes))),
    applying: createLane((answers) => inTransaction(database, (tx) => applyAcquirerAnswers(tx, deps, answers))),
  };
}
