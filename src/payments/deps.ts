import type { Acquirers } from '../acquirers/port.ts';
import type { Lane } from '../kernel/batch.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';
import type { ShopFinder } from '../shops/find-shop.ts';
import type { AnswerForTransaction, AppliedAnswer } from './apply-acquirer-answer.ts';
import type { CreatedPayment, PreparedPayment } from './create-payment.ts';
import type { StartedTransaction } from './decide-start.ts';
import type { AttemptGuard } from './guard-attempts.ts';
import type { PreparedStart } from './make-attempt.ts';

/** What the verbs that talk to the outside are given: the database, the acquirers, and the lanes that batch. */
export type PaymentDeps = {
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly shops: ShopFinder;
  readonly acquirers: Acquirers;
  /** Where payers reach the pages, without a slash at the end. */
  readonly publicUrl: string;
  readonly attempts: AttemptGuard;
  readonly creating: Lane<PreparedPayment, CreatedPayment>;
  readonly starting: Lane<PreparedStart, StartedTransaction>;
  readonly applying: Lane<AnswerForTransaction, AppliedAnswer>;
};
