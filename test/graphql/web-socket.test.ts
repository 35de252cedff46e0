import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { Actor } from '../../src/auth/actor.ts';
import type { Authenticator } from '../../src/auth/authenticate-actor.ts';
import { type KeyWatch, watchKeys } from '../../src/auth/watch-keys.ts';
import { createSocketServer, type SocketOptions } from '../../src/graphql/web-socket.ts';
import { createLog } from '../../src/kernel/log.ts';

const actor: Actor = { keyId: 'key', merchantId: 'merchant', shopId: undefined, scopes: new Set(['payments:read']) };

let server: Server;
let keyWatch: KeyWatch;
/** The look at a key that is under way, of which the test decides when it ends. */
let look: PromiseWithResolvers<Actor | undefined>;
let looked: PromiseWithResolvers<void>;

beforeEach(async () => {
  [look, looked] = [Promise.withResolvers(), Promise.withResolvers()];
  const authenticator: Authenticator = {
    authenticate: () => {
      looked.resolve();
      return look.promise;
    },
    forget: () => {},
  };
  keyWatch = watchKeys(authenticator);
  // What a socket needs that never asks for an operation.
  const { upgrade } = createSocketServer({
    ...{ authenticator, keyWatch, openPerKey: 0, trustedProxies: [], log: createLog('silent') },
    ...{ mayCall: () => true, limits: { ofGuest: async () => ({ giveBack: async () => {} }) } },
  } as unknown as SocketOptions);
  server = createServer().on('upgrade', upgrade).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  keyWatch.close();
  server.close();
});

/** Both ends of a socket that has shown a key, at which the gateway looks. */
async function introduce() {
  const { port } = server.address() as AddressInfo;
  const client = new WebSocket(`ws://127.0.0.1:${port}/graphql`, 'graphql-transport-ws');
  const [[socket]] = (await Promise.all([once(server, 'connection'), once(client, 'open')])) as [[Socket], unknown];
  const say = () => client.send(JSON.stringify({ type: 'connection_init', payload: { authorization: 'Bearer one' } }));
  say();
  await looked.promise;
  return { client, socket, say };
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
