import { afterAll, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { follow, untilFollowed } from './follow-shop.ts';
import { createProcesses } from './gateway-process.ts';
import { createPayment, payByBlik, updateShop } from './pay.ts';
import { openShopInbox } from './shop-inbox.ts';

const processes = createProcesses();
const database = await createTestDatabase();
const shop = await openShopInbox();

afterAll(async () => {
  await processes.endAll();
  await shop.close();
  await database.drop();
});

type Told = { readonly status: string; readonly transaction: { readonly id: string } };

const updates = `subscription ($shopId: ID!) {
  transactionUpdated(shopId: $shopId) { status transaction { id } }
}`;

test('an api process and a worker process that start together on one database and data dir work as one gateway', async () => {
  const dataDir = await processes.newDataDir();
  const [api, worker] = await Promise.all(
    ['api', 'worker'].map((role) => processes.start(dataDir, { BRAMKA_ROLE: role, DATABASE_URL: database.url })),
  );
  if (!api || !worker) throw new Error('Both should have started.');
  expect(api.demo.graphqlUrl).toBe(`${api.url}/graphql`);
  await updateShop(api, { sandboxDelayMs: 0, notificationUrl: shop.url });
  const followed = follow<Told>(api.demo, updates, { shopId: api.demo.shopId });
  await untilFollowed(api.url, 1);
  const { payment } = await createPayment(api, { idempotencyKey: 'p-1' });
  const { transaction } = await payByBlik(api, { paymentId: payment?.id ?? '', idempotencyKey: 't-1' });
  const heard = await followed.inbox.until((told) => told.some(({ status }) => status === 'SETTLED'));
  expect(heard.map(({ status, transaction: { id } }) => [status, id])).toEqual([
    ['PENDING', transaction?.id],
    ['SETTLED', transaction?.id],
  ]);
  const told = await shop.inbox.until((all) => all.some((one) => one.told.transaction.status === 'settled'));
  expect(told.at(-1)?.told.transaction.id).toBe(transaction?.id);
  for (const gateway of [worker, api]) {
    expect(await gateway.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(gateway.said.stderr).toBe('');
  }
  expect(await followed.closed).toMatchObject({ code: 1012 });
});
