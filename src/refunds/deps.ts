import type { Lane } from '../kernel/batch.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import type { AnswerForRefund, AppliedRefundAnswer } from './apply-refund-answer.ts';
import type { OrderedRefund, PreparedRefund } from './decide-refund.ts';

/** What the verbs of refunds are given: what payments have, and lanes of their own. */
export type RefundDeps = Pick<PaymentDeps, 'database' | 'clock' | 'log' | 'shops' | 'acquirers'> & {
  readonly ordering: Lane<PreparedRefund, OrderedRefund>;
  readonly answering: Lane<AnswerForRefund, AppliedRefundAnswer>;
};
