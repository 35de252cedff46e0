import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createProcesses, type Gateway, type Settings } from '../start/gateway-process.ts';
import { createInbox } from '../start/inbox.ts';
import { createPayment } from '../start/pay.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { endBramkas, type Running, startBramka } from './run-bramka.ts';

const processes = createProcesses();
let storage: TestDatabase;
let folder: string;

beforeAll(async () => {
  storage = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'bramka-listen-'));
});
afterAll(async () => {
  endBramkas();
  await processes.endAll();
  await storage?.drop();
  await rm(folder, { recursive: true, force: true });
});

type Taken = { readonly id: string; readonly number: number; readonly type: string };

/** The server of a developer, which is started and stopped on one port, and checks what it is sent. */
function createHook() {
  const inbox = createInbox<Taken>();
  let server: Server | undefined;
  let port = 0;
  const open = async (key: string): Promise<string> => {
    const next = createServer(async (request, response) => {
      let body = '';
      for await (const part of request.setEncoding('utf8')) body += part;
      const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signature } = request.headers;
      const mac = createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64');
      const isGood = signature === `v1,${mac}`;
      const { type, data } = JSON.parse(body) as { type: string; data: { number: number } };
      if (isGood) inbox.put({ id: String(id), number: data.number, type });
      response.writeHead(isGood ? 200 : 403).end();
    });
    await new Promise<void>((done) => next.listen(port, '127.0.0.1', done));
    server = next;
    port = (next.address() as AddressInfo).port;
    return `http://127.0.0.1:${port}/hook`;
  };
  const close = async (): Promise<void> => {
    server?.closeAllConnections();
    await new Promise((done) => server?.close(done));
  };
  return { inbox, open, close };
}

/** A gateway that is killed and started again under the same address. */
async function startAgain(before: Gateway | undefined, settings: Settings = {}): Promise<Gateway> {
  const port = before ? new URL(before.url).port : '0';
  const dataDir = before?.dataDir ?? (await processes.newDataDir());
  return processes.start(dataDir, { ...settings, DATABASE_URL: storage.url, PORT: port });
}

it('`bramka listen` posts every event once, in its order, whatever is killed and started again', {
  timeout: 180_000,
}, async () => {
  let gateway = await startAgain(undefined);
  const hook = createHook();
  const address = await hook.open(gateway.demo.serviceKey);
  const env = { BRAMKA_DATA_DIR: gateway.dataDir };
  const args = ['listen', '--forward', address, '--form', 'standard', '--place', join(folder, 'place.json')];
  const begun = (run: Running) =>
    run.remarks.until((said) => said.some((line) => line.startsWith('Listening to shop ')));
  let made = 0;
  const pay = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index += 1) await createPayment(gateway, { idempotencyKey: `listen-${++made}` });
  };
  const untilTaken = (count: number) =>
    hook.inbox.until((taken) => new Set(taken.map(({ number }) => number)).size >= count);

  let listener = startBramka([...args, '--from-start'], env);
  await begun(listener);
  await pay(3);
  await untilTaken(3);
  // The gateway dies and comes back; payments are made before the listener can know.
  await gateway.end('SIGKILL');
  await listener.remarks.until((said) => said.some((line) => /Trying again in \d+\.\d s\.$/.test(line)));
  gateway = await startAgain(gateway);
  await pay(2);
  await untilTaken(5);
  // The listener is told to stop, and sleeps while things happen.
  expect(await listener.end('SIGINT')).toBe(0);
  await pay(2);
  listener = startBramka(args, env);
  await untilTaken(7);
  // The developer's server is away for a while.
  await hook.close();
  await pay(2);
  await listener.remarks.until((said) => said.some((line) => /^No answer from .* \(ECONN[A-Z]+\); /.test(line)));
  await hook.open(gateway.demo.serviceKey);
  await untilTaken(9);
  // The listener dies in the midst of it.
  await pay(3);
  await listener.end('SIGKILL');
  await pay(1);
  listener = startBramka(args, env);
  await untilTaken(13);
  expect(await listener.end('SIGTERM')).toBe(0);

  const { items } = hook.inbox;
  // What died between the server's answer and the writing of the place posts that one event again.
  const once = items.filter(({ id }, index) => id !== items[index - 1]?.id);
  expect(once.map(({ number }) => number)).toEqual(Array.from({ length: 13 }, (_, index) => index + 1));
  expect(items.length - once.length).toBeLessThanOrEqual(1);
  expect(JSON.parse(await readFile(join(folder, 'place.json'), 'utf8'))).toEqual({
    shopId: gateway.demo.shopId,
    target: address,
    form: 'standard',
    types: [],
    cursor: once.at(-1)?.id,
  });
  const said = [...listener.lines.items, ...listener.remarks.items].join('\n');
  for (const secret of [gateway.demo.apiKey, gateway.demo.serviceKey]) expect(said).not.toContain(secret);
  await hook.close();
});
