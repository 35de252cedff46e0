import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { connectNats } from '../../src/realtime/connect-nats.ts';
import { parseNatsUrl } from '../../src/realtime/parse-nats-url.ts';
import { createInbox } from '../start/inbox.ts';
import { makeCertificate } from '../support/make-certificate.ts';
import { type NatsServer, startNats } from '../support/nats-server.ts';

const running = new AbortController().signal;

async function connectTo(url: string, signal = running) {
  const nats = parseNatsUrl(url);
  if (!nats) throw new Error('This is no address.');
  return connectNats(nats, signal);
}

/** Why there is no connection; fails when there is one. */
async function refusalOf(url: string): Promise<string> {
  const connection = await connectTo(url).catch((error: Error) => error.message);
  if (typeof connection === 'string') return connection;
  await connection?.close();
  throw new Error('There is a connection.');
}

describe('A NATS server that takes connections and says nothing', () => {
  const [came, left] = [createInbox<Socket>(), createInbox<Socket>()];
  let silent: Server;
  let url: string;

  beforeAll(async () => {
    silent = createServer((socket) => {
      socket.on('error', () => {}).on('close', () => left.put(socket));
      came.put(socket.resume());
    }).listen(0, '127.0.0.1');
    await once(silent, 'listening');
    url = `nats://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });
  afterEach(() => vi.useRealTimers());
  afterAll(() => silent.close());

  it('is left after five seconds, so that no sockets gather', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const refused = refusalOf(url);
    await came.until((all) => all.length === 1);
    vi.advanceTimersByTime(5_000);
    expect(await refused).toMatch(/timeout/);
    await left.until((all) => all.length === 1);
  });

  it('is left at once by a process that stops', async () => {
    const stop = new AbortController();
    const connecting = connectTo(url, stop.signal);
    await came.until((all) => all.length === 2);
    stop.abort();
    expect(await connecting).toBeUndefined();
    await left.until((all) => all.length === 2);
  });
});

describe('Several NATS servers', () => {
  it('are tried until one takes us, and what is wrong with each is told, without a password', async () => {
    const [one, other] = await Promise.all([startNats({ login: { user: 'u', pass: 'p' } }), startNats()]);
    await other.stop();
    const urls = (pass: string) => `nats://u:${pass}@127.0.0.1:${other.port},nats://127.0.0.1:${one.port}`;
    await (await connectTo(urls('p')))?.close();
    const reason = await refusalOf(urls('hunter2'));
    expect(reason).toContain(`127.0.0.1:${other.port}: connection refused`);
    expect(reason).toContain(`127.0.0.1:${one.port}: Authorization Violation`);
    expect(reason).not.toContain('hunter2');
    await one.stop();
  });
});

describe('The certificate of a NATS server', () => {
  const servers = new Map<string, NatsServer>();
  const usual = getCACertificates('default');
  let folder: string;

  /** A server with a certificate for one name, by itself. */
  async function startWith(name: string): Promise<NatsServer> {
    const file = (kind: string) => join(folder, `${name}.${kind}`);
    const [key, cert] = [file('key'), file('crt')];
    await makeCertificate(key, cert, name.replace('-', ':'));
    await writeFile(file('conf'), `tls { cert_file: "${cert}", key_file: "${key}" }`);
    return startNats({ config: file('conf') });
  }

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bramka-nats-tls-'));
    for (const name of ['IP-127.0.0.1', 'DNS-localhost']) servers.set(name, await startWith(name));
    const own = [...servers.keys()].map((name) => readFile(join(folder, `${name}.crt`), 'utf8'));
    setDefaultCACertificates([...usual, ...(await Promise.all(own))]);
  });
  afterAll(async () => {
    setDefaultCACertificates(usual);
    await Promise.all([...servers.values()].map((server) => server.stop()));
    await rm(folder, { recursive: true });
  });
  const at = (host: string, name: string) => `tls://${host}:${servers.get(name)?.port}`;

  it.each([
    ['localhost', 'DNS-localhost'],
    ['127.0.0.1', 'IP-127.0.0.1'],
  ])('is taken when we asked for %s and it is for %s', async (host, name) => {
    await (await connectTo(at(host, name)))?.close();
  });

  it.each([
    ['127.0.0.1', 'DNS-localhost'],
    ['localhost', 'IP-127.0.0.1'],
  ])('is refused when we asked for %s and it is for %s', async (host, name) => {
    expect(await refusalOf(at(host, name))).toMatch(/does not match certificate|is not in the cert/);
  });
});
