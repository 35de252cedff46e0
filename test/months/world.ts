import { randomInt } from 'node:crypto';
import { pino } from 'pino';
import { createRefusalRecorder } from '../../src/audit/record-refusal.ts';
import { createAuthenticator } from '../../src/auth/authenticate-actor.ts';
import { createOperatorAuthenticator } from '../../src/auth/authenticate-operator.ts';
import { watchKeys } from '../../src/auth/watch-keys.ts';
import { openSandboxVault } from '../../src/cards/open-vault.ts';
import { sandboxApplePay, sandboxGooglePay } from '../../src/cards/sandbox-keys.ts';
import { readConfig } from '../../src/config.ts';
import { contractJobs } from '../../src/contracts/jobs.ts';
import { openContracts } from '../../src/contracts/open-contracts.ts';
import { importTables } from '../../src/fx/import-tables.ts';
import type { GraphApp } from '../../src/graphql/context.ts';
import { createGraphServer } from '../../src/graphql/create-yoga.ts';
import { mergeJobs } from '../../src/jobs/registry.ts';
import type { Clock } from '../../src/kernel/clock.ts';
import { type Database, inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import type { JobHandlers } from '../../src/kernel/jobs/handler.ts';
import { createMetrics } from '../../src/kernel/metrics.ts';
import { openSharedAccounts } from '../../src/ledger/open-shared-accounts.ts';
import { createOperatorKey } from '../../src/operator/create-operator-key.ts';
import { paymentJobs } from '../../src/payments/jobs.ts';
import type { BankFileDeps } from '../../src/payouts/deps.ts';
import { createEventFeed } from '../../src/realtime/follow-events.ts';
import type { RefundDeps } from '../../src/refunds/deps.ts';
import { refundJobs } from '../../src/refunds/jobs.ts';
import { jsonTable } from '../fx/tables.ts';
import { createToldAcquirer, type ToldAcquirer } from '../payments/told-acquirer.ts';
import { createTestDatabase } from '../support/database.ts';
import { createPaymentDeps, createRefundDeps, createReportDeps, testSeal } from '../support/factories.ts';
import { runDueJobs } from '../support/run-due-jobs.ts';
import { acquirers, type Books } from './model-books.ts';
import { isBankDay, type Moment, plus } from './model-calendar.ts';

/** A clock that a test sets to any moment: each month is played from its own first day on. */
type MonthClock = Clock & { set(moment: Date): void };

/** What a program that asks over GraphQL is given: the data, or the error that the test then fails with. */
export type Ask = <Data>(key: string | null, query: string, variables: object) => Promise<Data>;

/** A gateway in this process whose acquirers say what a test makes them say. */
export type MonthWorld = {
  readonly url: string;
  readonly database: Database;
  readonly clock: MonthClock;
  readonly told: { readonly blik: ToldAcquirer; readonly card: ToldAcquirer };
  readonly refunds: RefundDeps;
  readonly payouts: BankFileDeps;
  /** Rates that are known to the gateway. */
  readonly rates: Books['rates'];
  /** What was logged as an error, oldest first. */
  readonly alarms: string[];
  readonly ask: Ask;
  /** The key of somebody at the bank. */
  readonly operatorKey: string;
  /** Does what is due by now. */
  runJobs(): Promise<unknown>;
  /** The same gateway on connections that do something wrong. */
  withDatabase(change: (database: Database) => Database): MonthWorld;
  close(): Promise<void>;
};

const secret = 'a secret for tests only, long enough to be one';

/** Opens the gateway on a database of its own. */
export async function openMonthWorld(): Promise<MonthWorld> {
  const home = await createTestDatabase();
  const database = openDatabase({ url: home.url, connectionsMax: 4 });
  await openSharedAccounts(database, Object.values(acquirers));
  const clock = createMonthClock();
  const rates = await importRates(database);
  const { secret: operatorKey } = await inTransaction(database, (tx) =>
    createOperatorKey(tx, { clock, mode: 'test' }, { name: 'Anna', expiresAt: undefined }),
  );
  const { bankFiles } = readConfig({});
  const told = {
    blik: createToldAcquirer(['blik'], acquirers.blik),
    card: createToldAcquirer(['gpay'], acquirers.card),
  };
  for (const acquirer of Object.values(told)) acquirer.onAskMovement({ kind: 'pending' });
  const doors: Door[] = [];
  const worldOn = (connections: Database): MonthWorld => {
    const alarms: string[] = [];
    const door = openDoor({ database: connections, clock, told, alarms });
    doors.push(door);
    return {
      ...{ url: home.url, database: connections, clock, told, rates, alarms, ask: door.ask },
      ...{ refunds: door.app.refunds, operatorKey },
      payouts: { database: connections, clock, log: door.app.payments.log, bankFiles },
      runJobs: () => runDueJobs({ database: connections, clock, handlers: door.jobs }),
      withDatabase: (change) => worldOn(change(database)),
      close: async () => {
        for (const { close } of doors) await close();
        await database.close();
        await home.drop();
      },
    };
  };
  return worldOn(database);
}

type Door = {
  readonly app: GraphApp;
  readonly ask: Ask;
  readonly jobs: JobHandlers;
  readonly close: () => Promise<void>;
};

/** Wires GraphQL as the gateway does, but for the acquirers and without a port. */
function openDoor({ database, clock, told, alarms }: Pick<MonthWorld, 'database' | 'clock' | 'told' | 'alarms'>): Door {
  const log = pino(
    { level: 'error' },
    { write: (line) => void alarms.push((JSON.parse(line) as { msg: string }).msg) },
  );
  const payments = createPaymentDeps(database, { clock, log, acquirers: Object.values(told) });
  const refunds = createRefundDeps(payments);
  const contracts = openContracts({
    ...{ database, clock, secret, seal: testSeal, shops: payments.shops, keyMode: 'test' },
    ...{ activationHours: 4, coolingDays: 2 },
  });
  const authenticator = createAuthenticator({ database, clock, keyMode: 'test' });
  const app: GraphApp = {
    ...{ payments, refunds, contracts, authenticator, seal: testSeal, metrics: createMetrics(), addressRule: 'any' },
    reports: createReportDeps(payments),
    cards: { vault: openSandboxVault(database), clock, googlePay: sandboxGooglePay, applePay: [sandboxApplePay] },
    restTokens: createAuthenticator({ database, clock, keyMode: 'rest' }),
    transfers: { database, log, clock, ...readConfig({}).statements },
    keyWatch: watchKeys(authenticator),
    openPerKey: 0,
    // Nobody follows events here, so no other process is told of any.
    feed: createEventFeed({ database, log, hints: noHints }),
    refusals: createRefusalRecorder({ database, clock, log }),
    ...{ keyMode: 'test', publicUrl: payments.publicUrl },
  };
  return {
    app,
    ask: createAsk(app),
    jobs: mergeJobs([paymentJobs(payments), refundJobs(refunds), contractJobs(contracts)]),
    close: async () => {
      await app.refusals.flush();
      app.keyWatch.close();
      await app.feed.close();
    },
  };
}

const noHints = {
  subscribe: () => () => undefined,
  follow: () => () => undefined,
  publish: () => undefined,
  close: async () => undefined,
};

function createAsk(app: GraphApp): Ask {
  const { yoga } = createGraphServer({ app, log: app.payments.log });
  const { database, clock } = app.payments;
  const operators = createOperatorAuthenticator({ database, clock, keyMode: 'test' });
  return async <Data>(key: string | null, query: string, variables: object) => {
    const authorization = key === null ? undefined : `Bearer ${key}`;
    const actor = await app.authenticator.authenticate(authorization);
    const operator = actor ? undefined : await operators.authenticate(authorization);
    // Applications from one address are counted, and there are many.
    const address = `10.${[randomInt(256), randomInt(256), randomInt(256)].join('.')}`;
    const request = {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ query, variables }),
    };
    const caller = { actor, operator, authorization, address };
    const response = await yoga.fetch('http://gateway.example/graphql', request, caller);
    const { data, errors } = (await response.json()) as { data: Data; errors?: readonly { message: string }[] };
    if (errors) throw new Error(errors.map(({ message }) => message).join(' '));
    return data;
  };
}

