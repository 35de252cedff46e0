import { readFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { GraphQLEnumType, GraphQLInterfaceType } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventKinds } from '../../client/generate/event-kinds.ts';
import { printOperations } from '../../client/generate/print-operations.ts';
import { type Client, type CreatePaymentInput, createClient, type Money, outcomeOf } from '../../client/src/index.ts';
import { schema } from '../../src/graphql/schema.ts';
import { storeCard } from '../profiles/store-card.ts';
import { payOut } from '../support/factories.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;
let client: Client;
let door: Server;
let answer: RequestListener;
let asked = 0;

beforeAll(async () => {
  gateway = await startTestGateway();
  client = createClient({ url: gateway.url, apiKey: gateway.demo.apiKey });
  door = createServer((request, response) => {
    asked += 1;
    answer(request, response);
  });
  await new Promise<void>((done) => door.listen(0, '127.0.0.1', done));
});
afterAll(async () => {
  door?.closeAllConnections();
  await new Promise((done) => door.close(done));
  await gateway?.stop();
});

const doorUrl = (): string => `http://127.0.0.1:${(door.address() as AddressInfo).port}`;
/** A client behind a door that first answers in these ways, and then lets everything through to the gateway. */
function behind(answers: readonly RequestListener[], options: { timeoutMs?: number; retries?: number } = {}): Client {
  const left = [...answers];
  asked = 0;
  answer = (request, response) => (left.shift() ?? pass)(request, response);
  const pauses = { firstMs: 1, longestMs: 1_500 };
  return createClient({ url: doorUrl(), apiKey: gateway.demo.apiKey, pauses, ...options });
}

const forward = async (request: Parameters<RequestListener>[0]): Promise<Response> => {
  let body = '';
  for await (const part of request.setEncoding('utf8')) body += part;
  const headers = { authorization: request.headers.authorization ?? '', 'content-type': 'application/json' };
  return fetch(`${gateway.url}${request.url}`, { method: 'POST', headers, body });
};
const pass: RequestListener = async (request, response) => response.end(await (await forward(request)).text());
const swallow: RequestListener = async (request) => {
  await (await forward(request)).text();
  request.socket.destroy();
};
const saying =
  (status: number, headers = {}): RequestListener =>
  (request, response) => {
    request.resume();
    response.writeHead(status, headers).end('later');
  };
const silent: RequestListener = () => {};

const order = (idempotencyKey: string): CreatePaymentInput => ({
  shopId: gateway.demo.shopId,
  idempotencyKey,
  amount: 12_345,
  currency: 'PLN',
  orderId: 'CLI/1',
  customer: { firstName: 'Łucja', lastName: 'Żak' },
});

describe('The types of the client', () => {
  it('tell the types of events apart by their kind, as the gateway does', () => {
    const { resolveType } = schema.getType('Event') as GraphQLInterfaceType;
    const kinds = (schema.getType('EventType') as GraphQLEnumType).getValues().map(({ name }) => name);
    const given = kinds.map((type) => [type, resolveType?.({ type }, {}, {} as never, {} as never)]);
    const types = [...new Set(given.map(([, name]) => String(name)))];
    expect(types.flatMap((name) => eventKinds(schema, name).map((kind) => [kind, name])).toSorted()).toEqual(given);
  });
});

