import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostNode } from '../cli/run-bramka.ts';
import { payByBlik, updateShop } from '../start/pay.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { root } from '../support/run-command.ts';

let gateway: TestGateway;
let folder: string;
let shop: ChildProcess | undefined;

beforeAll(async () => {
  gateway = await startTestGateway();
  await updateShop(gateway, { sandboxDelayMs: 0 });
  folder = await mkdtemp(join(tmpdir(), 'bramka-example-'));
});
afterAll(async () => {
  shop?.kill('SIGKILL');
  await gateway?.stop();
  await rm(folder, { recursive: true, force: true });
});

/** Starts the example as its first lines say, with the Node of this machine, and gives its address. */
async function open(): Promise<string> {
  const { apiKey, shopId, graphqlUrl } = gateway.demo;
  const settings = { BRAMKA_URL: graphqlUrl, BRAMKA_API_KEY: apiKey, BRAMKA_SHOP_ID: shopId, PORT: '0' };
  const env = { ...settings, BOOKS: join(folder, 'books.json') };
  const child = spawn(hostNode(), ['docs/example-shop.mjs'], { cwd: root, env, stdio: ['ignore', 'pipe', 'inherit'] });
  shop = child;
  const [line] = await once(createInterface(child.stdout), 'line');
  return /^The shop is at (\S+)$/.exec(line)?.[1] ?? '';
}

/** The books of a shop that was killed before the gateway said where its log is. */
async function forgetPlace(): Promise<void> {
  const file = join(folder, 'books.json');
  const { orders } = JSON.parse(await readFile(file, 'utf8')) as { readonly orders: object };
  await writeFile(file, JSON.stringify({ orders }));
}

const press = (address: string, name: string, value: string): Promise<Response> =>
  fetch(address, { method: 'POST', body: new URLSearchParams({ [name]: value }), redirect: 'manual' });
const shows = (address: string): Promise<string> => fetch(address).then((page) => page.text());

it('The example shop sells a teapot, learns that it is paid although it was killed meanwhile, and gives the money back', async () => {
  let address = await open();
  const bought = await press(address, 'buy', '1');
  expect(bought.status).toBe(303);
  const paymentId = /\/pay\/([0-9a-f-]+)$/.exec(bought.headers.get('location') ?? '')?.[1] ?? '';
  expect(await shows(address)).toContain(': NEW</li>');
  const order = /<li>([0-9a-f-]+): /.exec(await shows(address))?.[1] ?? '';
  expect((await press(address, 'refund', order)).status).toBe(422);

  shop?.kill('SIGKILL');
  await forgetPlace();
  await payByBlik(gateway, { paymentId, idempotencyKey: 'teapot' });
  address = await open();
  await expect.poll(() => shows(address)).toContain(': PAID ');

  expect((await press(address, 'refund', order)).status).toBe(303);
  await expect.poll(() => shows(address)).toContain(': REFUNDED</li>');
  const ended = once(shop as ChildProcess, 'exit');
  shop?.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
