import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import {
  BramkaError,
  type ClientOptions,
  createClient,
  type EventsVariables,
  type Located,
  type TypedDocument,
} from '../../client/src/index.ts';
import { answerSubscriptions } from './answer-subscriptions.ts';

const apiKey = 'bk_test_veryOwnSecret';
const bare = `subscription ($shopId: ID!, $after: Cursor) {
  events(shopId: $shopId, after: $after) { cursor number }
}` as TypedDocument<{ readonly events: Located }, EventsVariables>;

/** What a call is thrown when this is all that fetch does. */
function failure(fetch: ClientOptions['fetch'], url = 'https://pay.example'): Promise<BramkaError> {
  const client = createClient({ url, apiKey, fetch, retries: 0 });
  return client.shop('any').then(
    () => expect.unreachable(),
    (error: BramkaError) => error,
  );
}

describe('A client that does not reach its gateway', () => {
  it('says why, and has the error of the platform as its cause', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    await new Promise((done) => server.close(done));
    const error = await failure(undefined, url);
    expect(error).toBeInstanceOf(BramkaError);
    expect(error).toMatchObject({
      code: 'CONNECTION_FAILED',
      message: `The gateway at ${url} cannot be reached (ECONNREFUSED).`,
      cause: { name: 'TypeError', cause: { code: 'ECONNREFUSED' } },
    });
  });

  it('says of events why, and has the error of the WebSocket as its cause', async () => {
    const ending = new AbortController();
    const errors: BramkaError[] = [];
    const onRetry = (error: BramkaError) => {
      errors.push(error);
      ending.abort();
    };
    const client = createClient({ url: 'http://127.0.0.1:1', apiKey });
    await client.eventsOf(bare, { shopId: 'any', after: 'any', signal: ending.signal, onRetry }).next();
    expect(errors).toMatchObject([{ code: 'CONNECTION_FAILED', cause: { code: 'ECONNREFUSED' } }]);
  });

  describe('whose certificate is not to be trusted', () => {
    const expired = Object.assign(new Error('certificate has expired'), { code: 'CERT_HAS_EXPIRED' });
    const thrown = {
      code: 'CONNECTION_FAILED',
      message: expect.stringContaining(' cannot be reached (CERT_HAS_EXPIRED).'),
    };
    /** A socket that is told so by TLS, as those of the package ws are. */
    const untrusted = () => {
      const socket: { onerror?: (event: object) => void; onclose?: (event: object) => void; close(): void } = {
        close: () => {},
      };
      setImmediate(() => {
        socket.onerror?.({ error: expired });
        socket.onclose?.({ code: 1006 });
      });
      return socket;
    };
    const never = new Proxy(WebSocket, { construct: untrusted });
    const retried: string[] = [];
    const onRetry = ({ message }: BramkaError) => void retried.push(message);

    it('is said when events are to begin, and not tried again', async () => {
      const fetch = () => Promise.reject(new TypeError('fetch failed', { cause: expired }));
      const client = createClient({ url: 'https://pay.example', apiKey, fetch, WebSocket: never });
      for (const after of [undefined, 'any']) {
        await expect(client.eventsOf(bare, { shopId: 'any', after, onRetry }).next()).rejects.toMatchObject(thrown);
      }
      expect(retried).toEqual([]);
    });

    it('is tried again where there has been a connection, since a certificate may be renewed', async () => {
      const gateway = await answerSubscriptions({
        subscribed: (say, after) => {
          if (after === 'any') say('next', { data: { events: { cursor: 'at 1', number: 1 } } });
          else say('next', { data: { events: { cursor: 'at 2', number: 2 } } });
          say('complete');
        },
      });
      let made = 0;
      const turning = new Proxy(WebSocket, {
        construct: (good, given) => {
          made += 1;
          return made === 2 ? untrusted() : Reflect.construct(good, given);
        },
      });
      const pauses = { firstMs: 1, longestMs: 1 };
      const client = createClient({ url: gateway.url, apiKey, WebSocket: turning, pauses });
      const events = client.eventsOf(bare, { shopId: 'any', after: 'any', onRetry });
      for (const number of [1, 2]) expect(await events.next()).toMatchObject({ value: { number } });
      expect(retried).toEqual([expect.stringContaining('CERT_HAS_EXPIRED')]);
      await events.return();
    });
  });

  it('hands on what a fetch of the program threw, as it is', async () => {
    const own = Object.assign(new RangeError('No more sockets.'), { code: 'E_POOL', pool: { size: 5, hosts: ['a'] } });
    const error = await failure(() => Promise.reject(own));
    expect(error.cause).toBe(own);
    expect(error.message).toBe('The gateway at https://pay.example cannot be reached (E_POOL).');
    expect(await failure(() => Promise.reject('offline'))).toMatchObject({
      message: 'The gateway at https://pay.example cannot be reached.',
      cause: 'offline',
    });
  });

  it('keeps the codes of an error that is not handed on as it is, and of what caused it', async () => {
    const certificate = Object.assign(new Error('Not for this host.'), {
      code: 'ERR_TLS_CERT_ALTNAME_INVALID',
      cert: Buffer.of(1),
    });
    const { cause } = await failure(() => Promise.reject(new TypeError('fetch failed', { cause: certificate })));
    expect(cause).toMatchObject({
      ...{ name: 'TypeError', message: 'fetch failed' },
      cause: { message: 'Not for this host.', code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
    });
    expect(inspect(cause, { depth: null })).not.toContain('cert:');
  });

  type Init = Parameters<typeof fetch>[1];
  it.each<[string, (init: Init) => unknown]>([
    ['its sentence', (init) => new Error(`Failed: ${JSON.stringify(init)}`)],
    ['what it has of the request', (init) => Object.assign(new Error('Failed.'), { config: { init } })],
    ['a request', (init) => Object.assign(new Error('Failed.'), { request: new Request('https://pay.example', init) })],
    ['a hidden place', (init) => Object.defineProperty(new Error('Failed.'), 'hidden', { value: [init] })],
    ['its cause', (init) => new Error('Failed.', { cause: new Error(JSON.stringify(init)) })],
    ['one of its errors', (init) => new AggregateError([new Error(JSON.stringify(init))], 'Failed.')],
    [
      'its code',
      (init) => Object.assign(new Error('Failed.'), { code: new Headers(init?.headers).get('authorization') }),
    ],
    ['no error', (init) => ({ headers: new Headers(init?.headers) })],
    ['a getter', (init) => Object.defineProperty(new Error('Failed.'), 'init', { enumerable: true, get: () => init })],
  ])('never hands on the API key that stands in the error: %s', async (_, make) => {
    const error = await failure((_, init) => Promise.reject(make(init)));
    expect(error).toMatchObject({
      code: 'CONNECTION_FAILED',
      cause: { message: expect.stringMatching(/^Failed|^No/) },
    });
    const all = inspect(error, { depth: null, showHidden: true, getters: true });
    expect(`${all} ${error.stack} ${JSON.stringify(error)}`).not.toContain('veryOwnSecret');
  });
});

describe('createClient', () => {
  it.each(['https://me:secret@pay.example', 'https://me@pay.example', 'https://:secret@pay.example'])(
    'refuses an address with a user name or a password, which fetch would: %s',
    (url) => {
      const make = (options: object) => () => createClient({ url: 'https://pay.example', apiKey, ...options });
      const sentence = 'must be an address without a user name and a password; apiKey is what a gateway knows you by.';
      expect(make({ url })).toThrow(new TypeError(`url ${sentence}`));
      expect(make({ websocketUrl: url.replace('https', 'wss') })).toThrow(new TypeError(`websocketUrl ${sentence}`));
    },
  );
});
