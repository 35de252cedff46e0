import type { Config } from './config.ts';
import { openEmails } from './emails/open-emails.ts';
import type { GraphApp } from './graphql/context.ts';
import { allJobs, allSweeps, webhookReader } from './jobs/registry.ts';
import { startWorker, type Worker } from './jobs/run-worker.ts';
import type { Clock } from './kernel/clock.ts';
import type { Database } from './kernel/db/database.ts';
import type { JobHandlers } from './kernel/jobs/handler.ts';
import type { Log } from './kernel/log.ts';
import type { Metrics } from './kernel/metrics.ts';
import type { SharedHints } from './realtime/listen-hints.ts';
import { countRequests } from './webhooks/count-requests.ts';
import type { WebhookDeps } from './webhooks/deps.ts';
import { createRequestSender } from './webhooks/send-request.ts';
import { sharePlaces } from './webhooks/share-places.ts';

/** What a gateway is made of, all of it given by whoever starts it. */
export type AppParts = {
  readonly config: Config;
  readonly database: Database;
  readonly clock: Clock;
  readonly log: Log;
  readonly metrics: Metrics;
  readonly secret: string;
  /** Where payers reach the pages, without a slash at the end. */
  readonly publicUrl: string;
};

/** What both edges and the background work are wired to. */
export type Core = Pick<GraphApp, 'payments' | 'refunds' | 'contracts' | 'reports' | 'transfers' | 'seal'>;

/** Wires the background work of a process, and starts it. */
export async function wireWorker(
  { config, database, clock, log, metrics, publicUrl }: AppParts,
  core: Core & { readonly hints: SharedHints; readonly acquirers: readonly JobHandlers[] },
): Promise<Worker> {
  const sender = createRequestSender({ addressRule: config.mode === 'sandbox' ? 'any' : 'public' });
  const { seal } = core;
  const emails = openEmails({ config, database, clock, log, reports: core.reports });
  const webhooks: WebhookDeps = {
    ...{ database, clock, log, publicUrl, seal },
    sender: countRequests(sender, metrics),
    places: sharePlaces(config.sizes.atATime.toShops),
  };
  const worker = await startWorker({
    database,
    clock,
    log,
    jobs: allJobs({
      payments: core.payments,
      refunds: core.refunds,
      contracts: core.contracts,
      payouts: { database, clock, log, bankFiles: config.bankFiles },
      reports: core.reports,
      emails,
      webhooks,
      acquirers: core.acquirers,
    }),
    sweeps: allSweeps({
      ...{ database, clock, log, metrics, mode: config.mode },
      ...{ bankFiles: config.bankFiles, transfers: core.transfers },
    }),
    readers: [webhookReader(webhooks)],
    hints: core.hints,
    atATime: config.sizes.atATime,
  });
  return {
    stop: async () => {
      await worker.stop();
      await sender.close();
      emails.sender?.close();
    },
  };
}
