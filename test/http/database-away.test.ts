import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { Writable } from 'node:stream';
import pg from 'pg';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createClient } from '../../client/src/index.ts';
import { newApiKey } from '../../src/auth/model.ts';
import { createErrorMask } from '../../src/graphql/mask-error.ts';
import { databaseAway, noteAwayForRequests, starting } from '../../src/http/unavailable.ts';
import { DatabaseUnavailable, openDatabase } from '../../src/kernel/db/database.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createMetrics } from '../../src/kernel/metrics.ts';
import { StartError } from '../../src/kernel/start-error.ts';
import { startGateway } from '../../src/start-gateway.ts';
import { type FaultProxy, openFaultProxy } from '../faults/fault-proxy.ts';
import { call } from '../imoje/rest/client.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { connect, openSocket, overSse, type Result } from '../support/live.ts';
import { takePort } from '../support/take-port.ts';
import { posted, sendRaw } from './world.ts';

let home: TestDatabase;
let network: FaultProxy;
let isAway = false;
let gateway: TestGateway;

/** A gateway whose database is behind a network that can be taken away. */
beforeAll(async () => {
  home = await createTestDatabase();
  const address = new URL(home.url);
  const port = Number(address.port);
  network = await openFaultProxy(() => (isAway ? undefined : port));
  address.port = String(network.port);
  gateway = await startTestGateway({ databaseUrl: address.href });
});
afterEach(() => {
  isAway = false;
});
afterAll(async () => {
  await gateway?.stop();
  await network?.close();
  await home?.drop();
});

function takeAway(): void {
  isAway = true;
  network.cut();
}

const viewer = '{ viewer { merchant { name } } }';
const payment = { shopId: '', amount: 100, currency: 'PLN', orderId: 'A/1' } as const;
const customer = { firstName: 'Anna', lastName: 'Nowak' };
const toldError = {
  message: databaseAway.message,
  extensions: { code: 'UNAVAILABLE', retryAfterSeconds: databaseAway.retryAfterSeconds },
};
const retryAfter = String(databaseAway.retryAfterSeconds);

