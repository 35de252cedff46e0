import type { ContractDeps } from '../contracts/deps.ts';
import { contractJobs } from '../contracts/jobs.ts';
import type { EmailDeps } from '../emails/deps.ts';
import { emailJobs } from '../emails/jobs.ts';
import type { JobHandlers } from '../kernel/jobs/handler.ts';
import type { Metrics } from '../kernel/metrics.ts';
import type { LedgerDeps } from '../ledger/deps.ts';
import { ledgerSweeps } from '../ledger/jobs.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import { paymentJobs } from '../payments/jobs.ts';
import type { BankFileDeps } from '../payouts/deps.ts';
import { payoutJobs, payoutSweeps } from '../payouts/jobs.ts';
import { profileJobs } from '../profiles/jobs.ts';
import type { RefundDeps } from '../refunds/deps.ts';
import { refundJobs } from '../refunds/jobs.ts';
import type { ReportDeps } from '../reports/deps.ts';
import { makeReportJobs, reportJobs } from '../reports/jobs.ts';
import type { TransferDeps } from '../transfers/deps.ts';
import { transferSweeps } from '../transfers/jobs.ts';
import type { WebhookDeps } from '../webhooks/deps.ts';
import { deriveDeliveries } from '../webhooks/derive-deliveries.ts';
import { webhookJobs } from '../webhooks/jobs.ts';
import { toldTypes } from '../webhooks/model.ts';
import { passOverUntold } from '../webhooks/sql/pass-over-untold.ts';
import { shopsBehind } from '../webhooks/store.ts';
import type { Reader } from './run-readers.ts';
import { countWaitingJobs } from './sql/count-waiting-jobs.ts';

/** The jobs in groups that do not wait for each other: a queue each. */
export type JobGroups = {
  /** Work of ours, and calls to acquirers, which answer within seconds. */
  readonly own: JobHandlers;
  /** Calls to the servers of shops: any of them may be dead, and take its full time-out. */
  readonly toShops: JobHandlers;
  /** Mails: there is one server for all, which may be dead as well. */
  readonly mails: JobHandlers;
  /** The making of files, which may take minutes and as many of the machine's cores as there are at a time. */
  readonly files: JobHandlers;
};

/** The groups with jobs that stand in line: the notifications of one payment, the reports of one merchant. */
export const groupsInLine: ReadonlySet<keyof JobGroups> = new Set(['toShops', 'files'] as const);

/** Work that looks by itself for what is due, again and again, on any number of processes at once. */
export type Sweep = { readonly name: string; readonly everyMs: number; readonly work: () => Promise<void> };

/** Everything the gateway does later, by the name of the job. `acquirers` holds what simulated acquirers bring along. */
export function allJobs(deps: {
  readonly payments: PaymentDeps;
  readonly refunds: RefundDeps;
  readonly contracts: ContractDeps;
  readonly payouts: BankFileDeps;
  readonly reports: ReportDeps;
  readonly emails: EmailDeps;
  readonly webhooks: WebhookDeps;
  readonly acquirers: readonly JobHandlers[];
}): JobGroups {
  const own = mergeJobs([
    paymentJobs(deps.payments),
    profileJobs(deps.payments),
    refundJobs(deps.refunds),
    contractJobs(deps.contracts),
    payoutJobs(deps.payouts),
    reportJobs(deps.reports),
    ...deps.acquirers,
  ]);
  const toShops = webhookJobs(deps.webhooks);
  const mails = emailJobs(deps.emails);
  const files = makeReportJobs(deps.reports);
  mergeJobs([own, toShops, mails, files]);
  return { own, toShops, mails, files };
}

/** Puts the jobs of several slices together. @throws Error when two of them use one name. */
export function mergeJobs(parts: readonly JobHandlers[]): JobHandlers {
  const entries = parts.flatMap((part) => Object.entries(part));
  const names = entries.map(([name]) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new Error(`Two slices have a job called ${twice}; give one of them another name.`);
  return Object.fromEntries(entries);
}

/** How often it is counted what the queue has to do, in milliseconds. */
const countJobsEveryMs = 5_000;

/** What runs again and again and looks by itself for what is due. */
export function allSweeps(
  deps: BankFileDeps &
    LedgerDeps & {
      readonly mode: 'sandbox' | 'production';
      readonly transfers: TransferDeps;
      readonly metrics: Pick<Metrics, 'jobsWaiting'>;
    },
): readonly Sweep[] {
  return [
    ...payoutSweeps(deps, deps.mode),
    ...ledgerSweeps(deps),
    ...transferSweeps(deps.transfers),
    {
      name: 'count of jobs',
      everyMs: countJobsEveryMs,
      work: async () => deps.metrics.jobsWaiting(await countWaitingJobs(deps.database, deps.clock.now())),
    },
  ];
}

/** The reader of the logs that makes notifications of what they say. */
export function webhookReader(deps: WebhookDeps): Reader {
  return {
    name: 'webhooks',
    reads: new Set(toldTypes),
    behind: () => shopsBehind(deps.database),
    passOver: (shopIds) => passOverUntold(deps.database, shopIds),
    run: (shopIds) => deriveDeliveries(deps, shopIds),
  };
}
