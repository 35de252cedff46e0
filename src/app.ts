import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { type GuardedAcquirer, guardAcquirer } from './acquirers/guard-acquirer.ts';
import type { Acquirers } from './acquirers/port.ts';
import type { SandboxAcquirer } from './acquirers/sandbox/create-acquirer.ts';
import type { SandboxDeps } from './acquirers/sandbox/deps.ts';
import { createSandboxBanks } from './acquirers/sandbox-banks/acquirer.ts';
import { createSandboxBlik } from './acquirers/sandbox-blik/acquirer.ts';
import { createSandboxCards } from './acquirers/sandbox-cards/acquirer.ts';
import { createSandboxLenders } from './acquirers/sandbox-lenders/acquirer.ts';
import { createSandboxLessors } from './acquirers/sandbox-lessors/acquirer.ts';
import { createSandboxTransfers } from './acquirers/sandbox-transfers/acquirer.ts';
import { createSandboxVisaMobile } from './acquirers/sandbox-visa-mobile/acquirer.ts';
import { createRefusalRecorder } from './audit/record-refusal.ts';
import { type Authenticator, createAuthenticator } from './auth/authenticate-actor.ts';
import { createOperatorAuthenticator } from './auth/authenticate-operator.ts';
import { watchKeys } from './auth/watch-keys.ts';
import type { WalletDeps } from './cards/deps.ts';
import { openSandboxVault } from './cards/open-vault.ts';
import { sandboxApplePay, sandboxGooglePay } from './cards/sandbox-keys.ts';
import type { Config } from './config.ts';
import { openContracts } from './contracts/open-contracts.ts';
import type { GraphApp } from './graphql/context.ts';
import { createGraphServer } from './graphql/create-yoga.ts';
import { createHttpHandler } from './graphql/handle-request.ts';
import { originRule } from './graphql/origin-rule.ts';
import { createSocketServer } from './graphql/web-socket.ts';
import type { HttpDeps } from './http/deps.ts';
import { createRequestLimits, type RequestLimits } from './http/limit-requests.ts';
import { createRouter } from './http/router.ts';
import { endsInTime } from './kernel/ends-in-time.ts';
import { createSeal, deriveSecret, type Seal } from './kernel/seal.ts';
import { openSharedAccounts } from './ledger/open-shared-accounts.ts';
import { openTrustedIps } from './merchants/trust-ips.ts';
import { applyMovementAnswer } from './payments/ask-movement.ts';
import type { PaymentDeps } from './payments/deps.ts';
import { createAttemptGuard } from './payments/guard-attempts.ts';
import { openLanes } from './payments/open-lanes.ts';
import { type NotificationDeps, receiveNotification } from './payments/receive-notification.ts';
import { acquirerTimeoutMs } from './payments/start-transaction.ts';
import { createEventFeed, type EventFeed } from './realtime/follow-events.ts';
import { openHints } from './realtime/open-hints.ts';
import type { RefundDeps } from './refunds/deps.ts';
import { openRefundLanes } from './refunds/open-lanes.ts';
import { openReports } from './reports/open-reports.ts';
import { createShopFinder } from './shops/find-shop.ts';
import { type AppParts, type Core, wireWorker } from './wire-worker.ts';

/** A wired gateway: what serves requests, and what has to be ended in order. */
export type App = {
  readonly router: ReturnType<typeof createRouter>;
  readonly seal: Seal;
  handle(request: IncomingMessage, response: ServerResponse): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void>;
  /** Is not ready any more, and serves on. */
  leave(): void;
  /** Is not ready any more, and ends subscriptions and status streams with "resume elsewhere". */
  endStreams(): Promise<void>;
  /** Finishes what is running in the background; to be called when no request is running any more. */
  finish(): Promise<void>;
};

/** How long it may take to write what no request waits for any more; whoever asked for it asks again. */
const lastWrites = { ms: 5_000 };

