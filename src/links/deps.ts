import type { Metrics } from '../kernel/metrics.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import type { PrepareDeps } from '../payments/prepare-payment.ts';

/** What the verbs of links are given: what payments have, and what a payment is checked with. */
export type LinkDeps = {
  readonly payments: Pick<PaymentDeps, 'database' | 'clock' | 'shops'>;
  readonly prepare: PrepareDeps;
  readonly metrics: Pick<Metrics, 'paymentsCreated'>;
};