const post = (query: string, { key = gateway.demo.apiKey, accept = 'application/json' } = {}) =>
  fetch(`${gateway.url}/graphql`, {
    method: 'POST',
    headers: { accept, authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    body: JSON.stringify({ query }),
  });

describe('While the database is away', () => {
  it.each(['application/json', 'application/graphql-response+json', 'text/event-stream'])(
    'GraphQL answers 503 in its form and says when to come again, to who accepts %s',
    async (accept) => {
      // A key that was just looked up lets the operation begin; one that was not keeps it from that.
      await post(viewer, { accept });
      takeAway();
      const begun = await post('{ viewer { merchant { name } } shops { edges { cursor } } }', { accept });
      const unbegun = await post(viewer, { accept, key: newApiKey('test') });
      for (const answer of [begun, unbegun]) {
        expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, retryAfter]);
        expect(await answer.text()).toContain(JSON.stringify(toldError.extensions));
      }
    },
  );

  it('a socket that is open says it of the operation, and goes on when the database is back', async () => {
    const socket = await connect(gateway);
    const events = `subscription { events(shopId: "${gateway.demo.shopId}") { type } }`;
    const shop = `{ shop(id: "${gateway.demo.shopId}") { name } }`;
    takeAway();
    for (const [id, query] of Object.entries({ query: viewer, shop, events })) {
      socket.send({ type: 'subscribe', id, payload: { query } });
      const { payload } = await socket.next(id);
      const errors = Array.isArray(payload) ? payload : (payload as Result).errors;
      expect(errors).toMatchObject([toldError]);
      expect(errors?.[0]?.extensions).toEqual(toldError.extensions);
    }
    isAway = false;
    socket.send({ type: 'subscribe', id: 'again', payload: { query: viewer } });
    expect((await socket.next('again')).payload).toMatchObject({ data: { viewer: {} } });
    socket.close();
  });

  it('a socket that introduces itself is told to come again, and a stream is not begun', async () => {
    const socket = await openSocket(gateway);
    takeAway();
    socket.send({ type: 'connection_init', payload: { authorization: `Bearer ${newApiKey('test')}` } });
    expect((await socket.closed).code).toBe(1013);
    const stream = await overSse(gateway, { query: viewer });
    expect(await stream.next()).toMatchObject({ errors: [toldError] });
  });

  it('the REST door and the pages answer 503 in their own forms', async () => {
    takeAway();
    const rest = await call(gateway, 'GET /services', {});
    expect(rest).toMatchObject({
      status: 503,
      body: {
        apiErrorResponse: { code: 'REQ-ERROR-100513', message: expect.stringContaining('same Idempotency-Key') },
      },
    });
    const program = await fetch(`${gateway.url}/pay/7d9f3a0e-8f0c-4d6e-9c55-6a1f2b3c4d5e`);
    expect([program.status, program.headers.get('retry-after')]).toEqual([503, retryAfter]);
    expect(await program.json()).toEqual({ status: 503, code: 'UNAVAILABLE', message: databaseAway.message });
    const fields = { serviceId: gateway.demo.serviceId, merchantId: gateway.demo.merchantId, amount: '100' };
    const signed = { ...fields, currency: 'PLN', orderId: '1', signature: `${'0'.repeat(64)};sha256` };
    const form = await fetch(
      `${gateway.url}/payment`,
      posted({ ...signed, customerFirstName: 'A', customerLastName: 'B' }),
    );
    expect([form.status, form.headers.get('content-type')]).toEqual([503, 'text/html; charset=UTF-8']);
  });

  it('the client comes again, and the payment is made once the database is back', async () => {
    takeAway();
    let refused = 0;
    const watched: typeof fetch = async (input, init) => {
      const answer = await fetch(input, init);
      if (answer.status === 503) refused += 1;
      isAway = refused < 1;
      return answer;
    };
    const client = createClient({ url: gateway.url, apiKey: gateway.demo.apiKey, fetch: watched });
    const input = { ...payment, customer, shopId: gateway.demo.shopId, idempotencyKey: 'through an outage' };
    expect(await client.createPayment(input)).toMatchObject({ payment: { status: 'NEW' } });
    expect(refused).toBe(1);
  });

  it('the client says what the gateway said when it gives up', async () => {
    takeAway();
    const client = createClient({ url: gateway.url, apiKey: gateway.demo.apiKey, retries: 0 });
    await expect(client.shop(gateway.demo.shopId)).rejects.toMatchObject({
      ...{ code: 'UNAVAILABLE', message: databaseAway.message, status: 503 },
      retryAfterSeconds: databaseAway.retryAfterSeconds,
    });
  });

  it('the log says it once in a while and not of each request', async () => {
    const lines: string[] = [];
    const log = pino(new Writable({ write: (chunk, _, done) => done(void lines.push(String(chunk))) }));
    const metrics = createMetrics();
    const mask = createErrorMask(log, metrics);
    for (let count = 0; count < 3; count += 1)
      mask(new DatabaseUnavailable(Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })));
    // Each is counted, for those who watch over the gateway.
    expect(await metrics.write()).toMatch(/^bramka_failed_operations_total\{code="UNAVAILABLE"\} 3$/m);
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ level: 40, reason: 'connect ECONNREFUSED' });
    expect(lines[0]).not.toContain('.ts');
  });

  it('the log names what the database is short of, once in a while and as what somebody has to look into', () => {
    const lines: object[] = [];
    const log = createLog('info', { write: (line) => lines.push(JSON.parse(line)) });
    const full = new pg.DatabaseError('could not extend file: No space left on device', 1, 'error');
    const cause = Object.assign(full, { code: '53100' });
    for (let count = 0; count < 3; count += 1) noteAwayForRequests(log, new DatabaseUnavailable(cause));
    const msg = 'the disk of the database is full; requests are told to come again';
    expect(lines).toMatchObject([{ level: 50, msg, reason: cause.message }]);
  });
});

