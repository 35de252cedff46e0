import http from 'node:http';
import net from 'node:net';
import { type Duplex, Writable } from 'node:stream';
import { Hono } from 'hono';
import { pino } from 'pino';
import { afterAll, afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { HttpEnv } from '../../src/http/deps.ts';
import { readBody } from '../../src/http/read-body.ts';
import type { HttpServer } from '../../src/http/server.ts';
import { StartError } from '../../src/kernel/start-error.ts';
import { takePort } from '../support/take-port.ts';
import { sendRaw, startServer } from './world.ts';

const router = new Hono<HttpEnv>()
  .onError((_, c) => c.text('failed', 500))
  .get('/hello', (c) => c.text('hello'))
  .get('/redirect', (c) => c.redirect(`/to/${c.req.query('to')}`))
  .get('/throw', () => {
    throw 'a text, not an Error';
  })
  .post('/body', async (c) => c.text(String((await readBody(c.req.raw)).length)));

let server: HttpServer;
let port: number;
let url: string;

beforeEach(async () => {
  ({ server, port, url } = await startServer({ router }));
});
afterEach(() => server.close());

const unhandled: unknown[] = [];
const note = (error: unknown) => unhandled.push(error);
process.on('unhandledRejection', note);
process.on('uncaughtException', note);
afterAll(() => {
  process.off('unhandledRejection', note);
  process.off('uncaughtException', note);
});

const close = 'Host: x\r\nConnection: close\r\n\r\n';
const stillAnswers = async () => (await fetch(`${url}/hello`)).text();

describe('The HTTP server', () => {
  it('sends exactly /graphql to GraphQL, with any query, and the rest to the router', async () => {
    expect(await (await fetch(`${url}/graphql`)).text()).toBe('graphql');
    expect(await (await fetch(`${url}/graphql?query=x`)).text()).toBe('graphql');
    expect(await (await fetch(`${url}/hello?a=/graphql`)).text()).toBe('hello');
    expect((await fetch(`${url}/graphql/x`)).status).toBe(404);
    expect(await sendRaw(port, `GET http://x/graphql HTTP/1.1\r\n${close}`)).toContain('graphql');
  });

  it('answers HTTP/1.0 without a Host, as a probe of HAProxy sends it', async () => {
    expect(await sendRaw(port, 'GET /hello HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 200 OK.*hello$/s);
    expect(await sendRaw(port, 'GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n')).toMatch(/^HTTP\/1\.1 400 /);
  });

  it('closes connections beyond the limit at once, and takes new ones when others have ended', async () => {
    const limited = await startServer({ router, connectionsMax: 1 });
    const first = net.connect(limited.port, '127.0.0.1');
    first.write('GET /hello HTTP/1.1\r\nHost: x\r\n\r\n');
    await new Promise((answered) => first.once('data', answered));
    expect(await sendRaw(limited.port, `GET /hello HTTP/1.1\r\n${close}`)).toBe('');
    first.end();
    while (!(await sendRaw(limited.port, `GET /hello HTTP/1.1\r\n${close}`)).includes('hello'));
    await limited.server.close();
  });

  it('gives every answer an id of its own, whatever the request brings, and the security headers', async () => {
    const ids = new Set<string>();
    for (const path of ['/hello', '/graphql', '/nothing', '/throw']) {
      const { headers } = await fetch(`${url}${path}`, { headers: { 'x-request-id': 'mine' } });
      ids.add(headers.get('x-request-id') ?? 'mine');
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
      expect(headers.get('x-frame-options')).toBe('DENY');
      expect(headers.get('content-security-policy')).toBe("frame-ancestors 'none'");
      expect(headers.get('strict-transport-security')).toBeNull();
    }
    expect(ids.size).toBe(4);
    expect(ids).not.toContain('mine');
  });

  it('tells browsers to keep to https when it is reached by https alone', async () => {
    const secure = await startServer({ router, httpsOnly: true });
    const { headers } = await fetch(`${secure.url}/hello`);
    await secure.server.close();
    expect(headers.get('strict-transport-security')).toBe('max-age=31536000');
  });

  it('logs method, path, status and id, and nothing that could be secret', async () => {
    const lines: string[] = [];
    const sink = new Writable({ write: (line, _, done) => done(void lines.push(String(line))) });
    const logged = await startServer({ router, log: pino({ level: 'debug' }, sink) });
    const answer = await fetch(`${logged.url}/hello?signature=s3cret`, { headers: { authorization: 'Bearer s3cret' } });
    await answer.text();
    await logged.server.close();
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      ...{ method: 'GET', path: '/hello', status: 200, whole: true },
      requestId: answer.headers.get('x-request-id'),
    });
    expect(lines.join()).not.toContain('s3cret');
  });
});

describe('No request', () => {
  const severalHosts = /^HTTP\/1\.1 400 [\s\S]*Connection: close[\s\S]*more than one Host header; send one\./i;
  const odd: Record<string, readonly [bytes: string, answer: RegExp]> = {
    'for two slashes': [`GET // HTTP/1.1\r\n${close}`, /^HTTP\/1\.1 404 /],
    'with a broken escape': [`GET /%zz%E0%A4 HTTP/1.1\r\n${close}`, /^HTTP\/1\.1 404 /],
    'with line ends in a parameter': [
      `GET /redirect?to=a%0d%0aSet-Cookie:x=1 HTTP/1.1\r\n${close}`,
      /^HTTP\/1\.1 [345]/,
    ],
    'with a backslash in its path': [`GET /a\\b HTTP/1.1\r\n${close}`, /^HTTP\/1\.1 400 /],
    'with a Host that is none': [`GET /hello HTTP/1.1\r\nHost: a b/c\r\nConnection: close\r\n\r\n`, /^HTTP\/1\.1 400 /],
    'without a Host': ['GET /hello HTTP/1.1\r\nConnection: close\r\n\r\n', /^HTTP\/1\.1 400 /],
    'with two Hosts': [`GET /hello HTTP/1.1\r\nHost: y\r\nhost: x\r\n\r\n`, severalHosts],
    'with the same Host twice, for GraphQL': [`POST /graphql HTTP/1.1\r\nHost: x\r\nHost: x\r\n\r\n`, severalHosts],
    'for a WebSocket with two Hosts': [
      'GET /graphql HTTP/1.1\r\nHost: x\r\nHost: y\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      severalHosts,
    ],
    'for no path at all': [`GET hello HTTP/1.1\r\n${close}`, /^HTTP\/1\.1 400 /],
    'that is no HTTP': ['\x16\x03\x01\x02\x00\x01', /^HTTP\/1\.1 400 /],
    'with a length that is none': [`POST /body HTTP/1.1\r\nContent-Length: x\r\n${close}`, /^HTTP\/1\.1 400 /],
    'with two lengths': [
      `POST /body HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n${close}`,
      /^HTTP\/1\.1 400 /,
    ],
    'with broken chunks': [`POST /body HTTP/1.1\r\nTransfer-Encoding: chunked\r\n${close}zz\r\n`, /^HTTP\/1\.1 400 /],
    'with huge headers': [`GET /hello HTTP/1.1\r\nX: ${'x'.repeat(40_000)}\r\n${close}`, /^HTTP\/1\.1 431 /],
    'with the method TRACE': [`TRACE /hello HTTP/1.1\r\nCookie: a=b\r\n${close}`, /^HTTP\/1\.1 405 (?![\s\S]*a=b)/],
    'with the method CONNECT': [`CONNECT shop.example:443 HTTP/1.1\r\n${close}`, /^HTTP\/1\.1 405 /],
    'OPTIONS *': [`OPTIONS * HTTP/1.1\r\n${close}`, /^HTTP\/1\.1 200 [\s\S]*Allow: GET, HEAD, POST, OPTIONS/],
    'GET *': [`GET * HTTP/1.1\r\n${close}`, /^HTTP\/1\.1 400 /],
    'that makes a route throw': [`GET /throw HTTP/1.1\r\n${close}`, /^HTTP\/1\.1 500 (?![\s\S]*a text)/],
    'for a WebSocket elsewhere': [
      'GET /hello HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
      /^HTTP\/1\.1 404 /,
    ],
  };

  it.each(Object.entries(odd))('%s ends the process; each has its answer', async (_, [bytes, answer]) => {
    const answered = await sendRaw(port, bytes);
    expect(answered).toMatch(answer);
    expect(answered).not.toMatch(/^set-cookie:/im);
    expect(await stillAnswers()).toBe('hello');
    expect(unhandled).toEqual([]);
  });

  it('that breaks off in its body ends the process', async () => {
    const socket = net.connect(port, '127.0.0.1');
    socket.write('POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\nExpect: 100-continue\r\n\r\n');
    await new Promise((resolve) => socket.once('data', resolve));
    socket.write('half');
    socket.resetAndDestroy();
    expect(await stillAnswers()).toBe('hello');
    expect(unhandled).toEqual([]);
  });

  it('that offers HTTP/2 is refused; it is answered by HTTP/1.1', async () => {
    const offer = 'Connection: Upgrade, HTTP2-Settings, close\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n';
    expect(await sendRaw(port, `GET /hello HTTP/1.1\r\nHost: x\r\n${offer}\r\n`)).toMatch(/^HTTP\/1\.1 200 /);
  });

  it('whose GraphQL fails stays without an answer', async () => {
    const failing = await startServer({
      router,
      graphql: {
        handle: () => Promise.reject(new Error('a secret')),
        upgrade: () => {
          throw new Error('a secret');
        },
      },
    });
    const answered = await fetch(`${failing.url}/graphql`);
    expect([answered.status, await answered.text()]).toEqual([500, expect.not.stringContaining('a secret')]);
    const websocket = 'GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n';
    expect(await sendRaw(failing.port, websocket)).toMatch(/^HTTP\/1\.1 500 /);
    await failing.server.close();
  });
});

describe('WebSockets', () => {
  it.each([
    'GET /graphql HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
    'CONNECT shop.example:443 HTTP/1.1\r\nHost: x\r\n\r\n',
  ])('are not opened behind requests that are not answered yet, nor is anything said: %s', async (asked) => {
    const answers: http.ServerResponse[] = [];
    const handle = (_: unknown, res: http.ServerResponse) => {
      answers.push(res);
      if (answers.length === 2) answers[0]?.end('first');
    };
    const upgrade = (_: unknown, socket: Duplex) => void socket.end('HTTP/1.1 101 Switching Protocols\r\n\r\n');
    const busy = await startServer({ router, graphql: { handle, upgrade } });
    const get = 'GET /graphql HTTP/1.1\r\nHost: x\r\n\r\n';
    const answered = new Promise<string>((resolve) => {
      let text = '';
      const socket = net.connect(busy.port, '127.0.0.1', () => socket.write(`${get}${get}`));
      socket.setEncoding('latin1');
      socket.on('error', () => undefined);
      socket.on('data', (part) => {
        // The first is answered, the second is not.
        if (text === '') socket.write(asked);
        text += part;
      });
      socket.on('close', () => resolve(text));
    });
    expect((await answered).match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 200']);
    await busy.server.close();
  });

  it('are taken on /graphql by GraphQL', async () => {
    const asked = 'GET /graphql?x=1 HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: WebSocket\r\n\r\n';
    expect(await sendRaw(port, asked)).toMatch(/^HTTP\/1\.1 101 /);
  });
});

describe('Starting', () => {
  it('says in one line that the port is taken', async () => {
    const taken = await takePort();
    const other = await startServer({ router });
    await other.server.close();
    const starting = other.server.listen(taken.port, '127.0.0.1');
    await expect(starting).rejects.toThrow(`Port ${taken.port} on 127.0.0.1 is in use; set PORT to a free one.`);
    await expect(starting).rejects.toBeInstanceOf(StartError);
    taken.free();
  });

  it('says in one line that the address is not of this machine', async () => {
    const other = await startServer({ router });
    await other.server.close();
    await expect(other.server.listen(0, '192.0.2.1')).rejects.toThrow(
      '192.0.2.1 is no address of this machine; set HOST',
    );
  });
});

describe('Leaving', () => {
  it('goes on to answer, also on new connections and those that lie idle, and says that it keeps none', async () => {
    const leaving = await startServer({ router });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const ask = () =>
      new Promise<unknown[]>((resolve, reject) => {
        const asked = http.get(`${leaving.url}/hello`, { agent }, (res) => {
          res.resume().on('end', () => resolve([res.statusCode, res.headers.connection, asked.reusedSocket]));
        });
        asked.on('error', reject);
      });
    expect(await ask()).toEqual([200, 'keep-alive', false]);
    leaving.server.leave();
    expect(await ask()).toEqual([200, 'close', true]);
    expect(await ask()).toEqual([200, 'close', false]);
    await leaving.server.close();
  });
});

describe('Closing', () => {
  it('waits for what is running, keeps no connection, and takes nothing new', async () => {
    const { promise: held, resolve: release } = Promise.withResolvers<void>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<void>();
    const slow = await startServer({
      router: new Hono<HttpEnv>().get('/slow', async (c) => {
        arrive();
        await held;
        return c.text('done');
      }),
    });
    const agent = new http.Agent({ keepAlive: true });
    const running = new Promise<unknown[]>((resolve, reject) => {
      const take = (res: http.IncomingMessage) =>
        res.on('data', (part) => resolve([String(part), res.headers.connection]));
      http.get(`${slow.url}/slow`, { agent }, take).on('error', reject);
    });
    await arrived;
    const closing = slow.server.close();
    await expect(fetch(slow.url)).rejects.toThrow();
    release();
    const released = performance.now();
    // A proxy that were not told so would send its next request into the connection that is being closed.
    expect(await running).toEqual(['done', 'close']);
    await closing;
    // Far from the 10 seconds after which it is cut off: the connection that was kept alive is not waited for.
    expect(performance.now() - released).toBeLessThan(5_000);
    agent.destroy();
  });
});
