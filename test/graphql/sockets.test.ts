import { createClient } from 'graphql-ws';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { rememberedMs } from '../../src/auth/authenticate-actor.ts';
import { checkEveryMs } from '../../src/auth/watch-keys.ts';
import { pingLengthMax } from '../../src/graphql/read-message.ts';
import { operationsPerSocketMax } from '../../src/graphql/run-operation.ts';
import { messageBytesMax, strangerLengthMax } from '../../src/graphql/web-socket.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { connect, openSocket, overSse, type TestSocket } from '../support/live.ts';
import { createPayment, giveKey } from './world.ts';

let gateway: TestGateway;
/** Opened first and never introduced: the wait for its end is over when the other tests are. */
let silent: TestSocket;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
  silent = await openSocket(gateway);
});

afterAll(() => gateway.stop());

const init = (authorization: unknown) => ({ type: 'connection_init', payload: { authorization } });
const viewer = '{ viewer { merchant { id } } }';
const subscribe = (id: string, query = viewer, variables?: object) => ({
  ...{ type: 'subscribe', id, payload: { query, variables } },
});
const follow = (id: string) =>
  subscribe(id, 'subscription($shopId: ID!) { events(shopId: $shopId) { cursor type } }', {
    shopId: gateway.demo.shopId,
  });

/** Resolves when so many follow: a subscription is in place a little after it was sent. */
async function followers(count: number, at = gateway): Promise<void> {
  await expect
    .poll(async () => (await (await fetch(`${at.url}/metrics`)).text()).match(/live_subscriptions (\d+)/)?.[1])
    .toBe(String(count));
}

