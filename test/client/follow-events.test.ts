import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket as ws } from 'ws';
import { type BramkaError, type Client, createClient, type Located } from '../../client/src/index.ts';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { runCommand } from '../support/run-command.ts';
import { plain, writeDropped, writeEvents } from '../support/write-events.ts';
import { type Bare, bare } from './bare-events.ts';
import { acknowledge, listenSilently } from './listen-silently.ts';
import { openWire, type Wire } from './open-wire.ts';

let gateway: TestGateway;
let wire: Wire;
let client: Client;

beforeAll(async () => {
  gateway = await startTestGateway();
  wire = await openWire(gateway.url);
  client = clientWith(gateway.demo.apiKey);
});
afterEach(() => wire.lead(gateway.url));
afterAll(async () => {
  await wire?.close();
  await gateway?.stop();
});

const pauses = { firstMs: 5, longestMs: 20 };

function clientWith(apiKey: string): Client {
  return createClient({ url: wire.url, apiKey, pauses, retries: 0 });
}

const write = (count: number) => writeEvents(gateway.database, gateway.demo.shopId, plain(count));
const lastNumber = async (): Promise<number> => {
  const { rows } = await gateway.database.pool.query('select last_number from shop_counter where shop_id = $1', [
    gateway.demo.shopId,
  ]);
  return Number(rows[0].last_number);
};
const upTo = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, index) => from + 1 + index);

/** Follows with a small selection until so many events have come; does something before it takes the first, and after each. */
async function take(
  count: number,
  {
    started,
    took,
    ...options
  }: {
    after?: string | null;
    started?: () => unknown;
    took?: (number: number) => unknown;
    types?: ['PAYMENT_CREATED'];
  } = {},
): Promise<Bare[]> {
  const { promise: begun, resolve: onStart } = Promise.withResolvers<string>();
  const events = client.eventsOf(bare, { shopId: gateway.demo.shopId, onStart, ...options });
  const first = events.next();
  if (typeof options.after !== 'string') await begun;
  await started?.();
  const items: Bare[] = [];
  for (let next = await first; !next.done && items.length < count; next = await events.next()) {
    items.push(next.value);
    await took?.(next.value.number);
    if (items.length === count) break;
  }
  await events.return();
  return items;
}

/** A server that opens no WebSocket. */
async function refuseSockets(status: number, header = ''): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((_, response) => response.end()).on('upgrade', (_, socket) =>
    socket.end(`HTTP/1.1 ${status} No\r\nConnection: close\r\n${header}Content-Length: 0\r\n\r\n`),
  );
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((done) => server.close(() => done())),
  };
}

const numbersOf = (items: readonly Located[]): number[] => items.map(({ number }) => number);

