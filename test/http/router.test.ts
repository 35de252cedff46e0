import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { NotificationRejected } from '../../src/acquirers/port.ts';
import { createRequestLimits } from '../../src/http/limit-requests.ts';
import { createRouter } from '../../src/http/router.ts';
import { openDatabase } from '../../src/kernel/db/database.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createMetrics } from '../../src/kernel/metrics.ts';
import type { Shop } from '../../src/shops/model.ts';
import { blikAcquirer, createPayment, createScriptedAcquirer, createShop, startBlik } from '../support/factories.ts';
import { createHttpWorld, type HttpWorld, posted, sendRaw, startServer } from './world.ts';

let world: HttpWorld;
let shop: Shop;

/** An acquirer whose messages say `settled <reference>` and are genuine when they are signed `true`. */
const telling = {
  ...createScriptedAcquirer(),
  readNotification: ({ headers, body }: { headers: { get(name: string): string | null }; body: string }) => {
    if (headers.get('x-signed') !== 'true') throw new NotificationRejected('The signature is wrong: s3cret.');
    return { about: 'transaction', reference: body, answer: { kind: 'settled', amount: 1234n } } as const;
  },
};

beforeAll(async () => {
  world = await createHttpWorld({ acquirers: [telling] });
  ({ shop } = await createShop(world.database));
});
afterAll(() => world.close());

const notify = (name: string, body: string, signed = 'true', router = world.router) =>
  router.request(`/acquirers/${name}/notifications`, { method: 'POST', body, headers: { 'x-signed': signed } });

describe('An address that nobody knows', () => {
  it('is answered with a page to browsers and with JSON to programs', async () => {
    const page = await world.router.request('/nothing', { headers: { accept: 'text/html', 'accept-language': 'en' } });
    expect(page.status).toBe(404);
    expect(await page.text()).toContain('There is no such page');
    const json = await world.router.request('/nothing');
    expect([json.status, await json.json()]).toEqual([
      404,
      { status: 404, code: 'NOT_FOUND', message: 'There is nothing at this address.' },
    ]);
  });

  it('and looks like that of GraphQL is told that one', async () => {
    const answer = await world.router.request('/graphql/', {
      method: 'POST',
      body: '{"query":"{ viewer { __typename } }"}',
    });
    const message = 'There is nothing at this address; GraphQL answers at /graphql, without a slash behind it.';
    expect([answer.status, await answer.json()]).toEqual([404, { status: 404, code: 'NOT_FOUND', message }]);
  });
});

describe('An error of ours', () => {
  it('is logged with the route that failed', async () => {
    const lines: string[] = [];
    const log = createLog('error', { write: (line) => void lines.push(line) });
    const fail = () => {
      throw new Error('broken');
    };
    const { restTokens, limits } = world.deps;
    const broken = createRouter({
      ...{ ...world.deps, log, isReady: fail, restTokens: { ...restTokens, authenticate: fail } },
      limits: { ...limits, ofAddress: fail },
    });
    for (const path of ['/health/ready', '/v1/merchant/x/payment/y', '/pay/x']) await broken.request(path);
    expect(lines.map((line) => JSON.parse(line).route)).toEqual([
      '/health/ready',
      '/v1/merchant/:merchantId/payment/:paymentId',
      '/pay/:id',
    ]);
  });

  it('is shown with a number to look for, and never with its words', async () => {
    const isReady = () => {
      throw new Error('a secret');
    };
    const broken = createRouter({ ...world.deps, isReady });
    const page = await broken.request('/health/ready', { headers: { accept: 'text/html', 'accept-language': 'en' } });
    const text = await page.text();
    expect(page.status).toBe(500);
    expect(text).toMatch(/Reference number: <code>[0-9a-f-]{36}</);
    expect(text).not.toContain('a secret');
    expect((await (await broken.request('/health/ready')).json()) as object).toMatchObject({ status: 500 });
  });
});