/** Wires the gateway: the only place where parts are put together, and where acquirers are named. */
export async function createApp(parts: AppParts): Promise<App> {
  const { config, database, log } = parts;
  const seal = createSeal(parts.secret);
  const wired = wirePayments(parts);
  const { payments, refunds, cards, simulated, guards } = wired;
  await openSharedAccounts(database, [...payments.acquirers.keys()]);
  const hints = openHints({ nats: config.nats, databaseUrl: database.url }, log);
  const feed = createEventFeed({ database, log, hints, ...config.sizes.feed });
  parts.metrics.watchFollowers(feed.followers);
  parts.metrics.watchPool(database.pool);
  const { rateLimitPerKey: perKey, rateLimitPerAddress: perAddress, trustedProxies } = config;
  const limits = createRequestLimits({ perKey, perAddress, trustedProxies, metrics: parts.metrics, log });
  const restTokens = createAuthenticator({ database, clock: parts.clock, keyMode: 'rest' });
  const { activationHours, coolingDays } = config;
  const contracts = openContracts({
    ...{ database, seal, activationHours, coolingDays, clock: parts.clock, secret: parts.secret },
    ...{ shops: payments.shops, keyMode: config.mode === 'sandbox' ? 'test' : 'live' },
  });
  const transfers = { database, log, clock: parts.clock, ...config.statements };
  const reports = openReports({ ...parts, shops: payments.shops });
  const core = { payments, refunds, contracts, transfers, reports, seal };
  const graph = wireGraph(parts, { ...core, cards, restTokens, feed, limits });
  const worker =
    config.role === 'api'
      ? undefined
      : await wireWorker(parts, { ...core, hints, acquirers: simulated.map((acquirer) => acquirer.jobs) });
  let leaving = false;
  const leave = (): void => {
    leaving = true;
  };
  return {
    router: wireRouter(parts, wired, {
      ...{ restTokens, reports, seal, feed, limits },
      refusals: graph.app.refusals,
      isReady: () => !leaving,
    }),
    seal,
    handle: graph.http.handle,
    upgrade: graph.sockets.upgrade,
    leave,
    endStreams: async () => {
      leave();
      // All at once: a socket that does not answer its close keeps nobody else here.
      const socketsEnd = graph.sockets.drain();
      graph.http.drain();
      feed.drain();
      await socketsEnd;
    },
    finish: async () => {
      await worker?.stop();
      const lanes = [payments.creating, payments.starting, payments.applying, refunds.ordering, refunds.answering];
      const written = Promise.all([...lanes.map((lane) => lane.idle()), graph.app.refusals.flush()]);
      if (!(await endsInTime(written, lastWrites))) log.warn('what was not written in time is cut off');
      for (const guard of guards) guard.shutDown();
      graph.app.keyWatch.close();
      // Only now is nothing written any more that other processes wait to hear of.
      await feed.close();
    },
  };
}

function wireRouter(
  { config, database, clock, log, metrics }: AppParts,
  { payments, refunds, notifications, cards, simulated }: Wired,
  edge: Pick<HttpDeps, 'restTokens' | 'reports' | 'seal' | 'feed' | 'limits' | 'refusals' | 'isReady'>,
): App['router'] {
  const sandbox = config.mode === 'sandbox';
  return createRouter({
    ...edge,
    payments,
    refunds,
    trustedIps: openTrustedIps({ database, clock }),
    prepare: { clock, acquirers: payments.acquirers, addressRule: sandbox ? 'any' : 'public' },
    notifications,
    cards,
    payerPages: simulated,
    sandbox,
    trustedProxies: config.trustedProxies,
    log,
    metrics,
  });
}

type Wired = {
  readonly payments: PaymentDeps;
  readonly refunds: RefundDeps;
  readonly notifications: NotificationDeps;
  /** Undefined in production, where no card acquirer is wired yet. */
  readonly cards: WalletDeps | undefined;
  /** Empty in production. */
  readonly simulated: readonly SandboxAcquirer[];
  readonly guards: readonly GuardedAcquirer[];
};

