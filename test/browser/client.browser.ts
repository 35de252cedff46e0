import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openWire, type Wire } from '../client/open-wire.ts';
import { startTestGateway, type TestGateway } from '../support/gateway.ts';
import { root } from '../support/run-command.ts';
import { openBrowser } from './support/open-browser.ts';

let gateway: TestGateway;
let wire: Wire;
let server: Server;
let browser: Browser;

/** Where a page without a bundler finds the modules: an import map names them. */
const folders = { '/client/': 'client/dist', '/graphql-ws/': 'node_modules/graphql-ws/dist' };
const imports = { '@bramka/client': '/client/index.js', 'graphql-ws/client': '/graphql-ws/client.js' };
const page = `<!doctype html><title>Dashboard</title><link rel="icon" href="data:,">
<script type="importmap">${JSON.stringify({ imports })}</script>
<script type="module">import * as bramka from '@bramka/client'; window.bramka = bramka;</script>`;

beforeAll(async () => {
  gateway = await startTestGateway();
  wire = await openWire(gateway.url);
  server = createServer(async (request, response) => {
    const path = request.url ?? '';
    const [prefix, folder] = Object.entries(folders).find(([start]) => path.startsWith(start)) ?? [];
    if (!prefix || !folder) return response.setHeader('content-type', 'text/html').end(page);
    const text = await readFile(join(root, folder, path.slice(prefix.length)), 'utf8');
    return response.setHeader('content-type', 'text/javascript').end(text);
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser?.close();
  server?.closeAllConnections();
  await new Promise((done) => server?.close(done));
  await wire?.close();
  await gateway?.stop();
});

it('The client works in a page: it makes payments and follows events over lost connections', async () => {
  const tab = await browser.newPage();
  const complaints: string[] = [];
  tab.on('pageerror', (error) => complaints.push(String(error)));
  await tab.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await tab.waitForFunction('window.bramka');
  const { apiKey, shopId } = gateway.demo;
  await tab.evaluate(`new Promise((onStart) => {
    window.client = bramka.createClient({ url: '${wire.url}', apiKey: '${apiKey}', pauses: { firstMs: 5, longestMs: 20 } });
    window.seen = [];
    window.pay = (idempotencyKey) => client.createPayment({ shopId: '${shopId}', idempotencyKey, amount: 1234, currency: 'PLN',
      orderId: idempotencyKey, customer: { firstName: 'Jan', lastName: 'Nowak' } });
    (async () => {
      for await (const event of client.events({ shopId: '${shopId}', onStart })) seen.push([event.number, event.payment.orderId]);
    })();
  })`);
  expect(await tab.evaluate(`pay('one').then(({ payment }) => payment.status)`)).toBe('NEW');
  await expect.poll(() => tab.evaluate('seen')).toEqual([[1, 'one']]);
  wire.cut();
  await tab.evaluate(`pay('two').then(() => pay('three'))`);
  await expect
    .poll(() => tab.evaluate('seen'))
    .toEqual([
      [1, 'one'],
      [2, 'two'],
      [3, 'three'],
    ]);
  const refused = `bramka.outcomeOf(client.cancelPayment({ paymentId: crypto.randomUUID() })).then(({ error }) => error.code)`;
  expect(await tab.evaluate(refused)).toBe('NOT_FOUND');
  expect(complaints).toEqual([]);
});