describe('A client', () => {
  it('makes, pays, finds and gives back a payment, each by a typed method', async () => {
    const { payment, replayed } = await client.createPayment(order('life'));
    expect({ payment, replayed }).toMatchObject({
      payment: { status: 'NEW', amount: { amount: 12_345, currency: 'PLN' } },
      replayed: false,
    });
    const blik = { paymentId: payment.id, idempotencyKey: 'life-1', method: 'BLIK', blik: { code: '123456' } } as const;
    const { transaction, action } = await client.startTransaction(blik);
    expect(action).toMatchObject({ __typename: 'ConfirmInApp' });
    for await (const event of client.events({ shopId: gateway.demo.shopId, from: 'start' })) {
      if (event.__typename === 'PaymentEvent' && event.paymentStatus === 'SETTLED') {
        expect(event.payment.id).toBe(payment.id);
        break;
      }
    }
    expect(await client.transaction(transaction.id)).toMatchObject({
      status: 'SETTLED',
      commission: { rule: expect.any(String) },
    });
    const { refund } = await client.createRefund({
      transactionId: transaction.id,
      idempotencyKey: 'life-2',
      amount: 345,
    });
    expect(await client.refund(refund.id)).toMatchObject({ amount: { amount: 345 } });
    const { shopId } = gateway.demo;
    expect((await client.payments({ shopId, first: 1 })).nodes).toMatchObject([{ id: payment.id, status: 'SETTLED' }]);
    expect((await client.refunds({ shopId })).nodes).toMatchObject([{ id: refund.id }]);
    expect((await client.eventPage({ shopId, first: 1 })).nodes).toMatchObject([{ type: 'PAYMENT_CREATED' }]);
    expect(await client.payment(crypto.randomUUID())).toBeNull();
    await expect(client.payment('1')).rejects.toMatchObject({ code: 'NOT_FOUND', field: ['id'] });
  });

  it('reads payment links, stored instruments and payouts, each by a typed method', async () => {
    const { shopId } = gateway.demo;
    const { paymentLink } = await client.createPaymentLink(order('link'));
    expect(await client.paymentLink(paymentLink.id)).toEqual(paymentLink);
    expect((await client.paymentLinks({ shopId, first: 1 })).nodes).toEqual([paymentLink]);

    const { profileId } = await storeCard(gateway, { shopId, customerId: 'lucja' });
    const profile = await client.profile(profileId);
    expect(profile).toMatchObject({ id: profileId, customerId: 'lucja', kind: 'ONE_CLICK' });
    expect(await client.profiles({ shopId, customerId: 'lucja' })).toEqual([profile]);
    await expect(client.profiles({ shopId, customerId: 'lucja', first: 1 } as never)).rejects.toThrow(
      new TypeError('profiles takes no option first; it takes shopId, customerId.'),
    );

    const payoutId = await payOut(gateway.database, { id: shopId }, 1_000n);
    const payout = await client.payout(payoutId);
    const net: Money | undefined = payout?.net;
    expect(net).toEqual({ amount: 1_000, currency: 'PLN' });
    expect((await client.payouts({ shopId, filter: { status: ['SENT'] } })).nodes).toEqual([payout]);
  });

  it('reads the shops without being told more', async () => {
    const { nodes } = await client.shops();
    expect(nodes.map(({ id }) => id)).toContain(gateway.demo.shopId);
    expect(await client.shops({ first: 1 }, {})).toMatchObject({ nodes: [{ id: nodes[0]?.id }] });
  });

  it('sends any other operation, with the types that its document brings', async () => {
    type Named = { readonly shop: { readonly name: string } };
    const body = 'query ($id: ID!) { shop(id: $id) { name } }';
    const document: { kind: 'Document'; loc: { source: { body: string } }; __apiType?: (v: { id: string }) => Named } =
      {
        kind: 'Document',
        loc: { source: { body } },
      };
    const { shop } = await client.request(document, { id: gateway.demo.shopId });
    expect(shop.name).toBe('Sklep Demo');
    expect(await client.request(body, { id: gateway.demo.shopId })).toEqual({ shop });
  });

  it('throws a refusal with its code and field, or gives it as an outcome', async () => {
    const wrong = client.createPayment({ ...order('wrong'), amount: 0 });
    await expect(wrong).rejects.toMatchObject({ name: 'BramkaError', code: 'INVALID_INPUT', field: ['amount'] });
    const outcome = await outcomeOf(client.cancelPayment({ paymentId: crypto.randomUUID() }));
    expect(outcome).toMatchObject({ ok: false, error: { code: 'NOT_FOUND' } });
    await expect(client.request('{ nothing }', {})).rejects.toMatchObject({
      message: expect.stringContaining('nothing'),
    });
    const bad = { ...gateway.demo, apiKey: 'bk_test_bad\nkey' };
    expect(() => createClient({ url: gateway.url, apiKey: bad.apiKey })).toThrow(/^apiKey must be an API key/);
    expect(() => createClient({ url: 'pay.example', apiKey: 'a' })).toThrow(/^url must be an address/);
    expect(() => createClient({ url: gateway.url } as never)).toThrow(/^apiKey must be an API key/);
    const options = { timeoutMs: -1, retries: 1.5, heartbeatMs: 2 ** 31, fetch: 5, apikey: 'a' };
    for (const [name, value] of Object.entries(options)) {
      const make = () => createClient({ url: gateway.url, apiKey: 'a', [name]: value });
      expect(make).toThrow(
        new RegExp(`^(?:${name} must be |createClient takes no option ${name}; it takes url, apiKey, )`),
      );
    }
  });
});