function wirePayments({ config, database, clock, log, metrics, secret, publicUrl }: AppParts): Wired {
  const acquirers = new Map<string, GuardedAcquirer>();
  const lanes = openLanes({ database, clock, log, metrics });
  const attempts = createAttemptGuard({ database, log, metrics, pause: ({ ms }) => wait(ms) });
  const shops = createShopFinder(database);
  const payments: PaymentDeps = { ...lanes, database, clock, log, shops, acquirers, attempts, publicUrl };
  const refunds: RefundDeps = { ...payments, ...openRefundLanes({ database, clock, log }) };
  const notifications: NotificationDeps = {
    acquirers,
    applying: payments.applying,
    attempts: payments.attempts,
    hearMovement: {
      capture: (word) => applyMovementAnswer(payments, 'capture', word),
      void: (word) => applyMovementAnswer(payments, 'void', word),
      refund: ({ id, ...word }) => refunds.answering.submit({ refundId: id, ...word }),
    },
  };
  const depsFor = (purpose: string): SandboxDeps => ({
    ...{ database, clock, publicUrl },
    secret: deriveSecret(secret, purpose),
    deliver: (name, notification) => receiveNotification(notifications, name, notification),
  });
  const simulated = simulate(config, depsFor);
  const guarding = { log, metrics, timeoutMs: acquirerTimeoutMs };
  for (const acquirer of simulated) acquirers.set(acquirer.name, guardAcquirer(acquirer, guarding));
  const cards = config.mode === 'sandbox' ? sandboxCards({ database, clock }) : undefined;
  return { payments, refunds, notifications, cards, simulated, guards: [...acquirers.values()] };
}

/** The acquirers that the sandbox simulates, each made of parts of its own. */
function simulate({ mode }: Config, depsFor: (name: string) => SandboxDeps): readonly SandboxAcquirer[] {
  if (mode === 'production') return [];
  const cards = depsFor('sandbox-cards');
  const vault = openSandboxVault(cards.database);
  return [
    createSandboxBlik(depsFor('sandbox-blik')),
    createSandboxBanks(depsFor('sandbox-banks')),
    createSandboxLenders(depsFor('sandbox-lenders')),
    createSandboxLessors(depsFor('sandbox-lessors')),
    createSandboxTransfers(depsFor('sandbox-transfers')),
    createSandboxVisaMobile(depsFor('sandbox-visa-mobile')),
    createSandboxCards(cards, async (token, merchantId) => (await vault.find(token, merchantId))?.outcome),
  ];
}

/** The tokeniser of the sandbox: it decrypts with published keys, and its vault holds nothing that could be charged. */
function sandboxCards({ database, clock }: Pick<AppParts, 'database' | 'clock'>): WalletDeps {
  const vault = openSandboxVault(database);
  return { vault, clock, googlePay: sandboxGooglePay, applePay: [sandboxApplePay] };
}

/**
 * The acquirers of a gateway for a program beside it that only asks them: jobs and notifications are the gateway's, and so
 * is the secret that signs those.
 */
export function createAcquirers({
  config,
  database,
  clock,
}: Pick<AppParts, 'config' | 'database' | 'clock'>): Acquirers {
  const deliver = (): Promise<never> => Promise.reject(new Error('Only the gateway hears notifications.'));
  const simulated = simulate(config, () => ({ database, clock, deliver, secret: '', publicUrl: '' }));
  return new Map(simulated.map((acquirer) => [acquirer.name, acquirer]));
}

type GraphCore = Core & {
  readonly cards: WalletDeps | undefined;
  readonly restTokens: Authenticator;
  readonly feed: EventFeed;
  readonly limits: RequestLimits;
};

function wireGraph({ config, database, clock, log, metrics, publicUrl }: AppParts, { limits, ...core }: GraphCore) {
  const sandbox = config.mode === 'sandbox';
  const { trustedProxies } = config;
  const authenticator = createAuthenticator({ database, clock, keyMode: sandbox ? 'test' : 'live' });
  const operators = createOperatorAuthenticator({ database, clock, keyMode: sandbox ? 'test' : 'live' });
  const keyWatch = watchKeys(authenticator);
  const app: GraphApp = {
    ...core,
    authenticator,
    keyWatch,
    openPerKey: config.sizes.openPerKey,
    refusals: createRefusalRecorder({ database, clock, log }),
    metrics,
    addressRule: sandbox ? 'any' : 'public',
    keyMode: sandbox ? 'test' : 'live',
    publicUrl,
  };
  const { yoga, engine, subscriptions, maskError } = createGraphServer({ app, log });
  const mayCall = originRule({ publicUrl, allowed: config.allowedOrigins, sandbox });
  const doors = { engine, authenticator, mayCall, limits, trustedProxies };
  return {
    app,
    http: createHttpHandler({ ...doors, yoga, operators, graphiql: sandbox }),
    sockets: createSocketServer({ ...doors, subscriptions, maskError, keyWatch, openPerKey: app.openPerKey, log }),
  };
}
