import { Logger, runOnce } from 'graphile-worker';
import pg from 'pg';
import { type Database, inTransaction, openDatabase, read } from '../../src/kernel/db/database.ts';
import type { WebhookAttempt, WebhookDelivery } from '../../src/kernel/db/generated/prisma/client.ts';
import { enqueue } from '../../src/kernel/jobs/enqueue.ts';
import type { JobHandlers } from '../../src/kernel/jobs/handler.ts';
import { takeDueTimers } from '../../src/kernel/jobs/timers.ts';
import { createLog } from '../../src/kernel/log.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import { deliverWebhook } from '../../src/webhooks/deliver-webhook.ts';
import type { WebhookDeps } from '../../src/webhooks/deps.ts';
import { deriveDeliveries } from '../../src/webhooks/derive-deliveries.ts';
import { webhookJobs } from '../../src/webhooks/jobs.ts';
import { deliverWebhookJob, resendWebhookJob } from '../../src/webhooks/model.ts';
import { createRequestSender } from '../../src/webhooks/send-request.ts';
import { sharePlaces } from '../../src/webhooks/share-places.ts';
import { createTestDatabase } from '../support/database.ts';
import { createPaymentDeps, createTestClock, type TestClock, testSeal } from '../support/factories.ts';

/** A gateway with webhooks but without processes of its own: tests say when it reads, sends and looks at its timers. */
export type World = {
  readonly database: Database;
  readonly clock: TestClock;
  readonly payments: PaymentDeps;
  readonly deps: WebhookDeps;
  /** Reads the log of a shop to its end. */
  derive(shopId: string): Promise<void>;
  /** Runs the jobs that wait, as the worker does. */
  work(): Promise<void>;
  /** Runs the job of a delivery's first try by itself. */
  send(deliveryId: string): Promise<void>;
  /** Turns due timers into jobs, as the sweep does, and runs them; gives how many there were. */
  sweep(): Promise<number>;
  deliveries(shopId: string): Promise<WebhookDelivery[]>;
  attempts(deliveryId: string): Promise<WebhookAttempt[]>;
  close(): Promise<void>;
};

const silent = new Logger(() => () => {});

/**
 * Opens a database of its own and everything that webhooks need; `timeoutMs` is how long a shop may take to answer, and `places`
 * how many calls there may be at a time.
 */
export async function openWorld(timeoutMs = 5_000, places = 50): Promise<World> {
  const { url, drop } = await createTestDatabase();
  const database = openDatabase({ url });
  const clock = createTestClock();
  const sender = createRequestSender({ addressRule: 'any', timeoutMs });
  const publicUrl = 'https://gateway.example';
  const deps = {
    ...{ database, clock, log: createLog('silent'), publicUrl, seal: testSeal, sender },
    places: sharePlaces(places),
  };
  const pool = openJobsPool(url);
  const work = () => runJobs({ database, pool }, webhookJobs(deps));
  return {
    database,
    clock,
    payments: createPaymentDeps(database, { clock }),
    deps,
    derive: async (shopId) => {
      while ((await deriveDeliveries(deps, [shopId])).length > 0);
    },
    work,
    send: (deliveryId) => deliverWebhook(deps, { deliveryId, round: 0 }),
    sweep: async () => {
      const due = await takeTimers(database, clock);
      await work();
      return due;
    },
    deliveries: (shopId) =>
      database.prisma.webhookDelivery.findMany({ where: { shopId }, orderBy: { eventNumber: 'asc' } }),
    attempts: (deliveryId) =>
      database.prisma.webhookAttempt.findMany({ where: { deliveryId }, orderBy: { number: 'asc' } }),
    close: async () => {
      await sender.close();
      await pool.end();
      await database.close();
      await drop();
    },
  };
}

/**
 * Connections for the jobs. When a pool has ended, they may still be on their way out, and the drop of the database that cuts
 * them off has nobody to tell.
 */
function openJobsPool(connectionString: string): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 3 });
  pool.on('error', () => {});
  pool.on('connect', (client) => client.on('error', () => {}));
  return pool;
}

/** One pass ends when it finds no job that is free, which one that waits for its queue is not: so it may take several. */
async function runJobs(
  { database, pool }: { readonly database: Database; readonly pool: pg.Pool },
  handlers: JobHandlers,
): Promise<void> {
  const taskList = Object.fromEntries(
    Object.entries(handlers).map(([name, handle]) => [
      name,
      (payload: unknown) => handle(payload as { subject: string }),
    ]),
  );
  const options = { pgPool: pool, taskList, logger: silent, noHandleSignals: true, concurrency: 1 };
  while (await hasDueJobs(database)) await runOnce(options);
}

async function hasDueJobs(database: Database): Promise<boolean> {
  const rows = await read(database, {
    name: 'test-due-jobs',
    text: `select id from graphile_worker.jobs
      where task_identifier in ('${deliverWebhookJob}', '${resendWebhookJob}') and run_at <= clock_timestamp() limit 1`,
    values: [],
  });
  return rows.length > 0;
}

async function takeTimers(database: Database, clock: TestClock): Promise<number> {
  return inTransaction(database, async (tx) => {
    const due = (await takeDueTimers(tx, clock.now(), 100)).filter((timer) => timer.kind === deliverWebhookJob);
    await enqueue(
      tx,
      due.map(({ kind, subject, round }) => ({ name: kind, payload: { subject, round } })),
    );
    return due.length;
  });
}

/** The moments at which deliveries are due again, by the merchant's clock. */
export async function timersOf(database: Database): Promise<{ subject: string; dueAt: Date; round: number }[]> {
  return read(database, {
    name: 'test-webhook-timers',
    text: `select subject, due_at as "dueAt", round from timer where kind = '${deliverWebhookJob}' order by due_at`,
    values: [],
  });
}
