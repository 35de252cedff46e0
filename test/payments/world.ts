import { randomUUID } from 'node:crypto';
import { pino } from 'pino';
import type { AcquirerAnswer } from '../../src/acquirers/port.ts';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import type { Payment, Transaction } from '../../src/kernel/db/generated/prisma/client.ts';
import type { JobHandlers } from '../../src/kernel/jobs/handler.ts';
import type { PreparedPayment } from '../../src/payments/create-payment.ts';
import type { StartedTransaction } from '../../src/payments/decide-start.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import { paymentJobs } from '../../src/payments/jobs.ts';
import { type CreatePaymentInput, preparePayment } from '../../src/payments/prepare-payment.ts';
import { findPayment } from '../../src/payments/store.ts';
import type { Channel, Shop } from '../../src/shops/model.ts';
import { createTestDatabase } from '../support/database.ts';
import {
  createPayment,
  createPaymentDeps,
  createShop,
  createTestClock,
  startBlik,
  type TestClock,
} from '../support/factories.ts';
import { runDueJobs } from '../support/run-due-jobs.ts';
import { createToldAcquirer, type ToldAcquirer } from './told-acquirer.ts';

/** A gateway with its database for one test file; time stands still until a test lets it pass. */
export type World = {
  /** Where its database is, for those who need connections of their own. */
  readonly url: string;
  readonly database: Database;
  readonly clock: TestClock;
  readonly acquirer: ToldAcquirer;
  readonly deps: PaymentDeps;
  /** The alarms that were logged, oldest first. */
  readonly alarms: string[];
  /** A new shop, so that tests do not meet in one log. */
  openShop(): Promise<Shop>;
  /** Lets time pass and runs what is due at its end, jobs of slices above included; gives the names of the jobs. */
  letPass(duration: { readonly ms: number }, more?: JobHandlers): Promise<string[]>;
  /** The same world with other verbs under it. */
  withDeps(deps: PaymentDeps): World;
  close(): Promise<void>;
};

/** Opens a gateway on a database of its own, whose one acquirer takes these channels: BLIK, unless others are named. */
export async function openWorld(channels?: readonly Channel[]): Promise<World> {
  const home = await createTestDatabase();
  const database = openDatabase({ url: home.url, connectionsMax: 6 });
  const clock = createTestClock();
  const acquirer = createToldAcquirer(channels);
  const alarms: string[] = [];
  const log = pino(
    { level: 'error' },
    { write: (line) => void alarms.push((JSON.parse(line) as { msg: string }).msg) },
  );
  const deps = createPaymentDeps(database, { clock, acquirers: [acquirer], log });
  const worldOf = (verbs: PaymentDeps): World => ({
    url: home.url,
    database,
    clock,
    acquirer,
    deps: verbs,
    alarms,
    openShop: async () => (await createShop(database)).shop,
    letPass: (duration, more = {}) => {
      clock.pass(duration);
      return runDueJobs({ database, clock, handlers: { ...paymentJobs(verbs), ...more } });
    },
    withDeps: worldOf,
    close: async () => {
      await database.close();
      await home.drop();
    },
  });
  return worldOf(deps);
}

/** A complete wish for a payment of 12.34 PLN, with what is given instead. */
export function wishFor(deps: PaymentDeps, shop: Shop, input: Partial<CreatePaymentInput> = {}): PreparedPayment {
  return preparePayment(
    { clock: deps.clock, acquirers: deps.acquirers, addressRule: 'any' },
    { shop, source: 'API' },
    {
      idempotencyKey: randomUUID(),
      amount: 1_234n,
      currency: 'PLN',
      orderId: 'ORD/2026-0001',
      customer: { firstName: 'Jan', lastName: 'Kowalski' },
      ...input,
    },
  );
}

/** Creates a payment and starts an attempt on it, which is then pending. */
export async function startedPayment(
  world: World,
  shop: Shop,
  input: Partial<CreatePaymentInput> = {},
): Promise<StartedTransaction> {
  const payment = await createPayment(world.deps, shop, input);
  return startBlik(world.deps, shop, { paymentId: payment.id });
}

/** The acquirer's word that the whole amount was taken. */
export function paid(row: Pick<Payment, 'amount'> | Pick<Transaction, 'amount'>): AcquirerAnswer {
  return { kind: 'settled', amount: row.amount };
}

/** The acquirer's word that the payer has no money. */
export const declined: AcquirerAnswer = { kind: 'rejected', reason: 'INSUFFICIENT_FUNDS', code: '210015' };

/** A payment as it is in the database now. */
export async function paymentNow(database: Database, id: string): Promise<Payment> {
  const payment = await findPayment(database, id);
  if (!payment) throw new Error('There is no such payment.');
  return payment;
}
