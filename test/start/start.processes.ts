import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, expect, test } from 'vitest';
import type { Demo } from '../../src/demo.ts';
import { findEmbedded } from '../../src/kernel/db/embedded.ts';
import { createTestDatabase } from '../support/database.ts';
import { ask } from '../support/gateway.ts';
import { follow, untilFollowed } from './follow-shop.ts';
import { createProcesses, databaseUrlIn, type Gateway, serverIn } from './gateway-process.ts';

// One life of one data dir: each test goes on where the one before it has stopped.
const processes = createProcesses();
const dataDir = await processes.newDataDir();
let gateway: Gateway;

afterAll(() => processes.endAll());

const events = 'subscription ($shopId: ID!) { events(shopId: $shopId) { number } }';
const demoFile = () => readFile(join(dataDir, 'demo.json'), 'utf8');

function secretsOf({ merchantId, shopId, serviceId, serviceKey, restToken, apiKey }: Demo) {
  return { merchantId, shopId, serviceId, serviceKey, restToken, apiKey };
}

/** Opens a subscription over server-sent events; resolves with the end of it. */
async function listen({ url, demo }: Gateway): Promise<{ over: Promise<void> }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      accept: 'text/event-stream',
      authorization: `Bearer ${demo.apiKey}`,
    },
    body: JSON.stringify({ query: events, variables: { shopId: demo.shopId } }),
  });
  expect(response.headers.get('content-type')).toContain('text/event-stream');
  const over = response.text().then(
    () => {},
    () => {},
  );
  return { over };
}

