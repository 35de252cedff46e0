import net from 'node:net';
import type { Hono } from 'hono';
import type { Acquirer } from '../../src/acquirers/port.ts';
import { createRefusalRecorder } from '../../src/audit/record-refusal.ts';
import { createAuthenticator } from '../../src/auth/authenticate-actor.ts';
import { openSandboxVault } from '../../src/cards/open-vault.ts';
import { sandboxApplePay, sandboxGooglePay } from '../../src/cards/sandbox-keys.ts';
import type { HttpDeps, HttpEnv } from '../../src/http/deps.ts';
import { createRequestLimits } from '../../src/http/limit-requests.ts';
import { createRouter } from '../../src/http/router.ts';
import { createHttpServer, type HttpServer, type HttpServerOptions } from '../../src/http/server.ts';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createMetrics, type Metrics } from '../../src/kernel/metrics.ts';
import { openTrustedIps } from '../../src/merchants/trust-ips.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import { createAttemptGuard } from '../../src/payments/guard-attempts.ts';
import { openLanes } from '../../src/payments/open-lanes.ts';
import { createEventFeed, type EventFeed } from '../../src/realtime/follow-events.ts';
import { createTestDatabase } from '../support/database.ts';
import {
  createPaymentDeps,
  createRefundDeps,
  createReportDeps,
  createTestClock,
  type TestClock,
  testSeal,
} from '../support/factories.ts';

export type HttpWorld = {
  readonly database: Database;
  readonly clock: TestClock;
  readonly payments: PaymentDeps;
  readonly feed: EventFeed;
  readonly metrics: Metrics;
  readonly deps: HttpDeps;
  readonly router: Hono<HttpEnv>;
  close(): Promise<void>;
};

/** A gateway without its GraphQL on a database of its own; what is given replaces the usual. */
export async function createHttpWorld(
  given: { readonly acquirers?: readonly Acquirer[]; readonly deps?: Partial<HttpDeps> } = {},
): Promise<HttpWorld> {
  const { url, drop } = await createTestDatabase();
  const database = openDatabase({ url });
  const log = createLog('silent');
  const clock = createTestClock();
  const metrics = createMetrics();
  const lanes = openLanes({ database, clock, log, metrics });
  const payments = {
    ...createPaymentDeps(database, { clock, ...(given.acquirers && { acquirers: given.acquirers }) }),
    ...lanes,
    attempts: createAttemptGuard({ database, log, metrics, pause: async () => undefined }),
  };
  const feed = createEventFeed({ database, log });
  const deps: HttpDeps = {
    ...{ payments, feed, log, metrics, sandbox: true, trustedProxies: [], seal: testSeal },
    refunds: createRefundDeps(payments),
    reports: createReportDeps(payments),
    restTokens: createAuthenticator({ database, clock, keyMode: 'rest' }),
    trustedIps: openTrustedIps({ database, clock }),
    refusals: createRefusalRecorder({ database, clock, log }),
    notifications: { ...payments, hearMovement: { capture: unheard, void: unheard, refund: unheard } },
    limits: createRequestLimits({ perKey: 0, perAddress: 0, trustedProxies: [], metrics, log }),
    prepare: { clock, acquirers: payments.acquirers, addressRule: 'public' },
    cards: { vault: openSandboxVault(database), clock, googlePay: sandboxGooglePay, applePay: [sandboxApplePay] },
    payerPages: [],
    isReady: () => true,
    ...given.deps,
  };
  const close = async (): Promise<void> => {
    await feed.close();
    await database.close();
    await drop();
  };
  return { database, clock, payments, feed, metrics, deps, router: createRouter(deps), close };
}

/** A server on a port of its own, with a GraphQL that says its name. */
export async function startServer(
  options: Pick<HttpServerOptions, 'router'> & Partial<HttpServerOptions>,
): Promise<{ readonly server: HttpServer; readonly port: number; readonly url: string }> {
  const server = createHttpServer({
    graphql: {
      handle: (_req, res) => {
        res.end('graphql');
      },
      upgrade: (_req, socket) => {
        socket.end('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n');
      },
    },
    ...{ log: createLog('silent'), metrics: createMetrics(), httpsOnly: false },
    ...options,
  });
  const { port } = await server.listen(0, '127.0.0.1');
  return { server, port, url: `http://127.0.0.1:${port}` };
}

/** Sends bytes to a port and gives all that comes back until the other side closes. */
export function sendRaw(port: number, bytes: string | Buffer): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const parts: Buffer[] = [];
  const socket = net.connect(port, '127.0.0.1', () => socket.write(bytes));
  socket.on('data', (part) => parts.push(Buffer.from(part)));
  socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? undefined : reject(error)));
  socket.on('close', () => resolve(Buffer.concat(parts).toString('latin1')));
  return promise;
}

/** A form as browsers post it. */
export function posted(fields: Readonly<Record<string, string>> | string): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'text/html' },
    body: new URLSearchParams(fields).toString(),
  };
}

/** A page without its nonces, which differ every time. */
export async function textOf(answer: Response): Promise<string> {
  return (await answer.text()).replaceAll(/nonce="[^"]+"/g, 'nonce');
} /** No movement is told in these tests. */
const unheard = async (): Promise<void> => {};