describe('A form that is too large', () => {
  const large = `a=${'x'.repeat(262_144)}`;

  it('is refused in one clear sentence, as a page or as JSON', async () => {
    const page = await world.router.request('/en/payment', posted(large));
    expect([page.status, await page.text()]).toEqual([
      413,
      expect.stringContaining('larger than 262144 bytes; send less.'),
    ]);
    const json = await world.router.request('/payment', {
      ...posted(large),
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect([json.status, await json.json()]).toEqual([
      413,
      { status: 413, code: 'INVALID_INPUT', message: 'The body is larger than 262144 bytes; send less.' },
    ]);
  });

  it('is refused when it says its length beforehand, before it was sent', async () => {
    const { server, port } = await startServer({ router: world.router });
    const type = 'Content-Type: application/x-www-form-urlencoded\r\nConnection: close\r\n';
    const answer = await sendRaw(port, `POST /payment HTTP/1.1\r\nHost: x\r\n${type}Content-Length: 900000\r\n\r\nab`);
    await server.close();
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });
});

it.each([
  ['/payment', 'application/json', 'application/json'],
  ['/en/payment', 'text/html', 'text/html; charset=UTF-8'],
  ['/acquirers/sandbox-blik/notifications', 'application/json', 'application/json'],
])('A body that is compressed is refused at %s with what is accepted instead, for %s', async (path, accept, type) => {
  const { body } = posted('amount=100');
  const headers = { accept, 'content-type': 'application/x-www-form-urlencoded', 'content-encoding': 'gzip' };
  const answer = await world.router.request(path, {
    method: 'POST',
    body: new Uint8Array(gzipSync(String(body))),
    headers,
  });
  expect([answer.status, answer.headers.get('accept-encoding'), answer.headers.get('content-type')]).toEqual([
    ...[415, 'identity', type],
  ]);
  expect(await answer.text()).toContain('send it without Content-Encoding, not compressed.');
});

describe('/health', () => {
  it('is live while the process runs, ready or not', async () => {
    const starting = createRouter({ ...world.deps, isReady: () => false });
    expect((await starting.request('/health/live')).status).toBe(200);
  });

  it('is ready when the start is over and the database answers, and says which is missing', async () => {
    const ready = await world.router.request('/health/ready');
    expect([ready.status, await ready.json()]).toEqual([
      200,
      { status: 'ok', checks: { start: 'ok', database: 'ok' } },
    ]);
    const starting = await createRouter({ ...world.deps, isReady: () => false }).request('/health/ready');
    expect([starting.status, starting.headers.get('retry-after'), await starting.json()]).toEqual([
      503,
      '2',
      { status: 'unavailable', checks: { start: 'failing', database: 'ok' } },
    ]);
  });

  it('is not ready without the database', async () => {
    const gone = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' });
    const router = createRouter({ ...world.deps, payments: { ...world.payments, database: gone } });
    const answer = await router.request('/health/ready');
    await gone.close();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '2']);
    expect(await answer.json()).toMatchObject({ checks: { start: 'ok', database: 'failing' } });
  });
});

