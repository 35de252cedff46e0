import type { LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { AddressRule } from '../../src/kernel/web-address.ts';
import { createRequestSender, type LookUp, type RequestSender } from '../../src/webhooks/send-request.ts';
import { answering, openShopServer, type ShopServer } from './shop-server.ts';

let server: ShopServer;
let open: RequestSender[] = [];
beforeAll(async () => {
  // On all addresses of both families, so that every spelling of loopback leads here.
  server = await openShopServer('::');
});
afterAll(() => server.close());
afterEach(async () => {
  await Promise.all(open.map((sender) => sender.close()));
  open = [];
});
beforeEach(() => {
  server.received.length = 0;
  server.answer(answering(200, 'ok'));
});

/** Names as an attacker's DNS would have them: each ends in loopback, some look harmless at first. */
const zone: { readonly [name: string]: readonly string[] } = {
  'localhost.attacker.example': ['127.0.0.1'],
  'six.attacker.example': ['::1'],
  'mixed.attacker.example': ['93.184.215.14', '127.0.0.1'],
  'mapped.attacker.example': ['::ffff:127.0.0.1'],
  'private.attacker.example': ['10.0.0.1'],
};

const lookUp: LookUp = (name, _options, callback) => {
  const addresses = zone[name] ?? [];
  const error = addresses.length === 0 ? Object.assign(new Error('not found'), { code: 'ENOTFOUND' }) : null;
  callback(
    error,
    addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 })),
  );
};

/** Opens what would go to a default port on the port of the server: nothing but the port is changed. */
function dial(lookup: LookupFunction): buildConnector.connector {
  const connect = buildConnector({ lookup, allowH2: false });
  return (options, callback) => connect({ ...options, port: String(server.port) }, callback);
}

function senderFor(addressRule: AddressRule, timeoutMs = 2_000): RequestSender {
  const sender = createRequestSender({ addressRule, timeoutMs, lookUp, dial });
  open.push(sender);
  return sender;
}

function post(sender: RequestSender, url: string) {
  return sender.send({ url, headers: { 'content-type': 'application/json' }, body: '{}' });
}

/** Spellings that lead to the server where nothing holds them up. */
const reachable = [
  'http://127.0.0.1/n',
  'http://2130706433/n',
  'http://0177.0.0.1/n',
  'http://0x7f000001/n',
  'http://0x7f.1/n',
  'http://127.1/n',
  'http://127.0.0.2/n',
  'http://0.0.0.0/n',
  'http://0/n',
  'http://127。0。0。1/n',
  'http://１２７.０.０.１/n',
  'http://[::1]/n',
  'http://[::]/n',
  'http://[::ffff:127.0.0.1]/n',
  'http://[::ffff:7f00:1]/n',
  'http://localhost.attacker.example/n',
  'http://six.attacker.example/n',
  'http://mapped.attacker.example/n',
];

/** Addresses that lead to no server here, but would in a network that is set up for them. */
const special = [
  'http://[64:ff9b::7f00:1]/n',
  'http://[64:ff9b:1::7f00:1]/n',
  'http://[2002:7f00:1::]/n',
  'http://[::127.0.0.1]/n',
  'http://[::ffff:0:127.0.0.1]/n',
  'http://[fe80::1]/n',
  'http://[fd00::1]/n',
  'http://10.0.0.1/n',
  'http://169.254.169.254/latest/meta-data',
  'http://100.64.0.1/n',
  'http://192.168.0.1/n',
  'http://224.0.0.1/n',
  'http://localhost/n',
  'http://shop.localhost/n',
  'http://db.internal/n',
  'http://private.attacker.example/n',
  'http://mixed.attacker.example/n',
  'http://127.0.0.1:80@127.0.0.1/n',
  'http://shop.example:8080/n',
  'file:///etc/passwd',
];

describe('In the sandbox', () => {
  it.each(reachable)('%s reaches the server (the control of what follows)', async (url) => {
    expect(await post(senderFor('any'), url)).toMatchObject({ status: 200, body: 'ok' });
    expect(server.received).toHaveLength(1);
  });
});

