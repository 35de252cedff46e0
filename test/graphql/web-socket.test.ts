import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { parse } from 'graphql';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { WebSocket } from 'ws';
import type { Actor } from '../../src/auth/actor.ts';
import type { Authenticator } from '../../src/auth/authenticate-actor.ts';
import { type KeyWatch, watchKeys } from '../../src/auth/watch-keys.ts';
import { pingEveryMs } from '../../src/graphql/ping-sockets.ts';
import { createSocketServer, type SocketOptions } from '../../src/graphql/web-socket.ts';
import { createLog } from '../../src/kernel/log.ts';

const actor: Actor = { keyId: 'key', merchantId: 'merchant', shopId: undefined, scopes: new Set(['payments:read']) };

let server: Server;
let keyWatch: KeyWatch;
/** The look at a key that is under way, of which the test decides when it ends. */
let look: PromiseWithResolvers<Actor | undefined>;
let looked: PromiseWithResolvers<void>;
/** What every operation is answered with. */
let data: { text: string };

beforeEach(async () => {
  [look, looked] = [Promise.withResolvers(), Promise.withResolvers()];
  const authenticator: Authenticator = {
    authenticate: () => {
      looked.resolve();
      return look.promise;
    },
    forget: () => {},
  };
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  keyWatch = watchKeys(authenticator);
  const document = parse('{ text }');
  const engine = { parse: () => document, validate: () => [], contextOf: () => ({}), execute: async () => ({ data }) };
  const limits = { ofGuest: async () => ({ giveBack: async () => {} }), ofKey: async () => undefined };
  const { upgrade } = createSocketServer({
    ...{ authenticator, keyWatch, openPerKey: 0, trustedProxies: [], log: createLog('silent') },
    ...{ mayCall: () => true, limits, engine },
  } as unknown as SocketOptions);
  server = createServer().on('upgrade', upgrade).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  vi.useRealTimers();
  keyWatch.close();
  server.closeAllConnections();
  server.close();
});

const serverPort = (): number => (server.address() as AddressInfo).port;

/** Both ends of a socket that has shown a key, at which the gateway looks. */
async function introduce(port = serverPort()) {
  const client = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  const both = [once(server, 'connection'), once(client, 'upgrade'), once(client, 'open')];
  const [[socket], [{ socket: end }]] = (await Promise.all(both)) as [[Socket], [IncomingMessage], unknown];
  const say = () => client.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer one' } }));
  say();
  await looked.promise;
  return { client, end, socket, say };
}

it('Who leaves while his key is looked at is none of those who use it', async () => {
  const { client, socket } = await introduce();
  const left = once(socket, 'close');
  client.terminate();
  await left;
  look.resolve(actor);
  await new Promise((resolve) => setImmediate(resolve));
  expect(keyWatch.users(actor.keyId)).toBe(0);
});

it('Who introduces himself twice is sent away, although nobody knows yet whether his key is good', async () => {
  const { client, say } = await introduce();
  say();
  const [code] = await once(client, 'close');
  look.resolve(actor);
  await new Promise((resolve) => setImmediate(resolve));
  expect([code, keyWatch.users(actor.keyId)]).toEqual([4429, 0]);
});

/** A network with one client, to whom it lets through everything, or no more than so many bytes. */
async function openGate(onTestFinished: (close: () => void) => void) {
  let left = Number.POSITIVE_INFINITY;
  let passOn = (): void => {};
  const listener = createTcpServer((near) => {
    const far = connect(serverPort(), '127.0.0.1');
    near.pipe(far);
    for (const side of [near, far]) side.on('error', () => {});
    far.on('close', () => near.destroy());
    near.on('close', () => far.destroy());
    passOn = () => {
      while (left > 0) {
        const chunk: Buffer | null = far.read(Math.min(left, far.readableLength) || undefined);
        if (chunk === null) return;
        left -= chunk.length;
        near.write(chunk);
      }
    };
    far.on('readable', passOn);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  onTestFinished(() => void listener.close());
  const letThrough = (bytes: number): void => {
    left = bytes;
    passOn();
  };
  return { port: (listener.address() as AddressInfo).port, letThrough };
}

describe('Who has asked for a large answer', () => {
  /** He has, nothing of it has come yet, and this is what he hears. */
  async function ask(size: number, onTestFinished: (close: () => void) => void) {
    const { port, letThrough } = await openGate(onTestFinished);
    data = { text: 'x'.repeat(size) };
    look.resolve(actor);
    const { client, end, socket } = await introduce(port);
    await once(client, 'message');
    letThrough(0);
    const heard: string[] = [];
    client.on('message', (message) => heard.push(JSON.parse(String(message)).type));
    client.on('pong', () => heard.push('pong of WebSockets'));
    client.send(JSON.stringify({ type: 'subscribe', id: '1', payload: { query: '{ text }' } }));
    /** Resolves when the gateway has heard all that he said. */
    const understood = (): Promise<void> => expect.poll(() => socket.bytesRead).toBe(end.bytesWritten);
    return { client, end, socket, heard, letThrough, understood };
  }

  it('is there as long as he reads, however slowly, and is cut off once he stops', async ({ onTestFinished }) => {
    const { client, end, socket, heard, letThrough, understood } = await ask(343_000, onTestFinished);
    const pause = 40_000;
    for (let read = end.bytesRead + pause; read < 343_000; read += pause) {
      letThrough(pause);
      await expect.poll(() => end.bytesRead).toBe(read);
      await understood();
      vi.advanceTimersByTime(pingEveryMs);
      expect(socket.destroyed).toBe(false);
    }
    letThrough(Number.POSITIVE_INFINITY);
    await expect.poll(() => heard).toEqual(['next', 'complete']);
    client.pause();
    client.send(JSON.stringify({ type: 'subscribe', id: '2', payload: { query: '{ text }' } }));
    await understood();
    const cutOff = once(socket, 'close');
    vi.advanceTimersByTime(3 * pingEveryMs);
    await cutOff;
    client.terminate();
  });

  it('may ask whether the gateway is there before he has read it, and is told of the first and the last time when he has', async ({
    onTestFinished,
  }) => {
    const { client, socket, heard, letThrough, understood } = await ask(20_000_000, onTestFinished);
    await understood();
    const pongs: string[] = [];
    client.on('pong', (carried) => pongs.push(String(carried)));
    client.on('message', (message) => pongs.push(...(/^{"type":"pong".*/.exec(String(message)) ?? [])));
    for (let times = 1; times <= 4; times += 1) {
      client.send(JSON.stringify({ type: 'ping', payload: { times } }));
      client.ping(String(times));
    }
    await understood();
    expect(socket.destroyed).toBe(false);
    letThrough(Number.POSITIVE_INFINITY);
    const both = ['pong', 'pong of WebSockets'];
    await expect.poll(() => heard).toEqual(['next', 'complete', ...both, ...both]);
    const carrying = (times: number) => [`{"type":"pong","payload":{"times":${times}}}`, String(times)];
    expect(pongs).toEqual([...carrying(1), ...carrying(4)]);
    client.terminate();
  });
});