describe('/metrics', () => {
  it('counts payments, moves, refusals and answers by the pattern of their path', async () => {
    world.metrics.watchPool(world.database.pool);
    world.metrics.watchFollowers(() => 3);
    const { id } = await createPayment(world.payments, shop);
    const { transaction } = await startBlik(world.payments, shop, { paymentId: id });
    await notify(blikAcquirer, transaction.id);
    await notify(blikAcquirer, transaction.id);
    await world.router.request(`/pay/${id}`);
    await world.router.request('/payment', posted({ a: 'b' }));
    const text = await (await world.router.request('/metrics')).text();
    expect(text).toMatch(/^bramka_payments_created_total 1$/m);
    expect(text).toMatch(/^bramka_transactions_total\{status="PENDING"\} 1$/m);
    expect(text).toMatch(/^bramka_transactions_total\{status="SETTLED"\} 1$/m);
    expect(text).toMatch(/^bramka_refused_operations_total\{code="FORBIDDEN"\} 1$/m);
    expect(text).toMatch(/^bramka_http_request_seconds_count\{method="GET",route="\/pay\/:id",status="200"\} 1$/m);
    expect(text).toMatch(/^bramka_http_request_seconds_count\{method="GET",route="none",status="404"\} \d+$/m);
    expect(text).toMatch(/^bramka_live_subscriptions 3$/m);
    expect(text).toMatch(/^bramka_database_connections \d+$/m);
    expect(text).toMatch(/^bramka_process_cpu_seconds_total /m);
    expect(text).not.toContain(id);
  });

  it('counts by the route that answered, which need not be the last that fits', async () => {
    const metrics = createMetrics();
    const limits = createRequestLimits({ perKey: 0, perAddress: 4, trustedProxies: [], metrics, log: world.deps.log });
    const router = createRouter({ ...world.deps, metrics, limits });
    const payment = `/v1/merchant/${shop.merchantId}/payment/${randomUUID()}`;
    const paths = ['/health/ready', payment, '/v1/nothing', '/nothing', '/pay/x', '/pay/x', '/nothing'];
    for (const path of paths) await router.request(path);
    await notify(blikAcquirer, '', 'true', router);
    const text = await (await router.request('/metrics')).text();
    const counted = /^bramka_http_request_seconds_count\{method="(\w+)",route="(.+)",status="(\d+)"\} 1$/gm;
    expect([...text.matchAll(counted)].map(([, ...labels]) => labels.join(' '))).toEqual([
      'GET /health/ready 200',
      'GET /v1/merchant/:merchantId/payment/:paymentId 401',
      'GET /v1/* 401',
      'GET none 404',
      'GET /pay/:id 404',
      'GET /pay/:id 429',
      'GET none 429',
      'POST /acquirers/:name/notifications 429',
    ]);
  });
});

describe('A notification of an acquirer', () => {
  it('settles the payment it is about', async () => {
    const { id } = await createPayment(world.payments, shop);
    const { transaction } = await startBlik(world.payments, shop, { paymentId: id });
    const answer = await notify(blikAcquirer, transaction.id);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'ok' }]);
    expect(await (await world.router.request(`/pay/${id}`)).text()).toContain('Zrealizowana');
  });

  it('is refused when it is not genuine, without saying why', async () => {
    const answer = await notify(blikAcquirer, randomUUID(), 'false');
    expect([answer.status, await answer.text()]).toEqual([400, expect.not.stringContaining('s3cret')]);
  });

  it('is not found for another acquirer or for a transaction that is none', async () => {
    expect((await notify('nobody', randomUUID())).status).toBe(404);
    expect((await notify(blikAcquirer, randomUUID())).status).toBe(404);
  });

  it('is taken however many come, while what is not genuine soon is one too many', async () => {
    const { metrics } = world;
    const limits = createRequestLimits({ perKey: 0, perAddress: 2, trustedProxies: [], metrics, log: world.deps.log });
    const router = createRouter({ ...world.deps, limits });
    const { id } = await createPayment(world.payments, shop);
    const { transaction } = await startBlik(world.payments, shop, { paymentId: id });
    const tell = async (name: string, signed: string) => (await notify(name, transaction.id, signed, router)).status;
    const genuine = () => tell(blikAcquirer, 'true');
    expect([await genuine(), await genuine(), await genuine()]).toEqual([200, 200, 200]);
    expect([await tell(blikAcquirer, 'false'), await tell('nobody', 'true')]).toEqual([400, 404]);
    expect([await tell(blikAcquirer, 'false'), await tell('nobody', 'true')]).toEqual([429, 429]);
    expect(await genuine()).toBe(200);
  });

  it('is taken by POST only', async () => {
    const answer = await world.router.request(`/acquirers/${blikAcquirer}/notifications`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
  });
});
