import { Writable } from 'node:stream';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { connect, type Operation, openSocket, overSse, overWebSocket, type Result } from '../support/live.ts';
import { type Wired, wireAgain } from './wired.ts';
import { settleTenant, type Tenant } from './world.ts';

let gateway: TestGateway;
let broken: Wired;
let tenant: Tenant;
const lines: string[] = [];

/** A gateway over a database from which some tables are gone, and whose log can be read. */
beforeAll(async () => {
  gateway = await startTestGateway();
  tenant = await settleTenant(gateway, { mark: 'masked' });
  const log = pino(new Writable({ write: (chunk, _, done) => done(void lines.push(String(chunk))) }));
  broken = await wireAgain(gateway, { log });
  await gateway.database.pool.query('alter table commission rename to commission_secretname');
  await gateway.database.pool.query('alter table event rename column data to data_secretname');
});

afterAll(async () => {
  await broken.stop();
  await gateway.stop();
});

const send: Record<string, (operation: Operation) => Promise<Result | undefined>> = {
  HTTP: async ({ query, variables = {} }) => (await ask(broken, query, { variables, key: tenant.key })) as Result,
  SSE: async (operation) => (await overSse(broken, { ...operation, key: tenant.key })).next(),
  WebSocket: async (operation) => {
    const stream = await overWebSocket(broken, { ...operation, key: tenant.key });
    const result = await stream.next();
    stream.end();
    return result;
  },
};

function expectMasked(result: Result | undefined, more: object = {}): void {
  const text = JSON.stringify(result);
  expect(text).not.toMatch(/secretname|relation|does not exist|prisma|select|postgres|\.ts/i);
  const [error] = result?.errors ?? [];
  expect(error?.extensions).toEqual({
    code: 'INTERNAL_SERVER_ERROR',
    reference: expect.stringMatching(/^[0-9a-f-]{36}$/),
    ...more,
  });
  const logged = lines.filter((line) => line.includes(String(error?.extensions?.reference)));
  expect(logged).toHaveLength(1);
  expect(logged[0]).toMatch(/does not exist/);
}

for (const [transport, run] of Object.entries(send)) {
  describe(`over ${transport}, an error of ours`, () => {
    it('in a query shows a reference and none of its words', async () => {
      const query = 'query($id: ID!) { transaction(id: $id) { id commission { rule } } }';
      expectMasked(await run({ query, variables: { id: tenant.transactionId } }));
    });

    it('in a mutation shows a reference and none of its words', async () => {
      const query = `mutation($id: ID!, $key: String!) {
        createPayment(input: { shopId: $id, idempotencyKey: $key, amount: 1, currency: PLN, orderId: "1",
          customer: { firstName: "Jan", lastName: "Kowalski" } }) { __typename }
      }`;
      expectMasked(await run({ query, variables: { id: tenant.shopId, key: transport } }));
    });
  });
}

it.each(['SSE', 'WebSocket'])(
  'an error of ours that keeps a subscription from beginning has its reference over %s',
  async (transport) => {
    await gateway.database.pool.query('alter table shop_counter rename to shop_counter_secretname');
    try {
      const query = 'subscription($id: ID!) { events(shopId: $id) { type } }';
      expectMasked(await send[transport]?.({ query, variables: { id: tenant.shopId } }));
    } finally {
      await gateway.database.pool.query('alter table shop_counter_secretname rename to shop_counter');
    }
  },
);

// The end of the log can still be read, so the subscription begins; what is in the log cannot.
describe('an error of ours in the middle of a subscription', () => {
  const query = 'subscription($id: ID!, $after: Cursor) { events(shopId: $id, after: $after) { type } }';
  const variables = (): object => ({ id: tenant.shopId, after: tenant.startCursor });

  it('ends it over SSE with a reference', async () => {
    const stream = await overSse(broken, { query, variables: variables(), key: tenant.key });
    expectMasked(await stream.next(), { cursor: tenant.startCursor });
    expect(await stream.next()).toBeUndefined();
  });

  it('ends it over WebSocket with a reference, and its siblings go on', async () => {
    const socket = await connect(broken, tenant.key);
    socket.send({ type: 'subscribe', id: '1', payload: { query, variables: variables() } });
    expectMasked((await socket.next('1')).payload as Result, { cursor: tenant.startCursor });
    expect(await socket.next('1')).toMatchObject({ type: 'complete' });
    socket.send({ type: 'subscribe', id: '2', payload: { query: '{ viewer { merchant { id } } }' } });
    expect(await socket.next('2')).toMatchObject({
      payload: { data: { viewer: { merchant: { id: tenant.merchantId } } } },
    });
    socket.close();
  });
});

describe('a key that cannot be looked up', () => {
  it('closes the socket with "try again later" and nothing of the cause', async () => {
    await gateway.database.pool.query('alter table api_key rename to api_key_secretname');
    const socket = await openSocket(broken);
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${gateway.demo.apiKey}` } });
    expect(await socket.closed).toEqual({ code: 1013, reason: 'Try again later' });
    expect(lines.join('')).toContain('a key could not be looked up');
    await gateway.database.pool.query('alter table api_key_secretname rename to api_key');
  });
});
