import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Config } from '../../src/config.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { connect, openSocket, overSse, overWebSocket } from '../support/live.ts';
import { giveKey } from './world.ts';

const viewer = '{ viewer { merchant { id } } }';
const tooMany = (allowed: string) =>
  expect.stringMatching(new RegExp(`^At most ${allowed} are answered; come again in [1-6]?\\d seconds\\.$`));
const perKey = tooMany('3 operations a minute of one API key');
const perAddress = tooMany('3 requests a minute without an API key from one address');

let first: TestGateway;
const running: TestGateway[] = [];

/** A process of its own on the database of the first, with counts of its own. */
async function start(changes: Partial<Config>): Promise<TestGateway> {
  const { databaseUrl, dataDir } = first.config;
  const gateway = await startTestGateway({ role: 'api', databaseUrl, dataDir, ...changes });
  running.push(gateway);
  return gateway;
}

/** A key that nothing was asked with yet. */
const newKey = async () => (await giveKey(first.database, { merchantId: first.demo.merchantId })).secret;

const post = (gateway: TestGateway, headers: Record<string, string>) =>
  fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query: viewer }),
  });

beforeAll(async () => {
  first = await startTestGateway({ role: 'api' });
});
afterAll(async () => {
  for (const gateway of running) await gateway.stop();
  await first.stop();
});

describe('The limit of an API key', () => {
  let gateway: TestGateway;

  beforeAll(async () => {
    gateway = await start({ rateLimitPerKey: 3, rateLimitPerAddress: 3 });
  });

  it('refuses the next operation over HTTP with 429, and says when to come again', async () => {
    const key = await newKey();
    for (let times = 0; times < 3; times += 1) expect((await ask(gateway, viewer, { key })).status).toBe(200);
    const origin = gateway.url;
    const refused = await post(gateway, { authorization: `Bearer ${key}`, origin });
    expect([refused.status, await refused.json()]).toEqual([
      429,
      { errors: [{ message: perKey, extensions: { code: 'RATE_LIMITED' } }] },
    ]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect(refused.headers.get('access-control-allow-origin')).toBe(origin);
    expect(refused.headers.get('access-control-expose-headers')).toBe('retry-after');
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/^bramka_limited_total\{limit="key",effect="refused"\} 1$/m);
  });

  it('counts the key and not the address, so that all keys of one address have their own', async () => {
    const keys = [await newKey(), await newKey(), await newKey()];
    for (const key of [...keys, ...keys, ...keys]) expect((await ask(gateway, viewer, { key })).status).toBe(200);
    for (const key of keys) expect((await ask(gateway, viewer, { key })).status).toBe(429);
  });

  it('counts subscriptions over SSE, and refuses them with 429 as well', async () => {
    const key = await newKey();
    const query = 'subscription($shopId: ID!) { events(shopId: $shopId) { cursor } }';
    const follow = () => overSse(gateway, { query, variables: { shopId: gateway.demo.shopId }, key });
    const streams = [await follow(), await follow(), await follow()];
    const headers = { authorization: `Bearer ${key}`, accept: 'text/event-stream' };
    expect((await post(gateway, headers)).status).toBe(429);
    expect(await (await follow()).next()).toEqual({
      errors: [{ message: perKey, extensions: { code: 'RATE_LIMITED' } }],
    });
    for (const stream of streams) stream.end();
  });

  it('refuses one operation of a WebSocket, never the socket, and counts all sockets of the key together', async () => {
    const key = await newKey();
    const query = 'subscription($shopId: ID!) { events(shopId: $shopId) { type } }';
    const live = await overWebSocket(gateway, { query, variables: { shopId: gateway.demo.shopId }, key });
    const socket = await connect(gateway, key);
    const send = (id: string) => socket.send({ type: 'subscribe', id, payload: { query: viewer } });
    for (const id of ['1', '2']) {
      send(id);
      expect(await socket.next(id)).toMatchObject({ type: 'next' });
    }
    for (const id of ['3', '4']) {
      send(id);
      expect(await socket.next(id)).toMatchObject({
        type: 'error',
        payload: [{ message: perKey, extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) } }],
      });
    }
    expect((await ask(gateway, viewer, { key })).status).toBe(429);
    socket.send({ type: 'ping' });
    expect(await socket.next()).toEqual({ type: 'pong' });
    socket.close();
    live.end();
  });
});

