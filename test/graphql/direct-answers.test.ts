import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
});

afterAll(() => gateway.stop());

type Answer = { readonly status: number; readonly headers: object; readonly body: string };

/** Sends a body as it is. */
function send(body: string | Buffer, accept: string | undefined, key = gateway.demo.apiKey): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const headers = {
    ...{ authorization: `Bearer ${key}`, 'content-type': 'application/json' },
    ...{ 'content-length': Buffer.byteLength(body), ...(accept === undefined ? {} : { accept }) },
  };
  const sent = request(`${gateway.url}/graphql`, { method: 'POST', headers }, async (response) => {
    let text = '';
    for await (const part of response.setEncoding('utf8')) text += part;
    // What differs by nature: each request has its own time and number.
    const { date, 'x-request-id': _id, ...rest } = response.headers;
    expect(date).toBeDefined();
    resolve({ status: response.statusCode ?? 0, headers: rest, body: text.replace(/[0-9a-f-]{36}/g, 'ID') });
  });
  sent.on('error', reject);
  sent.end(body);
  return promise;
}

/** The same type of answer, once by the short way and once by yoga's, which alone knows parameters of types. */
const ways = [
  ['application/json', 'application/json;charset=utf-8'],
  ['application/graphql-response+json', 'application/graphql-response+json;charset=utf-8'],
] as const;

const refused = 'mutation($id: ID!) { revokeApiKey(id: $id) { __typename ... on Refusal { code message } } }';

const requests: Readonly<Record<string, string | Buffer>> = {
  'a query': json({ query: '{ viewer { merchant { id name } } }' }),
  'a query with variables': json({
    query: 'query($id: ID!) { shop(id: $id) { name } }',
    variables: { id: '00000000-0000-4000-8000-000000000000' },
  }),
  'one of several operations': json({
    query: 'query A { viewer { merchant { id } } } query B { viewer { merchant { name } } }',
    operationName: 'B',
  }),
  'several operations and no name': json({ query: 'query A { viewer { merchant { id } } } query B { __typename }' }),
  'the name of none': json({ query: 'query A { __typename }', operationName: 'C' }),
  'a mutation that is refused': json({ query: refused, variables: { id: '00000000-0000-4000-8000-000000000000' } }),
  'a variable that is missing': json({ query: refused }),
  'a variable of another type': json({ query: refused, variables: { id: {} } }),
  'a field that is refused': json({ query: '{ payment(id: "1") { id } viewer { merchant { id } } }' }),
  'a document that is none': json({ query: '{ viewer {' }),
  'an empty document': json({ query: '' }),
  'a field that is none': json({ query: '{ nothing }' }),
  'a subscription': json({ query: 'subscription { paymentUpdated(id: "1") { cursor } }' }),
  'nulls for what may be left out': json({
    query: '{ __typename }',
    variables: null,
    operationName: null,
    extensions: null,
  }),
  extensions: json({ query: '{ __typename }', extensions: { persistedQuery: { version: 1, sha256Hash: 'x' } } }),
  'a member that is none': json({ query: '{ __typename }', q: 1 }),
  'no document': json({ variables: {} }),
  'a document that is no text': json({ query: 1 }),
  'variables that are a list': json({ query: '{ __typename }', variables: [] }),
  'variables that are text': json({ query: '{ __typename }', variables: '{}' }),
  'a name that is none': json({ query: '{ __typename }', operationName: 1 }),
  'extensions that are text': json({ query: '{ __typename }', extensions: 'x' }),
  'a list': json([{ query: '{ __typename }' }]),
  'a number': '1',
  null: 'null',
  'no JSON': '{"query": ',
  'nothing at all': '',
  'bytes that are no text': Buffer.from([0x7b, 0xff, 0xfe, 0x7d]),
  'letters beyond ASCII': json({ query: '# zażółć 🦊\n{ viewer { merchant { name } } }' }),
};

function json(value: unknown): string {
  return JSON.stringify(value);
}

describe.each(ways)('What is answered as %s', (short, long) => {
  it.each(Object.keys(requests))('is the same on the short way as by yoga: %s', async (name) => {
    const body = requests[name] ?? '';
    const direct = await send(body, short);
    expect(direct).toEqual(await send(body, long));
    expect(direct.body).not.toBe('');
  });

  it('is the same without a good key', async () => {
    const body = json({ query: '{ viewer { merchant { id } } }' });
    const direct = await send(body, short, 'none');
    expect(direct).toEqual(await send(body, long, 'none'));
    expect(direct.body).toContain('UNAUTHENTICATED');
  });
});

it('JSON is what is answered to whoever takes all, or says nothing', async () => {
  const body = requests['a query'] ?? '';
  const plain = await send(body, 'application/json');
  for (const accept of [undefined, '*/*', 'text/html, */*;q=0.1', 'application/*']) {
    expect(await send(body, accept)).toEqual(plain);
  }
  expect(plain.headers).toMatchObject({ 'content-type': 'application/json; charset=utf-8' });
});

it('a type of the weight 0 is none that is answered', async () => {
  const newer = 'application/graphql-response+json';
  // The other one is answered by yoga.
  for (const body of [requests['a query'] ?? '', JSON.stringify({ query: '{ nothing }' })]) {
    const { headers } = await send(body, `application/json;q=0, ${newer}`);
    expect(headers).toMatchObject({ 'content-type': `${newer}; charset=utf-8` });
  }
});

it('the first type that is named is the one that is answered', async () => {
  const body = requests['a query'] ?? '';
  const newer = 'application/graphql-response+json';
  const accept = `${newer}, application/json;q=0.9`;
  expect((await send(body, accept)).headers).toMatchObject({ 'content-type': `${newer}; charset=utf-8` });
  expect((await send(body, `application/json, ${newer}`)).headers).toMatchObject({
    'content-type': 'application/json; charset=utf-8',
  });
  expect((await send(body, 'text/html')).status).toBe(406);
});

it('what had errors is not run again to be answered', async () => {
  const query = `mutation($key: CreateApiKeyInput!, $payment: CreatePaymentInput!) {
    createApiKey(input: $key) { __typename }
    createPayment(input: $payment) { ... on CreatePaymentSuccess { payment { transactions(first: -1) { __typename } } } }
  }`;
  const payment = {
    ...{ shopId: gateway.demo.shopId, idempotencyKey: '1', amount: 100, currency: 'PLN', orderId: '1' },
    customer: { firstName: 'Jan', lastName: 'Kowalski' },
  };
  const variables = { key: { name: 'just once', scopes: ['payments:read'] }, payment };
  const { body } = await send(json({ query, variables }), 'application/json');
  expect(JSON.parse(body)).toMatchObject({ errors: [{ extensions: { code: 'INVALID_INPUT' } }] });
  const keys = await send(json({ query: '{ viewer { apiKeys { name } } }' }), 'application/json');
  expect(keys.body.split('"just once"')).toHaveLength(2);
});