function createMonthClock(): MonthClock {
  let present = 0;
  return {
    now: (tenant) => new Date(present + (tenant?.clockOffsetMs ?? 0)),
    set: (moment) => {
      present = moment.getTime();
    },
  };
}

const firstTable = '2026-03-30';
const tablesFor = 300;

/** Imports a table for each bank day but some that somebody forgot; the first months begin before there is one. */
async function importRates(database: Database): Promise<Books['rates']> {
  const days = Array.from({ length: tablesFor }, (_, place) => plus(firstTable, place)).filter((day) => isBankDay(day));
  const rates = days
    .map((day, place) => ({
      day,
      EUR: 423_450_000n + BigInt((place * 371) % 4_000) * 10_000n,
      HUF: 1_098_700n + BigInt((place * 53) % 900) * 100n,
    }))
    .filter((_, place) => place % 7 !== 3);
  const files = rates.map(({ day, EUR, HUF }, place) => ({
    name: day,
    text: jsonTable({
      ...{ number: `${String(place + 1).padStart(3, '0')}/A/NBP/${day.slice(0, 4)}`, day },
      rates: { EUR: decimals(EUR), HUF: decimals(HUF) },
    }),
  }));
  await inTransaction(database, (tx) => importTables(tx, files, new Date('2027-03-01T00:00:00Z')));
  return rates;
}

function decimals(rate: bigint): string {
  const digits = rate.toString().padStart(9, '0');
  return `${digits.slice(0, -8)}.${digits.slice(-8)}`;
}

/** The moment of a day and time in Warsaw. */
export function momentOf(day: string, time: string): Date {
  const local = Temporal.PlainDateTime.from(`${day}T${time}`);
  return new Date(local.toZonedDateTime('Europe/Warsaw').epochMilliseconds);
}

/** A moment as a clock in Warsaw shows it. */
export function shown(moment: Date): Moment {
  const local = Temporal.Instant.fromEpochMilliseconds(moment.getTime()).toZonedDateTimeISO('Europe/Warsaw');
  const [day = '', time = ''] = local.toPlainDateTime().toString({ fractionalSecondDigits: 3 }).split('T');
  return { day, time, ms: moment.getTime() };
}