describe('The limit of an address', () => {
  it.each([
    ['no key', undefined],
    ['a malformed key', 'Bearer bk_test_short'],
    ['another scheme', 'Basic YTpi'],
  ])('refuses operations with %s over HTTP with 429, while a good key from there goes on', async (_name, given) => {
    const gateway = await start({ rateLimitPerAddress: 3 });
    const ask429 = () => post(gateway, given === undefined ? {} : { authorization: given });
    for (let times = 0; times < 3; times += 1) expect((await ask429()).status).not.toBe(429);
    const refused = await ask429();
    expect([refused.status, await refused.json()]).toEqual([
      429,
      { errors: [{ message: perAddress, extensions: { code: 'RATE_LIMITED' } }] },
    ]);
    expect((await ask(gateway, viewer)).status).toBe(200);
    const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
    expect(metrics).toMatch(/^bramka_limited_total\{limit="address",effect="refused"\} 1$/m);
  });

  it('counts all that comes without a key together, and is not escaped by made-up proxies', async () => {
    const gateway = await start({ rateLimitPerAddress: 3 });
    const headers = (last: number) => ({ 'x-forwarded-for': `203.0.113.${last}` });
    await fetch(`${gateway.url}/pay/x`, { headers: headers(1) });
    await post(gateway, headers(2));
    (await openSocket(gateway, headers(3))).close();
    expect((await post(gateway, headers(4))).status).toBe(429);
    expect((await fetch(`${gateway.url}/pay/x`, { headers: headers(5) })).status).toBe(429);
    await expect(openSocket(gateway, headers(6))).rejects.toThrow('429');
  });

  it('counts no WebSocket that shows a good key, so that all behind one address come again when their process has stopped', async () => {
    const gateway = await start({ rateLimitPerAddress: 3 });
    const sockets = [];
    for (let times = 0; times < 10; times += 1) sockets.push(await connect(gateway));
    for (let times = 0; times < 3; times += 1) {
      const stranger = await openSocket(gateway);
      stranger.send({ type: 'connection_init', payload: { authorization: 'Bearer bk_test_short' } });
      expect((await stranger.closed).code).toBe(4403);
    }
    await expect(openSocket(gateway)).rejects.toThrow('429');
    for (const socket of sockets) socket.close();
  });

  it('counts the address that a proxy of ours names', async () => {
    const gateway = await start({ rateLimitPerAddress: 1, trustedProxies: ['127.0.0.1'] });
    const from = async (address: string) => (await post(gateway, { 'x-forwarded-for': address })).status;
    expect(await from('203.0.113.1')).not.toBe(429);
    expect(await from('203.0.113.2')).not.toBe(429);
    expect(await from('203.0.113.1')).toBe(429);
  });

  it('answers a new WebSocket that is one too many with 429 and Retry-After, and leaves open ones alone', async () => {
    const gateway = await start({ rateLimitPerAddress: 1 });
    const socket = await connect(gateway);
    const stranger = await openSocket(gateway);
    const upgrade = new WebSocket(`${gateway.url.replace(/^http/, 'ws')}/graphql`, 'graphql-transport-ws');
    const { promise: answered, resolve } = Promise.withResolvers<{ status?: number; retryAfter?: string }>();
    upgrade.on('unexpected-response', (_request, { statusCode, headers }) => {
      resolve({ status: statusCode ?? 0, retryAfter: headers['retry-after'] ?? '' });
    });
    expect(await answered).toEqual({ status: 429, retryAfter: expect.stringMatching(/^[1-6]?\d$/) });
    socket.send({ type: 'subscribe', id: '1', payload: { query: viewer } });
    expect(await socket.next('1')).toMatchObject({ type: 'next' });
    for (const each of [socket, stranger]) each.close();
  });
});

describe('What one key has open', () => {
  it('is limited in a process: one subscription more is refused, until another ends', async () => {
    const sizes = { ...first.config.sizes, openPerKey: 4 };
    const gateway = await start({ sizes });
    const key = await newKey();
    const query = 'subscription($shopId: ID!) { events(shopId: $shopId) { type } }';
    const operation = { query, variables: { shopId: gateway.demo.shopId }, key };
    // Each has a socket of its own, which counts as well.
    const streams = [await overWebSocket(gateway, operation), await overWebSocket(gateway, operation)];
    const open = /live_subscriptions (\d+)/;
    const following = async () => open.exec(await (await fetch(`${gateway.url}/metrics`)).text())?.[1];
    await expect.poll(following).toBe('2');
    const refused = await (await overSse(gateway, operation)).next();
    expect(refused?.errors).toMatchObject([
      {
        message: 'One API key may have 4 subscriptions and WebSockets open; end some, and come again.',
        extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 10 },
      },
    ]);
    const socket = await openSocket(gateway);
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${key}` } });
    expect(await socket.closed).toEqual({ code: 1013, reason: refused?.errors?.[0]?.message });
    const others = await overSse(gateway, { ...operation, key: await newKey() });
    await expect.poll(following).toBe('3');
    streams[0]?.end();
    await expect.poll(following).toBe('2');
    // The socket of the one that ended counts no more either.
    const again = [await overSse(gateway, operation), await overSse(gateway, operation)];
    await expect.poll(following).toBe('4');
    for (const stream of [...streams, others, ...again]) stream.end();
  });
});

describe('The client of graphql-ws', () => {
  it('hands the refusal to whoever asked, and answers the others', async () => {
    const gateway = await start({ rateLimitPerKey: 1 });
    const client = createClient({
      url: `${gateway.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: await newKey() },
      retryAttempts: 0,
    });
    expect((await client.iterate({ query: viewer }).next()).value).toHaveProperty('data.viewer');
    await expect(client.iterate({ query: viewer }).next()).rejects.toMatchObject([
      { extensions: { code: 'RATE_LIMITED' } },
    ]);
    await client.dispose();
  });
});