it('While the disk of the database is full, a mutation changes nothing, is told to come again, and is then done once', async () => {
  const near = openDatabase({ url: home.url });
  await near.pool.query(`create function no_room() returns trigger language plpgsql as $$ begin
    raise exception 'could not extend file: No space left on device' using errcode = 'disk_full'; end $$`);
  await near.pool.query('create trigger no_room before insert on payment for each row execute function no_room()');
  const count = async () =>
    (await near.pool.query<{ n: number }>('select count(*)::int as n from payment')).rows[0]?.n ?? 0;
  const atFirst = await count();
  const client = createClient({ url: gateway.url, apiKey: gateway.demo.apiKey, retries: 0 });
  const input = { ...payment, customer, shopId: gateway.demo.shopId, idempotencyKey: 'on a full disk' };
  const sale = { amount: 100, currency: 'PLN', orderId: 'A/1' };
  try {
    await expect(client.createPayment(input)).rejects.toMatchObject({
      ...{ code: 'UNAVAILABLE', message: databaseAway.message, status: 503 },
      retryAfterSeconds: databaseAway.retryAfterSeconds,
    });
    const body = { ...sale, serviceId: gateway.demo.serviceId, customer };
    const rest = await call(gateway, 'POST /payment', { body });
    expect(rest).toMatchObject({ status: 503, body: { apiErrorResponse: { code: 'REQ-ERROR-100513' } } });
  } finally {
    await near.pool.query('drop function no_room cascade');
  }
  const before = await count();
  const { payment: made } = await client.createPayment(input);
  expect(await client.createPayment(input)).toMatchObject({ payment: { id: made.id } });
  expect([before, await count()]).toEqual([atFirst, atFirst + 1]);
  await near.close();
});

it('A fault of ours before an operation is begun stays 500, in the form of GraphQL and with a reference', async () => {
  const near = openDatabase({ url: home.url });
  await near.pool.query('alter table api_key rename to api_key_lost');
  try {
    const answer = await post(viewer, { key: newApiKey('test') });
    expect([answer.status, await answer.json()]).toEqual([
      500,
      {
        errors: [
          {
            message: 'Something went wrong on our side; the reference helps us to find it.',
            extensions: { code: 'INTERNAL_SERVER_ERROR', reference: answer.headers.get('x-request-id') },
          },
        ],
      },
    ]);
  } finally {
    await near.pool.query('alter table api_key_lost rename to api_key');
    await near.close();
  }
});

it('A gateway that is starting answers 503 in the same forms', async () => {
  // It takes its port first, and then waits for a database that says nothing.
  const silent = createServer().listen(0, '127.0.0.1');
  const asked = once(silent, 'connection') as Promise<[Socket]>;
  await once(silent, 'listening');
  const { port, free } = await takePort();
  free();
  const databaseUrl = `postgres://nobody@127.0.0.1:${(silent.address() as AddressInfo).port}/none`;
  const started = startGateway({ ...gateway.config, port, databaseUrl });
  const refused = expect(started).rejects.toThrow(StartError);
  const [connection] = await asked;
  const said = { code: 'UNAVAILABLE', message: starting.message };
  const url = `http://127.0.0.1:${port}`;
  const graphql = await fetch(`${url}/graphql`, { method: 'POST', body: '{}' });
  expect([graphql.status, graphql.headers.get('retry-after')]).toEqual([503, retryAfter]);
  expect(await graphql.json()).toMatchObject({ errors: [{ message: said.message, extensions: { code: said.code } }] });
  const page = await fetch(`${url}/pay/any`);
  expect([page.status, page.headers.get('retry-after')]).toEqual([503, retryAfter]);
  expect(await page.json()).toEqual({ status: 503, ...said });
  const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\n';
  const socket = await sendRaw(port, `GET /graphql HTTP/1.1\r\nHost: x\r\n${upgrade}\r\n`);
  expect(socket).toMatch(/^HTTP\/1.1 503 [\s\S]*\r\nRetry-After: \d+\r\n[\s\S]*"UNAVAILABLE"/);
  connection.destroy();
  silent.close();
  await refused;
});