describe('In production', () => {
  it.each([...reachable, ...special])('%s reaches nothing, with a reason that names no inner address', async (url) => {
    const outcome = await post(senderFor('public'), url);
    expect(outcome).toMatchObject({ status: undefined, error: expect.stringMatching(/public|absolute|user name/) });
    expect(server.received).toEqual([]);
  });

  it('does not follow a redirect to loopback, nor to anywhere', async () => {
    server.answer((_request, response) => response.writeHead(307, { location: 'http://127.0.0.1/inner' }).end());
    expect(await post(senderFor('any'), 'http://127.0.0.1/n')).toMatchObject({ status: 307 });
    expect(server.received.map(({ path }) => path)).toEqual(['/n']);
  });

  it('checks the very addresses that are dialled, whatever the name meant a moment ago', async () => {
    const answers = ['93.184.215.14', '127.0.0.1'];
    const dialled: string[] = [];
    const sender = createRequestSender({
      addressRule: 'public',
      lookUp: (_name, _options, callback) => callback(null, [{ address: answers.shift() ?? '', family: 4 }]),
      dial: (lookup) => (options, callback) =>
        lookup(options.hostname, { all: true }, (error, addresses) => {
          if (!error && typeof addresses !== 'string') dialled.push(...addresses.map(({ address }) => address));
          callback(error ?? new Error('no network here'), null);
        }),
    });
    open.push(sender);
    await post(sender, 'http://rebinding.attacker.example/n');
    expect(await post(sender, 'http://rebinding.attacker.example/n')).toMatchObject({
      error: 'The host name leads to an address that is not public.',
    });
    expect(dialled).toEqual(['93.184.215.14']);
  });

  it('looks names up with the resolver of the machine when no other is given', async () => {
    const sender = createRequestSender({ addressRule: 'any', dial });
    open.push(sender);
    expect(await post(sender, 'http://localhost/n')).toMatchObject({ status: 200 });
  });
});

describe('A request', () => {
  it('takes the answer as far as it came when it breaks off after its status', async () => {
    server.answer((_request, response) => {
      response.writeHead(200, { 'content-length': '100' }).write('some', () => response.destroy());
    });
    expect(await post(senderFor('any'), 'http://127.0.0.1/n')).toMatchObject({ status: 200, body: 'some' });
  });

  it('reads no more than 64 KiB of an answer that does not end', async () => {
    server.answer((_request, response) => {
      const pour = (): void => {
        while (!response.destroyed && response.write('x'.repeat(10_000)));
      };
      response.on('drain', pour).writeHead(200);
      pour();
    });
    const outcome = await post(senderFor('any', 10_000), 'http://127.0.0.1/n');
    expect('body' in outcome && outcome.body.length).toBe(64 * 1024);
    expect(outcome.durationMs).toBeLessThan(5_000);
  });

  it('is given up as a whole when its time is over, however slowly the answer drips', async () => {
    const drips: NodeJS.Timeout[] = [];
    server.answer((_request, response) => {
      response.writeHead(200);
      drips.push(setInterval(() => response.write('.'), 20));
    });
    const outcome = await post(senderFor('any', 300), 'http://127.0.0.1/n');
    for (const drip of drips) clearInterval(drip);
    expect(outcome).toMatchObject({ status: 200, body: expect.stringMatching(/^\.+$/) });
    expect(outcome.durationMs).toBeLessThan(2_000);
  });

  it('says in words what went wrong', async () => {
    expect(await post(senderFor('any'), 'http://nowhere.example/n')).toMatchObject({
      error: 'The host name does not exist.',
    });
  });

  it('sends text as UTF-8, byte for byte', async () => {
    const body = '{"title":"Zamówienie 1/2026"}';
    await senderFor('any').send({ url: 'http://127.0.0.1/a?b=%20c', headers: {}, body });
    expect(server.received).toMatchObject([{ path: '/a?b=%20c', body }]);
  });
});
