import pg from 'pg';
import { expect, it } from 'vitest';
import { readConfig } from '../src/config.ts';
import { inTransaction } from '../src/kernel/db/database.ts';
import { noteDatabaseAway } from '../src/kernel/db/note-away.ts';
import { createLog } from '../src/kernel/log.ts';
import { openPools, openStorage, urlOf } from '../src/open-storage.ts';
import { createTestDatabase } from './support/database.ts';
import { ask, startTestGateway } from './support/gateway.ts';

it.each([
  ['127.0.0.1', 'http://127.0.0.1:4000'],
  ['::1', 'http://[::1]:4000'],
  ['pay.example', 'http://pay.example:4000'],
  ['0.0.0.0', 'http://localhost:4000'],
  ['::', 'http://localhost:4000'],
  ['0:0:0:0:0:0:0:0', 'http://localhost:4000'],
])('The address of a gateway that listens at %s is one that a link can lead to', (host, url) => {
  expect(urlOf(host, 4000)).toBe(url);
});

it('A sandbox that listens at all addresses leads payers to localhost', async () => {
  const gateway = await startTestGateway({ host: '0.0.0.0' });
  const made = `mutation ($shopId: ID!) {
    createPayment(input: { shopId: $shopId, idempotencyKey: "one", amount: 100, currency: PLN, orderId: "1",
      customer: { firstName: "Jan", lastName: "Kowalski" } }) { ... on CreatePaymentSuccess { payment { url } } }
  }`;
  const { data } = await ask<{ createPayment: { payment: { url: string } } }>(gateway, made, {
    variables: { shopId: gateway.demo.shopId },
  });
  const { url } = data.createPayment.payment;
  expect(url).toMatch(/^http:\/\/localhost:\d+\/pay\//);
  expect((await fetch(url)).status).toBe(200);
  await gateway.stop();
});

it('A database that takes fewer connections than the gateway may open is warned of at the start', async () => {
  const home = await createTestDatabase();
  const said: object[] = [];
  const log = createLog('warn', { write: (line) => said.push(JSON.parse(line)) });
  const client = new pg.Client({ connectionString: home.url });
  await client.connect();
  const openWith = async (connections: number): Promise<void> => {
    await client.query(`alter database ${client.database} connection limit ${connections}`);
    const storage = await openStorage(readConfig({ DATABASE_URL: home.url }), { dataDir: '', log });
    await storage.stop();
  };
  await openWith(62);
  expect(said).toEqual([]);
  await openWith(61);
  expect(said).toEqual([
    expect.objectContaining({ connectionsMax: 61, needed: 62, msg: expect.stringContaining('raise max_connections') }),
  ]);
  await client.end();
  await home.drop();
});

it('A database is said to be back when it takes writes, not when it takes connections alone', async () => {
  const home = await createTestDatabase();
  const said: string[] = [];
  const log = createLog('warn', { write: (line) => said.push(JSON.parse(line).msg) });
  const database = openPools(home.url, readConfig({}), log);
  const other = new pg.Client({ connectionString: home.url });
  await other.connect();
  const setReadOnly = (state: 'on' | 'off') =>
    other.query(`alter database ${other.database} set default_transaction_read_only = ${state}`);
  const write = () =>
    inTransaction(database, (tx) => tx.query({ name: 'write', text: 'create table written ()', values: [] }));
  const back = 'the database can be used again';
  await setReadOnly('on');
  for (const _ of [1, 2]) noteDatabaseAway(log, await write().catch((error: unknown) => error), 'writes wait');
  await database.pool.query('select');
  expect(said).toContain('the database cannot be reached; writes wait');
  expect(said).not.toContain(back);
  await setReadOnly('off');
  // The connection of that question was opened before.
  const isWritten = () =>
    write().then(
      () => true,
      () => false,
    );
  await expect.poll(isWritten).toBe(true);
  await expect.poll(() => said.at(-1)).toBe(back);
  await other.end();
  await database.close();
  await home.drop();
});