describe('A client whose call gets no answer', () => {
  it('repeats one with a key, so that it is done once, and says that it had been done', async () => {
    const made = await behind([swallow, saying(503), saying(429, { 'retry-after': '1' })]).createPayment(
      order('again'),
    );
    expect(made.replayed).toBe(true);
    expect(asked).toBe(4);
    const { nodes } = await client.payments({ shopId: gateway.demo.shopId, filter: { orderId: 'CLI/1' } });
    expect(nodes.filter(({ id }) => id === made.payment.id)).toHaveLength(1);
  });

  it('repeats a query', async () => {
    expect(await behind([saying(502), saying(504)]).shop(gateway.demo.shopId)).toMatchObject({ name: 'Sklep Demo' });
  });

  it('repeats what is answered with UNAVAILABLE, whatever the status', async () => {
    const error = { message: 'Later.', extensions: { code: 'UNAVAILABLE', retryAfterSeconds: 0 } };
    const away: RequestListener = (request, response) => {
      request.resume();
      response.end(JSON.stringify({ data: null, errors: [error] }));
    };
    expect(await behind([away, away]).shop(gateway.demo.shopId)).toMatchObject({ name: 'Sklep Demo' });
    await expect(behind([away], { retries: 0 }).shop('any')).rejects.toMatchObject({
      ...{ code: 'UNAVAILABLE', message: 'Later.', status: 200, retryAfterSeconds: 0 },
    });
  });

  it('does not repeat a mutation without a key', async () => {
    const { payment } = await client.createPayment(order('cancelled'));
    await expect(behind([swallow]).cancelPayment({ paymentId: payment.id })).rejects.toMatchObject({
      code: 'CONNECTION_FAILED',
      message: `The gateway at ${doorUrl()} cannot be reached (UND_ERR_SOCKET).`,
    });
    expect(asked).toBe(1);
    expect(await client.payment(payment.id)).toMatchObject({ status: 'CANCELLED' });
  });

  it('does not repeat a mutation without a key that stands behind a fragment', async () => {
    const { payment } = await client.createPayment(order('cancelled behind'));
    const document = `fragment Made on CancelPaymentSuccess { payment { id } }
      mutation ($input: CancelPaymentInput!) { cancelPayment(input: $input) { ...Made } }`;
    const sent = behind([swallow]).request(document, { input: { paymentId: payment.id } });
    await expect(sent).rejects.toMatchObject({ code: 'CONNECTION_FAILED' });
    expect(asked).toBe(1);
    expect(await client.payment(payment.id)).toMatchObject({ status: 'CANCELLED' });
  });

  const refund = 'createRefund(input: $input) { __typename }';
  const typed = '($input: CreateRefundInput!)';
  it.each([
    ['the key', `mutation ${typed} { ${refund} }`, 3],
    [
      'the key, behind comments, texts, an alias and fragments',
      `# mutation { } "
       fragment Why on Refusal { message }
       mutation R($note: String = """a " \\""" { mutation""", $input: CreateRefundInput! = { amount: 1, transactionId: "{" }) @x(y: {z: 1}) {
         made: createRefund(input: $input) { ...Why ... on CreateRefundSuccess { refund { id } } }
       }`,
      3,
    ],
    ['the key and another field', `mutation ${typed} { ${refund} resendWebhook(deliveryId: "a") { __typename } }`, 1],
    ['the key twice', `mutation ${typed} { a: ${refund} b: ${refund} }`, 1],
    ['another field and the key', `mutation ${typed} { resendWebhook(deliveryId: "a") { __typename } ${refund} }`, 1],
    ['a fragment', `fragment F on Mutation { ${refund} } mutation ${typed} { ...F }`, 1],
    ['the key beside an inline fragment', `mutation ${typed} { ${refund} ... { ${refund} } }`, 1],
    ['the key elsewhere', 'mutation ($input: X) { resendWebhook(deliveryId: "a", note: $input) { __typename } }', 1],
    ['two operations', `mutation A${typed} { ${refund} } mutation B${typed} { ${refund} }`, 1],
    ['a list of keys', `mutation ${typed} { createRefund(input: [$input]) { __typename } }`, 1],
  ])('repeats a mutation only when all that it does has a key: %s', async (_, document, times) => {
    const input = { idempotencyKey: 'any', transactionId: 'any' };
    const sent = behind([saying(503), saying(503), saying(503)], { retries: 2 }).request(document, { input });
    await expect(sent).rejects.toMatchObject({ status: 503 });
    expect(asked).toBe(times);
  });

  it('gives up after its tries, and at once when it is told to wait longer than it would', async () => {
    const failing = Array.from({ length: 9 }, () => saying(503));
    await expect(behind(failing, { retries: 2 }).createPayment(order('never'))).rejects.toMatchObject({ status: 503 });
    expect(asked).toBe(3);
    const long = behind([saying(429, { 'retry-after': '90' })]).createPayment(order('never'));
    await expect(long).rejects.toMatchObject({ retryAfterSeconds: 90, status: 429 });
    expect(asked).toBe(1);
  });

  it('says after its time that there was none, and ends at once when its signal is aborted', async () => {
    const late = behind([silent], { timeoutMs: 50, retries: 0 }).shop(gateway.demo.shopId);
    await expect(late).rejects.toMatchObject({
      code: 'NO_ANSWER',
      message: 'The gateway did not answer within 0.05 s.',
    });
    const ending = new AbortController();
    const aborted = behind([() => ending.abort(new Error('left'))]).shop(gateway.demo.shopId, {
      signal: ending.signal,
    });
    await expect(aborted).rejects.toThrow('left');
  });

  it.each([
    [5n, /^amount is a BigInt; give a number\.$/],
    [Number.NaN, /^amount is NaN; give a number\.$/],
  ])('asks nobody when its variables cannot be written: %s', async (amount, sentence) => {
    const input = { ...order('big'), amount: amount as number };
    await expect(behind([]).createPayment(input)).rejects.toThrow(sentence);
    expect(asked).toBe(0);
  });

  it('says that a subscription goes another way', async () => {
    await expect(client.request('subscription { events(shopId: "a") { number } }', {})).rejects.toThrow(
      'A subscription is followed by client.eventsOf.',
    );
  });

  it('says by which reference a fault of the gateway is found', async () => {
    await gateway.database.pool.query('alter table shop rename to shop_lost');
    const error = await client.shop(gateway.demo.shopId).catch((thrown: unknown) => thrown);
    await gateway.database.pool.query('alter table shop_lost rename to shop');
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', reference: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    await expect(behind([saying(404)]).shop('x')).rejects.toMatchObject({ reference: undefined });
  });

  it('says of an answer that is none of GraphQL what a gateway, or a proxy before it, says in it', async () => {
    const full: RequestListener = (request, response) => {
      request.resume();
      response.writeHead(503).end('{"message":"No more room."}');
    };
    await expect(behind([full], { retries: 0 }).shop('x')).rejects.toMatchObject({
      ...{ code: 'BAD_ANSWER', status: 503 },
      message:
        'The gateway, or a proxy before it, answers with HTTP status 503: try again later. It says: No more room.',
    });
  });

  it('says that another server is at the address', async () => {
    await expect(behind([saying(404)]).shop('x')).rejects.toMatchObject({ code: 'BAD_ANSWER', status: 404 });
  });
});

it('The types and texts of the client are those of the schema; after a change run `npm run schema`', async () => {
  const read = (path: string) => readFile(new URL(`../../${path}`, import.meta.url), 'utf8');
  const written = printOperations(await read('schema.graphql'), await read('client/operations.graphql'));
  expect(await read('client/src/generated/operations.ts')).toBe(written);
  expect(() => printOperations('type Query { a: Int }', 'query b { b }')).toThrow('Cannot query field "b"');
});
