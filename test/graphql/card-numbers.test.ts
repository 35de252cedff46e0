import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sendRaw } from '../http/world.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { connect, type Operation, overSse, overWebSocket, type Result } from '../support/live.ts';

let gateway: TestGateway;

beforeAll(async () => {
  gateway = await startTestGateway({ role: 'api' });
});

afterAll(() => gateway.stop());

const transports: Record<string, (operation: Operation) => Promise<Result | undefined>> = {
  HTTP: async ({ query, variables = {} }) => (await ask(gateway, query, { variables })) as Result,
  SSE: async (operation) => {
    const stream = await overSse(gateway, operation);
    const result = await stream.next();
    stream.end();
    return result;
  },
  WebSocket: async (operation) => {
    const stream = await overWebSocket(gateway, operation);
    const result = await stream.next();
    stream.end();
    return result;
  },
};

const viewer = 'viewer { merchant { id } }';
const removed = '[card number removed]';

/** Documents and variables that graphql-js or a scalar says back, in its errors. */
const echoed: Record<string, Operation> = {
  'a variable of a wrong type': {
    query: 'query($id: ID!) { payment(id: $id) { id } }',
    variables: { id: ['4111 1111 1111 1111'] },
  },
  'a field of an input that is unknown': {
    query: 'mutation($input: CancelPaymentInput!) { cancelPayment(input: $input) { __typename } }',
    variables: { input: { paymentId: 'x', x4111111111111111: 1 } },
  },
  'an enum value in a variable': {
    query: 'query($c: Currency!) { paymentMethods(shopId: "x", amount: 1, currency: $c) { method } }',
    variables: { c: '4111111111111111' },
  },
  'a number that is too large for its type': { query: '{ shops(first: 4111111111111111) { edges { cursor } } }' },
  'a literal of a wrong type': { query: '{ payment(id: { a: "4111111111111111" }) { id } }' },
  'a text that breaks off': { query: '{ payment(id: "4111111111111111' },
  'a number where no number may stand': { query: '{ 4111111111111111 }' },
};

/** Names that a document may choose freely, and which come back in answers. */
const named: Record<string, string> = {
  'an alias': `{ card_4111111111111111: ${viewer} }`,
  'the name of an operation': `query card4111111111111111 { ${viewer} }`,
  'the name of a fragment': `{ viewer { ...F5555555555554444 } } fragment F5555555555554444 on Viewer { merchant { id } }`,
  'the name of a variable': `query($c4111111111111111: Int) { ${viewer} }`,
  'the name of a field': '{ a4111111111111111 }',
  'the name of a directive': `{ viewer @x4111111111111111 { merchant { id } } }`,
};

for (const [transport, run] of Object.entries(transports)) {
  describe(`over ${transport}`, () => {
    it.each(Object.entries(echoed))('an error about %s does not say it back', async (_, operation) => {
      const result = await run(operation);
      expect(result?.errors?.length).toBeGreaterThan(0);
      expect(JSON.stringify(result)).not.toMatch(/4111|5555/);
    });

    it.each(Object.entries(named))('%s is refused without saying it back', async (_, query) => {
      const result = await run({ query });
      const message = 'A name in the document looks like a card number; card numbers go only into the card form.';
      expect(result?.errors).toMatchObject([{ message, extensions: { code: 'INVALID_INPUT' } }]);
      expect(JSON.stringify(result)).not.toMatch(/4111|5555/);
    });

    it('a refusal that quotes a value shows where it stood', async () => {
      const result = await run({
        query: '{ paymentMethods(shopId: "x", amount: 1, currency: "4111111111111111") { method } }',
      });
      expect(result?.errors?.[0]?.message).toContain(removed);
    });
  });
}

describe('A WebSocket', () => {
  const subscribe = (id: string) => ({ type: 'subscribe', id, payload: { query: `{ ${viewer} }` } });

  it('is closed for the id of an operation, which every answer would say back', async () => {
    const socket = await connect(gateway);
    socket.send(subscribe('op-4111111111111111'));
    socket.send(subscribe('op-4111111111111111'));
    expect(await socket.closed).toEqual({ code: 4400, reason: 'An id looks like a card number' });
    await expect(socket.next('op-4111111111111111')).rejects.toThrow();
  });

  it('is closed for a ping, which would be answered with what it carries', async () => {
    const socket = await connect(gateway);
    socket.send({ type: 'ping', payload: { card: ['4111 1111 1111 1111'] } });
    expect(await socket.closed).toEqual({ code: 4400, reason: 'A ping looks like a card number' });
    await expect(socket.next()).rejects.toThrow();
  });

  it('answers other pings and ids', async () => {
    const socket = await connect(gateway);
    socket.send({ type: 'ping', payload: { at: 1 } });
    expect(await socket.next()).toEqual({ type: 'pong', payload: { at: 1 } });
    socket.send(subscribe('018f4e2a-0000-7000-8000-000000000001'));
    expect(await socket.next('018f4e2a-0000-7000-8000-000000000001')).toMatchObject({ type: 'next' });
    socket.close();
  });
});

describe('A request that is no operation', () => {
  it('with a length that looks like a card number is answered without saying it back', async () => {
    const head = 'POST /graphql HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: ';
    const answer = await sendRaw(Number(new URL(gateway.url).port), `${head}4111111111111111\r\n\r\n{`);
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
    expect(answer).toContain(`not ${removed}.`);
    expect(answer).not.toContain('4111');
  });

  it.each([
    ['a body that is no JSON', { body: '4111111111111111 {' }],
    ['a query that is no text', { body: '{"query":4111111111111111}' }],
    ['an unknown parameter', { body: `{"query":"{ ${viewer} }","4111111111111111":1}` }],
    ['variables that are no object', { body: `{"query":"{ ${viewer} }","variables":"4111111111111111"}` }],
    ['an operation name that is not there', { body: `{"query":"{ ${viewer} }","operationName":"4111111111111111"}` }],
  ])('with %s is answered without saying it back', async (_, { body }) => {
    const answer = await fetch(`${gateway.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${gateway.demo.apiKey}` },
      body,
    });
    expect(await answer.text()).not.toContain('4111111111111111');
  });
});
