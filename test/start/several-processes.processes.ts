import { afterAll, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { startNats } from '../support/nats-server.ts';
import { follow, untilFollowed } from './follow-shop.ts';
import { createProcesses, type Gateway } from './gateway-process.ts';
import { createPayment, payByBlik, updateShop } from './pay.ts';
import { type Notified, openShopInbox } from './shop-inbox.ts';

type Told = { readonly number: string; readonly cursor: string; readonly type: string };

const events = `subscription ($shopId: ID!, $after: Cursor) {
  events(shopId: $shopId, after: $after) { number cursor type }
}`;

const nats = await startNats();
const processes = createProcesses();
const database = await createTestDatabase();
const shop = await openShopInbox();

afterAll(async () => {
  await processes.endAll();
  await nats.stop();
  await shop.close();
  await database.drop();
});

/** Starts two processes that serve and two that work, on one database; gives those that serve. */
async function startFour(): Promise<readonly [Gateway, Gateway]> {
  const dataDir = await processes.newDataDir();
  const start = (role: string) =>
    processes.start(dataDir, { BRAMKA_ROLE: role, DATABASE_URL: database.url, NATS_URL: nats.url });
  // The first makes the demo shop and the secret, which the others then find.
  const one = await start('api');
  const [other] = await Promise.all([start('api'), start('worker'), start('worker')]);
  if (!other) throw new Error('All should have started.');
  return [one, { ...other, demo: { ...one.demo, websocketUrl: `${other.url.replace('http', 'ws')}/graphql` } }];
}

/** Pays four payments at each of the processes; gives the transactions. */
async function payAtAll(gateways: readonly Gateway[], round: string): Promise<string[]> {
  const names = ['a', 'b', 'c', 'd'].map((name) => `${round}-${name}`);
  const pay = async (gateway: Gateway, key: string): Promise<string> => {
    const { payment } = await createPayment(gateway, { idempotencyKey: key });
    const { transaction } = await payByBlik(gateway, { paymentId: payment?.id ?? '', idempotencyKey: key });
    return transaction?.id ?? `none for ${key}`;
  };
  return Promise.all(gateways.flatMap((gateway, index) => names.map((name) => pay(gateway, `${index}-${name}`))));
}

const settledIn = (count: number) => (told: readonly Told[]) =>
  told.filter(({ type }) => type === 'TRANSACTION_SETTLED').length >= count;

const numbersOf = (told: readonly Told[]) => told.map(({ number }) => Number(number));

/** Numbers on end. */
const range = (first: number, count: number) => Array.from({ length: count }, (_, index) => first + index);

test('two processes that serve and two that work tell every subscriber and the shop all that happened, once, also when every hint is lost', async () => {
  const gateways = await startFour();
  const [one, other] = gateways;
  const { shopId } = one.demo;
  await updateShop(one, { sandboxDelayMs: 0, notificationUrl: shop.url });
  const subscribers = gateways.map(({ demo }) => follow<Told>(demo, events, { shopId }));
  await Promise.all(gateways.map(({ url }) => untilFollowed(url, 1)));

  const paid = await payAtAll(gateways, 'hinted');
  await Promise.all(subscribers.map(({ inbox }) => inbox.until(settledIn(paid.length))));
  // From here on no process tells another anything.
  await nats.stop();
  paid.push(...(await payAtAll(gateways, 'unhinted')));

  const heard = await Promise.all(subscribers.map(({ inbox }) => inbox.until(settledIn(paid.length))));
  const [first = [], second = []] = heard;
  expect(numbersOf(first)).toEqual(range(Number(first[0]?.number), first.length));
  expect(second.map(({ cursor }) => cursor)).toEqual(first.map(({ cursor }) => cursor));

  // Whoever goes away goes on at another process, from his cursor.
  const middle = first[Math.floor(first.length / 2)];
  const resumed = follow<Told>(other.demo, events, { shopId, after: middle?.cursor });
  const rest = await resumed.inbox.until((told) => told.length >= first.length - Math.floor(first.length / 2) - 1);
  expect(rest).toEqual(first.slice(first.indexOf(middle as Told) + 1));

  const settled = (all: readonly Notified[]) => all.filter(({ told }) => told.transaction.status === 'settled');
  const told = settled(await shop.inbox.until((all) => settled(all).length >= paid.length));
  expect(told.map((each) => each.told.transaction.id).toSorted()).toEqual(paid.toSorted());
  await Promise.all([...subscribers, resumed].map((each) => each.end()));
}, 120_000);
