import { randomUUID } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Scope, scopes } from '../../src/auth/actor.ts';
import { hashKey, newApiKey } from '../../src/auth/model.ts';
import { insertKey } from '../../src/auth/store.ts';
import { type Database, inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import { createShop } from '../support/factories.ts';
import { ask, type TestGateway } from '../support/gateway.ts';
import { runCommand } from '../support/run-command.ts';
import { createProcesses, databaseUrlIn } from './gateway-process.ts';
import { createPayment, payByBlik } from './pay.ts';

const processes = createProcesses();
const secret = 'a secret for tests only, long enough to be one';
const settings = { BRAMKA_MODE: 'production', BRAMKA_SECRET: secret, PUBLIC_URL: 'https://pay.example' };
let dataDir: string;
let gateway: Pick<TestGateway, 'url' | 'demo'>;
let database: Database;

beforeAll(async () => {
  dataDir = await processes.newMigratedDataDir();
  const { url, demo } = await processes.start(dataDir, settings);
  database = openDatabase({ url: await databaseUrlIn(dataDir) });
  const { shop } = await createShop(database);
  const apiKey = await giveKey(shop.merchantId);
  gateway = { url, demo: { ...demo, merchantId: shop.merchantId, shopId: shop.id, apiKey } };
});
afterAll(async () => {
  await database.close();
  await processes.endAll();
});

async function giveKey(merchantId: string): Promise<string> {
  const key = newApiKey('live');
  const owner = { id: randomUUID(), kind: 'API', merchantId, shopId: null, name: 'Test' } as const;
  const secrets = { hash: new Uint8Array(hashKey(key)), hint: key.slice(-4), scopes: Object.keys(scopes) as Scope[] };
  const times = { createdAt: new Date('2026-01-01T00:00:00.000Z'), expiresAt: null, revokedAt: null };
  await inTransaction(database, (tx) => insertKey(tx, { ...owner, ...secrets, ...times }));
  return key;
}

test('production has no demo and no GraphiQL', async () => {
  expect(existsSync(join(dataDir, 'demo.json'))).toBe(false);
  const page = await fetch(`${gateway.url}/graphql`, { headers: { accept: 'text/html' } });
  expect(page.status).not.toBe(200);
  expect(await page.text()).not.toMatch(/graphiql/i);
});

test('production is no sandbox for a process that was not told of the mode, and gets no key of an operator from it', async () => {
  const DATABASE_URL = await databaseUrlIn(dataDir);
  const another = processes.launch(await processes.newDataDir(), { DATABASE_URL, BRAMKA_SECRET: secret });
  expect(await another.ended).toEqual({ code: 1, signal: null });
  expect(another.said.stderr).toMatch(/^The mode is sandbox, and that of this database is production; .*\n$/);
  expect(await database.prisma.merchant.count()).toBe(1);
  const run = (args: readonly string[], told = {}) =>
    runCommand('src/cli/operator-key.ts', args, { DATABASE_URL, ...told });
  const refused = await run(['--name', 'Anna Nowak']);
  expect(refused).toEqual({ code: 2, stdout: '', stderr: another.said.stderr });
  const made = await run(['--name', 'Anna Nowak'], settings);
  expect(made.stdout).toMatch(/\nKey: bo_live_/);
  const id = /^Id: +(\S+)/.exec(made.stdout)?.[1] ?? '';
  expect(await run(['--revoke', id])).toEqual({ code: 0, stdout: `${id} is revoked.\n`, stderr: '' });
});

test('production leads payers to its public address', async () => {
  const { payment } = await createPayment(gateway, { idempotencyKey: 'p-0' });
  const { data } = await ask(gateway, 'query ($id: ID!) { payment(id: $id) { url } }', { variables: payment ?? {} });
  expect(data).toEqual({ payment: { url: `https://pay.example/pay/${payment?.id}` } });
});

test('production has no BLIK as long as no acquirer for it is set up', async () => {
  const refused = await createPayment(gateway, { idempotencyKey: 'p-1', methods: ['BLIK'] });
  expect(refused).toMatchObject({ code: 'METHOD_NOT_AVAILABLE' });
  const { payment } = await createPayment(gateway, { idempotencyKey: 'p-2' });
  const started = await payByBlik(gateway, { paymentId: payment?.id ?? '', idempotencyKey: 't-1' });
  expect(started).toMatchObject({ code: 'METHOD_NOT_AVAILABLE' });
  const methods = 'query ($id: ID!) { paymentMethods(shopId: $id, amount: 100, currency: PLN) { method } }';
  const { data } = await ask(gateway, methods, { variables: { id: gateway.demo.shopId } });
  expect(data).toEqual({ paymentMethods: [] });
  const page = await (await fetch(`${gateway.url}/pay/${payment?.id}?lang=en`)).text();
  expect(page).not.toMatch(/<form|Test mode/);
});

test.each(['http://localhost/n', 'http://127.0.0.1/n', 'http://[::1]/n', 'https://shop.example:8443/n'])(
  'production calls no shop at %s',
  async (notificationUrl) => {
    const refused = await createPayment(gateway, { idempotencyKey: randomUUID(), notificationUrl });
    expect(refused).toMatchObject({ code: 'INVALID_INPUT', field: expect.arrayContaining(['notificationUrl']) });
    const query = `mutation ($input: UpdateShopInput!) { updateShop(input: $input) { ... on Refusal { code field } } }`;
    const variables = { input: { shopId: gateway.demo.shopId, notificationUrl } };
    const { data } = await ask<{ updateShop: object }>(gateway, query, { variables });
    expect(data.updateShop).toMatchObject({ code: 'INVALID_INPUT' });
  },
);
