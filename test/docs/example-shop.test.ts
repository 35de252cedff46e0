import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostNode } from '../cli/run-bramka.ts';
import { payByBlik, updateShop } from '../start/pay.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
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

/** Buys a teapot. @returns the order and the payment. */
async function buy(address: string): Promise<{ readonly order: string; readonly paymentId: string }> {
  const bought = await press(address, 'buy', '1');
  const paymentId = /\/pay\/([0-9a-f-]+)$/.exec(bought.headers.get('location') ?? '')?.[1] ?? '';
  const order = [...(await shows(address)).matchAll(/<li>([0-9a-f-]+): NEW/g)].at(-1)?.[1] ?? '';
  return { order, paymentId };
}

/** Orders an operation whose answer has one field. */
async function mutate<Made>(field: string, input: object, selection: string): Promise<Made> {
  const name = `${field[0]?.toUpperCase()}${field.slice(1)}`;
  const query = `mutation ($input: ${name}Input!) {
    ${field}(input: $input) { ... on ${name}Success { ${selection} } ... on Refusal { code message } }
  }`;
  return (await ask<Record<string, Made>>(gateway, query, { variables: { input } })).data[field] as Made;
}

it('The example shop takes no second payment for the order’s, gives it back, and knows a partial refund from a full one', async () => {
  const address = await open();
  const { order, paymentId } = await buy(address);
  const atBank = { paymentId, idempotencyKey: 'bank', method: 'PBL', channel: 'mtransfer' };
  const { action } = await mutate<{ action: { url: string } }>(
    'startTransaction',
    atBank,
    'action { ... on Redirect { url } }',
  );
  const byBlik = { paymentId, idempotencyKey: 'blik', method: 'BLIK', blik: { code: '123456' }, supersede: true };
  type Started = { readonly transaction: { readonly id: string } };
  const { transaction } = await mutate<Started>('startTransaction', byBlik, 'transaction { id }');
  await expect.poll(() => shows(address)).toContain(`${order}: PAID `);

  // The payer goes back to the bank, and pays there as well.
  await fetch(action.url, { method: 'POST', body: new URLSearchParams({ decision: 'approve' }), redirect: 'manual' });
  const given = `{ payment(id: "${paymentId}") { transactions { edges { node { surplus refunds { edges { node { status } } } } } } } }`;
  type Given = { surplus: boolean; refunds: { edges: { node: { status: string } }[] } };
  type Asked = { payment: { transactions: { edges: { node: Given }[] } } };
  const surplus = async () => {
    const { data } = await ask<Asked>(gateway, given);
    const nodes = data.payment.transactions.edges.map(({ node }) => node);
    return nodes.filter((node) => node.surplus).flatMap(({ refunds }) => refunds.edges.map(({ node }) => node.status));
  };
  await expect.poll(surplus).toEqual(['SETTLED']);
  const part = { transactionId: transaction.id, idempotencyKey: 'part', amount: 1_000 };
  const { refund } = await mutate<{ refund: { id: string } }>('createRefund', part, 'refund { id }');
  const told = `{ refund(id: "${refund.id}") { status } }`;
  const statusOf = async () => (await ask<{ refund: { status: string } }>(gateway, told)).data.refund.status;
  await expect.poll(statusOf).toBe('SETTLED');

  // Whoever has the next event has had those of the first order.
  const next = await buy(address);
  await payByBlik(gateway, { paymentId: next.paymentId, idempotencyKey: 'next' });
  await expect.poll(() => shows(address)).toContain(`${next.order}: PAID `);
  expect(await shows(address)).toContain(`${order}: PAID `);
  expect((await press(address, 'refund', order)).status).toBe(303);
  await expect.poll(() => shows(address)).toContain(`${order}: REFUNDED</li>`);
});