describe('A client that follows the events of a shop', () => {
  it('sees each once and in order, although the connection breaks again and again', async () => {
    const before = await lastNumber();
    const took = async (number: number): Promise<void> => {
      if (number % 3 === 0) wire.cut();
      if (number < before + 30) await write(1);
    };
    const items = await take(31, { started: () => write(2), took });
    expect(numbersOf(items)).toEqual(upTo(before, before + 31));
  });

  it.each([undefined, null])(
    'loses nothing that happens after it began (cursor: %s), even when it never had a connection until then',
    async (after) => {
      const before = await lastNumber();
      const started = async (): Promise<void> => {
        wire.lead(undefined);
        wire.cut();
        await write(3);
        wire.lead(gateway.url);
      };
      expect(numbersOf(await take(3, { started, ...(after === null ? { after } : {}) }))).toEqual(
        upTo(before, before + 3),
      );
    },
  );

  it.each([
    [
      'events whose place to resume from is a comment',
      'subscription ($shopId: ID!) { events(shopId: $shopId) # after: $after\n { cursor number } }',
      {},
    ],
    [
      'events without a place to resume from',
      'subscription ($shopId: ID!) { events(shopId: $shopId) { cursor number } }',
      {},
    ],
    [
      'some kinds alone by a document that takes none',
      'subscription ($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { cursor number } }',
      { types: ['PAYMENT_CREATED' as const] },
    ],
    ['a query', 'query ($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) { endOfLog } }', {}],
  ])('says before anything else that it cannot follow %s', async (_, text, options) => {
    const events = client.eventsOf(text as typeof bare, { shopId: gateway.demo.shopId, ...options });
    await expect(events.next()).rejects.toThrow(
      /^The document must be a subscription to events\(shopId: \$shopId, after: /,
    );
  });

  it.each([
    ['events behind an alias', 'subscription ($shopId: ID!) { all: events(shopId: $shopId) { cursor number } }'],
    ['events without their cursor', 'subscription ($shopId: ID!) { events(shopId: $shopId) { number } }'],
  ])('says that it cannot follow %s', async (_, text) => {
    const { shopId } = gateway.demo;
    const after = encodeCursor(shopId, BigInt(await lastNumber()));
    await write(1);
    const variables = '$after: Cursor, $types: [EventType!]';
    const document = text
      .replace('ID!)', `ID!, ${variables})`)
      .replace('shopId)', 'shopId, after: $after, types: $types)');
    const events = client.eventsOf(document as typeof bare, { shopId, after });
    await expect(events.next()).rejects.toThrow(
      new TypeError('The document must subscribe to `events`, without an alias, and ask for its cursor and number.'),
    );
  });

  it.each([
    [{ from: 'begin' }, /^from must be 'now' or 'start'\.$/],
    [{ cursor: 'AAAA' }, /^events takes no option cursor; it takes shopId, after, from, types, signal, /],
    [{ signal: new AbortController() }, /^signal must be an AbortSignal, such as /],
  ])('takes no other options than those there are: %o', async (wrong, sentence) => {
    const events = client.events({ shopId: gateway.demo.shopId, ...(wrong as object) });
    await expect(events.next()).rejects.toThrow(sentence);
  });

  it('goes on at another process when its own one stops', async () => {
    const { databaseUrl, dataDir } = gateway.config;
    const other = await startTestGateway({ databaseUrl, dataDir, role: 'api' });
    wire.lead(other.url);
    const before = await lastNumber();
    const took = async (number: number): Promise<void> => {
      if (number !== before + 2) return;
      wire.lead(gateway.url);
      await other.stop();
      await write(3);
    };
    const items = await take(5, { started: () => write(2), took });
    expect(numbersOf(items)).toEqual(upTo(before, before + 5));
  });

  it.each([
    ['of the platform', globalThis.WebSocket],
    ['of the package ws', ws],
  ])('tries again when its connection is taken and never answered, by the WebSocket %s', async (_, WebSocket) => {
    const { apiKey, shopId } = gateway.demo;
    const silent = await listenSilently();
    wire.lead(silent.url);
    const impatient = createClient({ url: wire.url, apiKey, WebSocket, timeoutMs: 100, pauses });
    const after = encodeCursor(shopId, BigInt(await lastNumber()));
    const why: string[] = [];
    const onRetry = ({ code, message }: BramkaError) => {
      why.push(`${code}: ${message}`);
      wire.lead(gateway.url);
    };
    await write(1);
    for await (const { number } of impatient.eventsOf(bare, { shopId, after, onRetry })) {
      expect(number).toBe(await lastNumber());
      break;
    }
    expect(why[0]).toBe('NO_ANSWER: The gateway did not answer within 0.1 s.');
    await expect.poll(silent.open).toBe(0);
    await silent.close();
  });

  it.each([
    ['of the platform', globalThis.WebSocket],
    ['of the package ws', ws],
  ])(
    'gives up a connection that is not answered yet when its signal is aborted, by the WebSocket %s',
    async (_, WebSocket) => {
      const { apiKey, shopId } = gateway.demo;
      const silent = await listenSilently();
      const patient = createClient({ url: silent.url, apiKey, WebSocket });
      const ending = new AbortController();
      const events = patient.eventsOf(bare, { shopId, after: encodeCursor(shopId, 1n), signal: ending.signal });
      const next = events.next();
      await expect.poll(silent.open).toBe(1);
      ending.abort();
      expect((await next).done).toBe(true);
      await expect.poll(silent.open).toBe(0);
      await silent.close();
    },
  );

  it('cuts off a gateway that does not answer its goodbye', async () => {
    const { apiKey, shopId } = gateway.demo;
    const deaf = await listenSilently(acknowledge);
    const ending = new AbortController();
    const options = { after: encodeCursor(shopId, 1n), signal: ending.signal, onConnect: () => ending.abort() };
    const follower = createClient({ url: `${deaf.url}/#part-of-a-page`, apiKey });
    expect((await follower.eventsOf(bare, { shopId, ...options }).next()).done).toBe(true);
    await expect.poll(deaf.open).toBe(0);
    await deaf.close();
  });

  it('says which gateway it does not reach, and never that it lost it', async () => {
    const { apiKey, shopId } = gateway.demo;
    const nowhere = createClient({ url: 'http://127.0.0.1:1', apiKey, pauses });
    const ending = new AbortController();
    const said: string[] = [];
    const onRetry = ({ message }: BramkaError) => {
      said.push(message);
      if (said.length === 2) ending.abort();
    };
    const options = { after: encodeCursor(shopId, 1n), signal: ending.signal, onRetry };
    expect((await nowhere.eventsOf(bare, { shopId, ...options }).next()).done).toBe(true);
    const sentence = 'The gateway at ws://127.0.0.1:1 cannot be reached (ECONNREFUSED).';
    expect(said).toEqual([sentence, sentence]);
  });

  it('says which address opens no WebSocket, and tries no more', async () => {
    const { apiKey, shopId } = gateway.demo;
    const url = new URL('/elsewhere?token=secret', gateway.url).href;
    const elsewhere = createClient({ url, apiKey, pauses });
    const address = `${gateway.url.replace('http', 'ws')}/elsewhere`;
    await expect(elsewhere.eventsOf(bare, { shopId, after: encodeCursor(shopId, 1n) }).next()).rejects.toMatchObject({
      ...{ code: 'BAD_ANSWER', status: 404 },
      message: `${address} is answered with HTTP status 404 and no WebSocket; is this the address of a gateway?`,
    });
    // A slash at the end makes no other address.
    const [seen] = await Array.fromAsync({ length: 1 }, () =>
      createClient({ url: `${gateway.url}/graphql/`, apiKey })
        .eventsOf(bare, { shopId, from: 'start' })
        .next(),
    );
    expect(seen?.value).toMatchObject({ number: 1 });
  });

  it('passes over the part of a page in the address of its WebSocket, as in that of the gateway', async () => {
    const { apiKey, shopId } = gateway.demo;
    await write(1);
    const websocketUrl = `${gateway.url.replace('http', 'ws')}/graphql#part-of-a-page`;
    const events = createClient({ url: gateway.url, apiKey, websocketUrl }).eventsOf(bare, { shopId, from: 'start' });
    expect((await events.next()).value).toMatchObject({ number: 1 });
    await events.return();
  });

  it('comes back to an address that it had a connection to, although there is nothing for a moment', async () => {
    const { apiKey, shopId } = gateway.demo;
    const before = await lastNumber();
    const { url, close } = await refuseSockets(404);
    const codes: string[] = [];
    const onRetry = ({ code }: BramkaError) => {
      codes.push(code);
      if (code === 'BAD_ANSWER') wire.lead(gateway.url);
    };
    const after = encodeCursor(shopId, BigInt(before));
    const events = createClient({ url: wire.url, apiKey, pauses }).eventsOf(bare, { shopId, after, onRetry });
    const first = events.next();
    await write(1);
    expect((await first).value).toMatchObject({ number: before + 1 });
    wire.lead(url);
    const second = events.next();
    wire.cut();
    await expect.poll(() => codes).toContain('BAD_ANSWER');
    await write(1);
    expect((await second).value).toMatchObject({ number: before + 2 });
    await events.return();
    await close();
  });

  it.each([
    [429, 'RATE_LIMITED'],
    [503, 'CONNECTION_FAILED'],
  ])('tries again when its WebSocket is answered with %s', async (status, code) => {
    const { apiKey, shopId } = gateway.demo;
    const { url, close } = await refuseSockets(status);
    const ending = new AbortController();
    const codes: string[] = [];
    const onRetry = (error: BramkaError) => {
      codes.push(error.code);
      if (codes.length === 2) ending.abort();
    };
    const options = { after: encodeCursor(shopId, 1n), signal: ending.signal, onRetry };
    expect(
      (
        await createClient({ url, apiKey, pauses })
          .eventsOf(bare, { shopId, ...options })
          .next()
      ).done,
    ).toBe(true);
    expect(codes).toEqual([code, code]);
    await close();
  });

  it.each([
    ['7', 7],
    // Of a proxy that knows nothing of the limits of gateways.
    ['86400', 60],
  ])('comes no sooner than it is told, and within a minute (Retry-After: %s)', async (header, seconds) => {
    const { apiKey, shopId } = gateway.demo;
    const { url, close } = await refuseSockets(429, `Retry-After: ${header}\r\n`);
    const ending = new AbortController();
    const told: number[] = [];
    const onRetry = (error: BramkaError, pauseMs: number) => {
      told.push(error.retryAfterSeconds ?? 0, Math.floor(pauseMs / 1_000));
      ending.abort();
    };
    const options = { after: encodeCursor(shopId, 1n), signal: ending.signal, onRetry };
    const events = createClient({ url, apiKey, pauses }).eventsOf(bare, { shopId, ...options });
    expect((await events.next()).done).toBe(true);
    expect(told).toEqual([Number(header), seconds]);
    await close();
  });

  it('asks again where it begins when a proxy answers for a gateway that is in trouble', async () => {
    const { apiKey, shopId } = gateway.demo;
    const answers = [500, 520].map((status) => new Response('<html>', { status }));
    const asked: typeof fetch = async (...call) => answers.shift() ?? fetch(...call);
    const troubled = createClient({ url: wire.url, apiKey, pauses, fetch: asked });
    const statuses: unknown[] = [];
    const ending = new AbortController();
    const options = { onRetry: ({ status }: BramkaError) => statuses.push(status), onStart: () => ending.abort() };
    const events = troubled.eventsOf(bare, { shopId, signal: ending.signal, ...options });
    expect((await events.next()).done).toBe(true);
    expect(statuses).toEqual([500, 520]);
  });

  it('says why its key may open no more, and comes back until it may', async () => {
    const narrow = await startTestGateway({ sizes: { ...gateway.config.sizes, openPerKey: 2 } });
    const { apiKey, shopId } = narrow.demo;
    const follower = createClient({ url: narrow.url, apiKey, pauses });
    const first = follower.eventsOf(bare, { shopId, from: 'start' });
    try {
      await writeEvents(narrow.database, shopId, plain(1));
      await first.next();
      const said: string[] = [];
      const { promise: refused, resolve } = Promise.withResolvers<void>();
      const onRetry = ({ code, message }: BramkaError): void => {
        said.push(`${code}: ${message}`);
        resolve();
      };
      const second = follower.eventsOf(bare, { shopId, from: 'start', onRetry });
      const event = second.next();
      await refused;
      await first.return();
      expect((await event).value).toMatchObject({ number: 1 });
      expect(said[0]).toBe(
        'CONNECTION_FAILED: The gateway closed the connection: One API key may have 2 subscriptions and WebSockets open; end some, and come again.',
      );
      await second.return();
    } finally {
      await first.return();
      await narrow.stop();
    }
  });

  it('puts the subscription down while its reader is slow, and loses nothing by that', async () => {
    const before = await lastNumber();
    const after = encodeCursor(gateway.demo.shopId, BigInt(before));
    await write(2_600);
    // Takes nothing more until the subscription was put down, twice.
    const slow = async (number: number): Promise<void> => {
      if (number === before + 1 || number === before + 1_100) await expect.poll(() => wire.open()).toBe(0);
    };
    expect(numbersOf(await take(2_600, { after, took: slow }))).toEqual(upTo(before, before + 2_600));
  });

  it('begins at the start of the log when it is asked to, and passes over other kinds', async () => {
    await writeEvents(gateway.database, gateway.demo.shopId, [{ type: 'PAYMENT_EXPIRED' }, {}]);
    const { shopId } = gateway.demo;
    const seen: Bare[] = [];
    for await (const item of client.eventsOf(bare, { shopId, from: 'start', types: ['PAYMENT_EXPIRED'] })) {
      seen.push(item);
      break;
    }
    expect(seen).toMatchObject([{ type: 'PAYMENT_EXPIRED' }]);
  });

  it('ends without an error when its signal is aborted, and leaves no subscription behind', async () => {
    const ending = new AbortController();
    const onStart = () => ending.abort();
    const seen: Located[] = [];
    const { shopId } = gateway.demo;
    for await (const item of client.events({ shopId, signal: ending.signal, onStart })) seen.push(item);
    for await (const item of client.events({ shopId, from: 'start', signal: AbortSignal.abort() })) seen.push(item);
    expect(seen).toEqual([]);
    await expect
      .poll(async () => (await fetch(`${gateway.url}/metrics`)).text())
      .toContain('\nbramka_live_subscriptions 0\n');
  });
});

describe('A client that follows the events of a shop gives up', () => {
  const failure = (events: AsyncGenerator<unknown>): Promise<BramkaError> =>
    events.next().then(
      () => expect.unreachable(),
      (error: BramkaError) => error,
    );

  it('with a sentence and a code when its key is wrong, or is revoked while it follows', async () => {
    const { shopId } = gateway.demo;
    const after = encodeCursor(shopId, 0n);
    const wrong = 'bk_test_thisIsNoKey';
    await write(1);
    expect(await failure(clientWith(wrong).events({ shopId }))).toMatchObject({ code: 'UNAUTHENTICATED' });
    const error = await failure(clientWith(wrong).events({ shopId, after }));
    expect(error).toMatchObject({ code: 'FORBIDDEN', message: expect.stringContaining('API key') });
    expect(String(error.stack)).not.toContain(wrong);
    const key = await createKey();
    const events = clientWith(key.secret).eventsOf(bare, { shopId, after });
    await events.next();
    await revoke(key.id);
    const drained = async () => {
      for await (const _ of events);
    };
    await expect(drained()).rejects.toMatchObject({
      name: 'BramkaError',
      code: expect.stringMatching(/^FORBIDDEN|^UNAUTH/),
    });
  });

  it('when its cursor is none of this shop, or too old', async () => {
    const { shopId } = gateway.demo;
    const foreign = encodeCursor(gateway.demo.merchantId, 1n);
    expect(await failure(client.events({ shopId, after: foreign }))).toMatchObject({ code: 'CURSOR_INVALID' });
    const old = await startTestGateway();
    try {
      await writeDropped(old.database, old.demo.shopId, 2);
      await writeEvents(old.database, old.demo.shopId, plain(1));
      wire.lead(old.url);
      wire.cut();
      const follower = clientWith(old.demo.apiKey);
      const after = encodeCursor(old.demo.shopId, 1n);
      expect(await failure(follower.events({ shopId: old.demo.shopId, after }))).toMatchObject({
        code: 'CURSOR_EXPIRED',
        message: expect.stringContaining('take the endOfLog of events(first: 0), read the present state, then'),
      });
      const kept = follower.eventsOf(bare, { shopId: old.demo.shopId, from: 'start' });
      expect((await kept.next()).value).toMatchObject({ number: 3 });
      await kept.return();
    } finally {
      await old.stop();
    }
  });

  it('and leaves no connection behind', async () => {
    const { shopId } = gateway.demo;
    await failure(client.eventsOf(bare, { shopId, after: encodeCursor(crypto.randomUUID(), 1n) }));
    await expect.poll(wire.open).toBe(0);
  });

  it('when it was given no WebSocket', async () => {
    const { apiKey, shopId } = gateway.demo;
    const lame = createClient({ url: gateway.url, apiKey, WebSocket: class {} as never });
    expect(await failure(lame.events({ shopId }))).toMatchObject({
      code: 'NO_WEBSOCKET',
      cause: { message: expect.stringContaining('WebSocket implementation') },
    });
  });

  it('when its WebSocket cannot be made, as one without encryption in a page with it', async () => {
    const { apiKey, shopId } = gateway.demo;
    const Refused = Object.assign(
      function refuse() {
        throw new DOMException('mixed content', 'SecurityError');
      },
      { CONNECTING: 0, OPEN: 1, CLOSING: 2, CLOSED: 3 },
    );
    const lame = createClient({ url: wire.url, apiKey, WebSocket: Refused as never });
    const after = encodeCursor(shopId, 1n);
    expect(await failure(lame.events({ shopId, after }))).toMatchObject({
      code: 'NO_WEBSOCKET',
      message: 'There is no WebSocket that can be used here; give one as `WebSocket`.',
      cause: { name: 'SecurityError', message: 'mixed content' },
    });
  });

  it.each([
    ['has no package ws', "throw Object.assign(new Error('No ws.'), { code: 'ERR_MODULE_NOT_FOUND' })", 'No ws.'],
    ['has another thing in its place', "return { url: 'data:text/javascript,', shortCircuit: true }", 'nothing'],
  ])('when its Node %s and no WebSocket of its own, and says why', async (_, found, cause) => {
    const script = `import { registerHooks } from 'node:module';
      registerHooks({ resolve: (name, context, next) => { if (name === 'ws') { ${found}; } return next(name, context); } });
      delete globalThis.WebSocket;
      const { createClient } = await import('@bramka/client');
      const client = createClient({ url: 'http://127.0.0.1:1', apiKey: 'bk_test_any' });
      const { code, cause } = await client.events({ shopId: 'any', after: 'any' }).next().catch((error) => error);
      console.log(code, cause?.message ?? 'nothing');`;
    const { stdout } = await runCommand('--input-type=module', ['--eval', script], {});
    expect(stdout).toBe(`NO_WEBSOCKET ${cause}\n`);
  });

  it('when what is to be told of a connection throws', async () => {
    const { shopId } = gateway.demo;
    const onConnect = () => {
      throw new Error('My own fault.');
    };
    await expect(client.eventsOf(bare, { shopId, onConnect }).next()).rejects.toThrow('My own fault.');
  });

  it('and keeps no process from its end by a timer for a socket that is closed', async () => {
    const script = `import { createClient } from '@bramka/client';
      const client = createClient({ url: '${gateway.url}', apiKey: 'bk_test_wrong' });
      await client.events({ shopId: 'any', after: 'any' }).next().catch((error) => console.log(error.code));
      console.log(process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length);`;
    const { stdout } = await runCommand('--input-type=module', ['--eval', script], {});
    expect(stdout).toBe('FORBIDDEN\n0\n');
  });

  it('when it is to follow no kind of event', async () => {
    const { shopId } = gateway.demo;
    expect(await failure(client.eventsOf(bare, { shopId, types: [] }))).toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('when there is no such shop', async () => {
    const shopId = crypto.randomUUID();
    expect(await failure(client.events({ shopId }))).toMatchObject({ code: 'NOT_FOUND' });
  });
});

async function createKey(): Promise<{ id: string; secret: string }> {
  const query = `mutation ($input: CreateApiKeyInput!) {
    createApiKey(input: $input) { ... on CreateApiKeySuccess { secret apiKey { id } } ... on Refusal { message } }
  }`;
  const input = { name: 'Listener', scopes: ['payments:read'] };
  const { data } = await ask<{ createApiKey: { secret: string; apiKey: { id: string } } }>(gateway, query, {
    variables: { input },
  });
  return { id: data.createApiKey.apiKey.id, secret: data.createApiKey.secret };
}

async function revoke(id: string): Promise<void> {
  await ask(gateway, 'mutation ($id: ID!) { revokeApiKey(id: $id) { __typename } }', { variables: { id } });
}