describe('a socket is closed', () => {
  const bad: Record<string, string> = {
    'no JSON': 'hello',
    'an unknown type': '{"type":"start","id":"1"}',
    'no object': '[]',
    'a message that servers send': '{"type":"next","id":"1","payload":{}}',
    'a subscribe without a query': '{"type":"subscribe","id":"1","payload":{}}',
    'variables that are a text': `{"type":"subscribe","id":"1","payload":{"query":"${viewer}","variables":"x"}}`,
    'a subscribe without an id': `{"type":"subscribe","payload":{"query":"${viewer}"}}`,
  };
  for (const [name, message] of Object.entries(bad)) {
    it(`with 4400 for ${name}`, async () => {
      const socket = await connect(gateway);
      socket.send(message);
      const { code, reason } = await socket.closed;
      expect([code, reason]).toEqual([
        4400,
        expect.stringMatching(/^(?:A message is a JSON object |"subscribe" message )/),
      ]);
    });
  }

  it.each(['subscribe', 'complete'])('with 4400 for a %s whose id is longer than it may be', async (type) => {
    const socket = await connect(gateway);
    socket.send({ ...subscribe('i'.repeat(255)), type });
    if (type === 'subscribe') expect((await socket.next('i'.repeat(255))).type).toBe('next');
    socket.send({ ...subscribe('i'.repeat(256)), type });
    expect(await socket.closed).toEqual({ code: 4400, reason: 'An id may have at most 255 characters' });
  });

  it('with 4400 and none of the words that it got', async () => {
    const socket = await openSocket(gateway);
    socket.send(JSON.stringify({ type: 'connection_init', payload: 'Bearer bk_test_secret' }));
    expect((await socket.closed).reason).toBe(
      `"connection_init" message expects the 'payload' property to be an object or nullish or missing`,
    );
  });

  it('and what it still sends does nothing', async () => {
    const socket = await connect(gateway);
    const query = `mutation($input: CreatePaymentInput!) {
      createPayment(input: $input) { ... on CreatePaymentSuccess { replayed } ... on Refusal { message } } }`;
    const customer = { firstName: 'Jan', lastName: 'Nowak' };
    const what = { shopId: gateway.demo.shopId, amount: 100, currency: 'PLN', orderId: '1', customer };
    const input = { ...what, idempotencyKey: 'sent after the close' };
    socket.send('no message');
    socket.send(subscribe('1', query, { input }));
    expect((await socket.closed).code).toBe(4400);
    const answer = await ask(gateway, query, { variables: { input } });
    expect(answer).toMatchObject({ data: { createPayment: { replayed: false } } });
  });

  it('with 4401 for an operation before it introduced itself', async () => {
    const socket = await openSocket(gateway);
    socket.send(subscribe('1'));
    const reason = 'Send connection_init and wait for connection_ack first';
    expect(await socket.closed).toEqual({ code: 4401, reason });
  });

  it('with 4406 for another protocol than graphql-transport-ws, which is said', async () => {
    const socket = new WebSocket(`${gateway.url.replace(/^http/, 'ws')}/graphql`);
    const closed = await new Promise((resolve) =>
      socket.on('close', (code, reason) => resolve([code, String(reason)])),
    );
    expect(closed).toEqual([4406, 'Offer the subprotocol graphql-transport-ws']);
  });

  for (const [name, given] of Object.entries({
    'no key': undefined,
    'a malformed key': 'Bearer bk_test_short',
    'a key that nobody has': `Bearer bk_test_${'0'.repeat(51)}`,
    'a key that is no text': { key: 1 },
    'a text that is longer than any key': 'k'.repeat(5_000),
  })) {
    it(`with 4403 for ${name}`, async () => {
      const socket = await openSocket(gateway);
      socket.send(init(given));
      expect((await socket.closed).code).toBe(4403);
    });
  }

  it('with 4403 for a good key behind more blanks than belong there, which is none for a stream either', async () => {
    const { apiKey, shopId } = gateway.demo;
    for (const [blanks, isGood] of [
      [3, true],
      [250, false],
    ] as const) {
      const key = `${' '.repeat(blanks)}${apiKey}`;
      const socket = await openSocket(gateway);
      socket.send(init(`Bearer ${key}`));
      if (isGood) expect(await socket.next()).toEqual({ type: 'connection_ack' });
      else expect((await socket.closed).code).toBe(4403);
      socket.close();
      const query = `{ shop(id: "${shopId}") { id } }`;
      const codes = (await ask(gateway, query, { key })).errors?.map(({ extensions }) => extensions.code);
      expect(codes).toEqual(isGood ? undefined : ['UNAUTHENTICATED']);
    }
  });

  it('with 4403 for a token of the REST door, an expired key and a revoked one', async () => {
    const { merchantId, restToken } = gateway.demo;
    const past = new Date('2026-01-01T00:00:00.000Z');
    const expired = await giveKey(gateway.database, { merchantId, expiresAt: past });
    const revoked = await giveKey(gateway.database, { merchantId, revokedAt: past });
    for (const key of [restToken, expired.secret, revoked.secret]) {
      const socket = await openSocket(gateway);
      socket.send(init(`Bearer ${key}`));
      expect((await socket.closed).code).toBe(4403);
    }
  });

  // What a close says may have 123 bytes (RFC 6455, section 5.5), so a long id must not be part of it.
  it.each(['1', 'ż'.repeat(255)])('with 4409 for a second operation of the same id (%#)', async (id) => {
    const socket = await connect(gateway);
    socket.send(follow(id));
    socket.send(follow(id));
    expect((await socket.closed).code).toBe(4409);
  });

  it('with 4429 for introducing itself twice', async () => {
    const socket = await connect(gateway);
    socket.send(init(`Bearer ${gateway.demo.apiKey}`));
    expect((await socket.closed).code).toBe(4429);
  });

  it.each(['ping', 'pong'])('with 4400 for a %s that carries too much, and not for one just below', async (type) => {
    const socket = await connect(gateway);
    const text = JSON.stringify({ type, payload: { deep: JSON.parse(`${'['.repeat(400)}${']'.repeat(400)}`) } });
    socket.send(text.padEnd(pingLengthMax, ' '));
    socket.send({ type: 'ping' });
    if (type === 'ping') expect(await socket.next()).toMatchObject({ type: 'pong', payload: {} });
    expect(await socket.next()).toEqual({ type: 'pong' });
    socket.send(text.padEnd(pingLengthMax + 1, ' '));
    expect(await socket.closed).toEqual({
      ...{ code: 4400, reason: 'A ping or pong may have at most 1024 characters' },
    });
  });

  it('with 4400 for a long message before it introduced itself, and not for one just below', async () => {
    const [first, socket] = [await openSocket(gateway), await openSocket(gateway)];
    const text = JSON.stringify(init(`Bearer ${gateway.demo.apiKey}`));
    first.send(text.padEnd(strangerLengthMax, ' '));
    expect(await first.next()).toEqual({ type: 'connection_ack' });
    socket.send(text.padEnd(strangerLengthMax + 1, ' '));
    expect(await socket.closed).toEqual({
      ...{ code: 4400, reason: 'Send connection_init first; until connection_ack a message may have 8192 characters' },
    });
  });

  it('with 1009 for a message that is too large, and not for one just below', async () => {
    const socket = await connect(gateway);
    const text = JSON.stringify(subscribe('1'));
    socket.send(text.padEnd(messageBytesMax, ' '));
    expect((await socket.next('1')).type).toBe('next');
    socket.send(text.padEnd(messageBytesMax + 1, ' '));
    expect((await socket.closed).code).toBe(1009);
  });

  it('with 4403 after its key was revoked, and a stream is told why it ends', async () => {
    const { id, secret } = await giveKey(gateway.database, { merchantId: gateway.demo.merchantId });
    const socket = await connect(gateway, secret);
    socket.send(follow('1'));
    const query = 'subscription($shopId: ID!) { events(shopId: $shopId) { cursor } }';
    const stream = await overSse(gateway, { query, key: secret, variables: { shopId: gateway.demo.shopId } });
    await followers(2);
    await ask(gateway, 'mutation($id: ID!) { revokeApiKey(id: $id) { __typename } }', { variables: { id } });
    expect((await socket.closed).code).toBe(4403);
    expect(await stream.next()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    expect(await stream.next()).toBeUndefined();
    await followers(0);
  });
});

describe('live subscriptions end when their key, by the hand of another process,', () => {
  it.each([
    ['is revoked', 'revoked_at = now()'],
    ['expires', "expires_at = now() - interval '1 second'"],
    ['loses a scope', "scopes = array_remove(scopes, 'payouts:read')"],
    ['is bound to one shop', 'shop_id = (select id from shop where merchant_id = api_key.merchant_id limit 1)'],
  ])('%s', async (_, change) => {
    const { id, secret } = await giveKey(gateway.database, { merchantId: gateway.demo.merchantId });
    const socket = await connect(gateway, secret);
    socket.send(follow('1'));
    const query = 'subscription($shopId: ID!) { events(shopId: $shopId) { cursor } }';
    const stream = await overSse(gateway, { query, key: secret, variables: { shopId: gateway.demo.shopId } });
    await followers(2);
    await gateway.database.pool.query(`update api_key set ${change} where id = $1`, [id]);
    expect((await socket.closed).code).toBe(4403);
    expect(await stream.next()).toMatchObject({ errors: [{ extensions: { code: 'UNAUTHENTICATED' } }] });
    await followers(0);
  });
});

it('looks at a key so often that what it lost is seen within a second', () => {
  expect(rememberedMs + checkEveryMs).toBeLessThan(1_000);
});

describe('an operation that is refused', () => {
  it('leaves its siblings on the socket alone', async () => {
    const socket = await connect(gateway);
    socket.send(follow('live'));
    await followers(1);
    const bad = [
      '{ nothing }',
      '{ viewer {',
      `{ ${'a: viewer { merchant { id } } '.repeat(1_000)} }`,
      `${'['.repeat(9_999)}`,
    ];
    for (const [index, query] of bad.entries()) {
      socket.send(subscribe(`bad-${index}`, query));
      expect(await socket.next(`bad-${index}`)).toMatchObject({
        type: 'error',
        payload: [{ message: expect.any(String) }],
      });
    }
    socket.send(subscribe('good'));
    expect(await socket.next('good')).toMatchObject({ type: 'next' });
    await createPayment(gateway, { key: gateway.demo.apiKey, shopId: gateway.demo.shopId, mark: 'sibling' });
    expect(await socket.next('live')).toMatchObject({ payload: { data: { events: { type: 'PAYMENT_CREATED' } } } });
    socket.close();
    await followers(0);
  });

  it('is the one that is too many on a socket, and only that', async () => {
    const socket = await connect(gateway);
    for (let count = 0; count < operationsPerSocketMax; count += 1) socket.send(follow(`${count}`));
    await followers(operationsPerSocketMax);
    socket.send(follow('more'));
    expect(await socket.next('more')).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
    socket.send({ type: 'complete', id: '0' });
    await followers(operationsPerSocketMax - 1);
    socket.send(subscribe('now'));
    expect(await socket.next('now')).toMatchObject({ type: 'next' });
    socket.close();
    await followers(0);
  });
});

describe('a subscriber who leaves', () => {
  it('is forgotten at once, although nothing happens in the shop', async () => {
    const socket = await connect(gateway);
    socket.send(follow('1'));
    const query = 'subscription($shopId: ID!) { events(shopId: $shopId) { cursor } }';
    const stream = await overSse(gateway, { query, variables: { shopId: gateway.demo.shopId } });
    await followers(2);
    stream.end();
    await followers(1);
    socket.send({ type: 'complete', id: '1' });
    await followers(0);
    socket.close();
  });
});

describe('an operation that its client ends', () => {
  it('while it begins is over, and its id can be used again at once', async () => {
    const socket = await connect(gateway);
    socket.send(follow('1'));
    socket.send({ type: 'complete', id: '1' });
    socket.send(subscribe('1'));
    expect(await socket.next('1')).toMatchObject({ type: 'next', payload: { data: { viewer: { merchant: {} } } } });
    expect(await socket.next('1')).toEqual({ type: 'complete', id: '1' });
    await followers(0);
    socket.close();
  });

  it('may be one that never was', async () => {
    const socket = await connect(gateway);
    socket.send({ type: 'complete', id: 'never' });
    socket.send(subscribe('1'));
    expect(await socket.next('1')).toMatchObject({ type: 'next' });
    socket.close();
  });
});

describe('an operation that cannot be run', () => {
  it.each([
    ['that is no GraphQL', '{', {}, 'GRAPHQL_PARSE_FAILED'],
    ['of a field that there is not', '{ nothing }', {}, 'GRAPHQL_VALIDATION_FAILED'],
    ['without a variable that it needs', 'query($id: ID!) { payment(id: $id) { id } }', {}, 'INVALID_INPUT'],
  ])(
    '%s is refused with a code, and without the status that it would have over HTTP',
    async (_, query, given, code) => {
      const socket = await connect(gateway);
      socket.send(subscribe('1', query, given));
      const { payload } = (await socket.next('1')) as { payload: unknown };
      const [error] = Array.isArray(payload) ? payload : (payload as { errors: object[] }).errors;
      expect(error.extensions).toMatchObject({ code });
      expect(error.extensions).not.toHaveProperty('http');
      socket.close();
    },
  );
});

describe('the client of graphql-ws', () => {
  it('gets answers, pings and refusals as it knows them', async () => {
    const client = createClient({
      url: `${gateway.url.replace('http', 'ws')}/graphql`,
      webSocketImpl: WebSocket,
      connectionParams: { authorization: gateway.demo.apiKey },
      retryAttempts: 0,
    });
    const good = await client.iterate({ query: viewer }).next();
    expect(good.value).toMatchObject({ data: { viewer: { merchant: { id: gateway.demo.merchantId } } } });
    await expect(client.iterate({ query: '{ nothing }' }).next()).rejects.toMatchObject([
      { message: expect.stringContaining('nothing') },
    ]);
    await client.dispose();
  });
});

describe('the end', () => {
  it('comes with 4408 for a socket that never introduced itself', async () => {
    expect((await silent.closed).code).toBe(4408);
  });

  it('comes with 1012 when the gateway stops, and SSE streams end', async () => {
    const other = await startTestGateway({ role: 'api' });
    const socket = await connect(other);
    socket.send(subscribe('1', 'subscription($id: ID!) { events(shopId: $id) { cursor } }', { id: other.demo.shopId }));
    const query = 'subscription($id: ID!) { events(shopId: $id) { cursor } }';
    const stream = await overSse(other, { query, variables: { id: other.demo.shopId } });
    const ended = stream.next().catch(() => undefined);
    await other.stop();
    expect(await socket.closed).toMatchObject({ code: 1012 });
    expect(await ended).toBeUndefined();
  });

  it('waits for a mutation that runs, whose answer comes before 1012', async () => {
    const other = await startTestGateway({ role: 'api' });
    const { shopId } = other.demo;
    const [socket, idle] = [await connect(other), await connect(other)];
    socket.send(subscribe('live', 'subscription($id: ID!) { events(shopId: $id) { cursor } }', { id: shopId }));
    await followers(1, other);
    const holder = await other.database.pool.connect();
    let stopped: Promise<void> | undefined;
    try {
      await holder.query('begin');
      await holder.query('select from shop_counter where shop_id = $1 for no key update', [shopId]);
      const customer = { firstName: 'Jan', lastName: 'Nowak', email: 'jan@example.com' };
      const input = { shopId, idempotencyKey: 'key-1', amount: 1, currency: 'PLN', orderId: 'ORDER-1', customer };
      const create = 'mutation($input: CreatePaymentInput!) { createPayment(input: $input) { __typename } }';
      socket.send(subscribe('create', create, { input }));
      const waiting = `select from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%with inp as materialized%'`;
      await expect.poll(async () => (await other.database.pool.query(waiting)).rowCount).toBe(1);
      stopped = other.stop();
      expect(await idle.closed).toMatchObject({ code: 1012 });
      socket.send(subscribe('late'));
    } finally {
      await holder.query('rollback');
      holder.release();
      await (stopped ?? other.stop());
    }
    expect(await socket.next('create')).toMatchObject({
      type: 'next',
      payload: { data: { createPayment: { __typename: 'CreatePaymentSuccess' } } },
    });
    expect(await socket.closed).toMatchObject({ code: 1012 });
    // Not with `complete`: the subscription goes on elsewhere, where what came too late is asked again.
    for (const id of ['live', 'late']) await expect(socket.next(id)).rejects.toThrow('1012');
  });
});
