import type { JobHandlers } from '../kernel/jobs/handler.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import { paymentJobs } from '../payments/jobs.ts';
import type { WebhookDeps } from '../webhooks/deps.ts';
import { webhookJobs } from '../webhooks/jobs.ts';

/** Everything the gateway does later, by the name of the job. `acquirers` holds what simulated acquirers bring along. */
export function allJobs(deps: {
  readonly payments: PaymentDeps;
  readonly webhooks: WebhookDeps;
  readonly acquirers: readonly JobHandlers[];
}): JobHandlers {
  return mergeJobs([paymentJobs(deps.payments), webhookJobs(deps.webhooks), ...deps.acquirers]);
}

/** Puts the jobs of several slices together. @throws Error when two of them use one name. */
export function mergeJobs(parts: readonly JobHandlers[]): JobHandlers {
  const entries = parts.flatMap((part) => Object.entries(part));
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Two slices have a job called ${twice}; give one of them another name.`);
  return Object.fromEntries(entries);
}
