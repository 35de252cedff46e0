import type { JobHandlers } from '../kernel/jobs/handler.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import { paymentJobs } from '../payments/jobs.ts';
import { profileJobs } from '../profiles/jobs.ts';
import type { RefundDeps } from '../refunds/deps.ts';
import { refundJobs } from '../refunds/jobs.ts';
import type { WebhookDeps } from '../webhooks/deps.ts';
import { webhookJobs } from '../webhooks/jobs.ts';

/** The jobs in groups that do not wait for each other: a queue each. */
export type JobGroups = {
  /** Work of ours, and calls to acquirers, which answer within seconds. */
  readonly own: JobHandlers;
  /** Calls to the servers of shops: any of them may be dead, and take its full time-out. */
  readonly toShops: JobHandlers;
};

/** Everything the gateway does later, by the name of the job. `acquirers` holds what simulated acquirers bring along. */
export function allJobs(deps: {
  readonly payments: PaymentDeps;
  readonly refunds: RefundDeps;
  readonly webhooks: WebhookDeps;
  readonly acquirers: readonly JobHandlers[];
}): JobGroups {
  const own = mergeJobs([
    paymentJobs(deps.payments),
    profileJobs(deps.payments),
    refundJobs(deps.refunds),
    ...deps.acquirers,
  ]);
  const toShops = webhookJobs(deps.webhooks);
  mergeJobs([own, toShops]);
  return { own, toShops };
}

/** Puts the jobs of several slices together. @throws Error when two of them use one name. */
export function mergeJobs(parts: readonly JobHandlers[]): JobHandlers {
  const entries = parts.flatMap((part) => Object.entries(part));
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Two slices have a job called ${twice}; give one of them another name.`);
  return Object.fromEntries(entries);
}