test('the first start on an empty data dir is ready to be used, and says so in one line', async () => {
  gateway = await processes.start(dataDir);
  expect(gateway.said.stdout).toBe(`Bramka is ready: ${gateway.url}\n`);
  expect(gateway.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  for (const path of ['/health/live', '/health/ready', '/graphql']) {
    const answer = await fetch(gateway.url + path, { headers: { accept: 'text/html' } });
    expect([answer.status, await answer.text()]).toEqual([200, expect.stringMatching(/"status":"ok"|GraphiQL/)]);
  }
});

test('demo.json holds all that is needed to try the sandbox, for its owner alone', async () => {
  const { demo, url } = gateway;
  expect(demo).toEqual({
    graphqlUrl: `${url}/graphql`,
    websocketUrl: `${url.replace('http', 'ws')}/graphql`,
    paywallUrl: url,
    restUrl: `${url}/v1/merchant`,
    merchantId: expect.stringMatching(/^[a-z0-9]{20}$/),
    shopId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    serviceId: demo.shopId,
    serviceKey: expect.stringMatching(/^[A-Za-z0-9_-]{36}$/),
    restToken: expect.stringMatching(/^[a-z0-9]{64}$/),
    apiKey: expect.stringMatching(/^bk_test_[A-Za-z0-9]+$/),
    operatorKey: expect.stringMatching(/^bo_test_[A-Za-z0-9]{51}$/),
  });
  expect((await stat(join(dataDir, 'demo.json'))).mode & 0o777).toBe(0o600);
  const query = `query ($id: ID!) {
    viewer { merchant { id } } shop(id: $id) { status currencies } __schema { queryType { name } }
    paymentMethods(shopId: $id, amount: 100, currency: PLN) { method }
  }`;
  const { data, errors } = await ask(gateway, query, { variables: { id: demo.shopId } });
  expect(errors).toBeUndefined();
  expect(data).toMatchObject({
    viewer: { merchant: { id: demo.merchantId } },
    shop: { status: 'ACTIVE', currencies: expect.arrayContaining(['PLN', 'EUR']) },
    paymentMethods: [
      { method: 'BLIK' },
      { method: 'PBL' },
      { method: 'CARD' },
      { method: 'WALLET' },
      { method: 'PAY_LATER' },
      { method: 'WIRE_TRANSFER' },
    ],
  });
});

test('a second start on the data dir is refused in one line and leaves the first alone', async () => {
  const before = await demoFile();
  const second = processes.launch(dataDir);
  expect(await second.ended).toEqual({ code: 1, signal: null });
  expect(second.said).toEqual({
    stdout: '',
    stderr: `Another Bramka is running on the data directory ${dataDir}; stop it, or name another directory in BRAMKA_DATA_DIR.\n`,
  });
  expect(await demoFile()).toBe(before);
  expect((await ask(gateway, '{ viewer { merchant { id } } }')).errors).toBeUndefined();
});

test('a second one on the data dir, with its own DATABASE_URL, leaves demo.json to the first as long as that answers', async () => {
  const before = await demoFile();
  const beside = await processes.start(dataDir, { DATABASE_URL: await databaseUrlIn(dataDir) });
  expect([beside.demo, await demoFile()]).toEqual([gateway.demo, before]);
  expect(await beside.end('SIGTERM')).toEqual({ code: 0, signal: null });
});

test('one on another database is refused there in one line while the first runs', async () => {
  const before = await demoFile();
  const storage = await createTestDatabase();
  const stranger = processes.launch(dataDir, { DATABASE_URL: storage.url });
  expect(await stranger.ended).toEqual({ code: 1, signal: null });
  expect(stranger.said).toEqual({
    stdout: '',
    stderr: `Another Bramka, on another database, is running at ${gateway.url} with the data directory ${dataDir}; stop it, or name another directory in BRAMKA_DATA_DIR.\n`,
  });
  expect(await demoFile()).toBe(before);
  await storage.drop();
});

test('SIGTERM sends subscribers elsewhere, stops PostgreSQL too and exits with 0', async () => {
  const followed = follow(gateway.demo, events, { shopId: gateway.demo.shopId });
  const stream = await listen(gateway);
  await untilFollowed(gateway.url, 2);
  expect(await gateway.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(await followed.closed).toEqual({ code: 1012, reason: 'Resume elsewhere' });
  await stream.over;
  expect(serverIn(dataDir)).toBeUndefined();
  expect(gateway.said.stderr).toBe('');
});

test('a later start keeps all secrets, and gives PostgreSQL the memory and connections it is asked for', async () => {
  const before = secretsOf(gateway.demo);
  gateway = await processes.start(dataDir, { DATABASE_BUFFERS_MB: '96', DATABASE_POOL_SIZE: '30' });
  expect(secretsOf(gateway.demo)).toEqual(before);
  const database = new pg.Client(await findEmbedded(dataDir));
  await database.connect();
  const { rows } = await database.query(
    `select current_setting('shared_buffers') as buffers, current_setting('max_connections') as connections`,
  );
  await database.end();
  expect(rows).toEqual([{ buffers: '96MB', connections: '141' }]);
  expect(gateway.demo.graphqlUrl).toBe(`${gateway.url}/graphql`);
});

test('a start after kill -9 takes over the PostgreSQL that was left running', async () => {
  const left = serverIn(dataDir)?.pid;
  const before = secretsOf(gateway.demo);
  expect(await gateway.end('SIGKILL')).toEqual({ code: null, signal: 'SIGKILL' });
  gateway = await processes.start(dataDir);
  expect(serverIn(dataDir)?.pid).toBe(left);
  expect(secretsOf(gateway.demo)).toEqual(before);
  expect((await ask(gateway, '{ viewer { merchant { id } } }')).errors).toBeUndefined();
});

test('a terminal that is closed ends it as SIGTERM does, and leaves no PostgreSQL behind', async () => {
  expect(await gateway.end('SIGHUP')).toEqual({ code: 0, signal: null });
  expect(serverIn(dataDir)).toBeUndefined();
});

test('SIGTERM at the very moment of the ready line is obeyed like any other', async () => {
  const quick = processes.launch(dataDir);
  await quick.ready;
  expect(await quick.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(serverIn(dataDir)).toBeUndefined();
});

test('SIGTERM during the start ends it with 0 and leaves no PostgreSQL behind', async () => {
  const starting = processes.launch(dataDir, { LOG_LEVEL: 'info' });
  await starting.saying('PostgreSQL runs on port');
  expect(await starting.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(serverIn(dataDir)).toBeUndefined();
});
