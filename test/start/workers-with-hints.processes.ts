import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { connect, type TestSocket } from '../support/live.ts';
import { startNats } from '../support/nats-server.ts';
import { type Following, follow, untilFollowed } from './follow-shop.ts';
import { createProcesses, type Gateway } from './gateway-process.ts';
import { updateShop } from './pay.ts';
import { atEach } from './processes-of.ts';
import { type Notified, openShopInbox } from './shop-inbox.ts';

const nats = await startNats();

afterAll(() => nats.stop());

type Told = { readonly number: number; readonly payment: { readonly id: string } };
const events = `subscription ($shopId: ID!) { events(shopId: $shopId) { number ... on PaymentEvent { payment { id } } } }`;
const create = `mutation ($input: CreatePaymentInput!) {
  createPayment(input: $input) { ... on CreatePaymentSuccess { payment { id } } }
}`;
const pay = `mutation ($input: StartTransactionInput!) {
  startTransaction(input: $input) { ... on StartTransactionSuccess { transaction { id } } }
}`;

/** One process: what a subscriber hears there, and a socket by which payments are made there. */
type Place = { readonly subscriber: Following<Told>; readonly socket: TestSocket };

let made = 0;

async function openPlace(gateway: Gateway): Promise<Place> {
  const subscriber = follow<Told>(gateway.demo, events, { shopId: gateway.demo.shopId });
  await subscriber.connected;
  return { subscriber, socket: await connect(gateway) };
}

/** Has a mutation done by the process of a socket. */
async function doAt<Answer>({ socket }: Place, query: string, input: { readonly idempotencyKey: string }) {
  const id = `${query === pay ? 'pay' : 'create'}-${input.idempotencyKey}`;
  socket.send({ type: 'subscribe', id, payload: { query, variables: { input } } });
  return ((await socket.next(id)) as { readonly payload: { readonly data: Answer } }).payload.data;
}

/** Makes a payment at a process; gives its id. */
async function createPaymentAt(place: Place, { demo }: Gateway): Promise<string> {
  made += 1;
  const input = {
    ...{ shopId: demo.shopId, idempotencyKey: `payment-${made}`, amount: 1234, currency: 'PLN', orderId: 'ORD/1' },
    customer: { firstName: 'Łucja', lastName: 'Żak' },
  };
  return (await doAt<{ createPayment: { payment: { id: string } } }>(place, create, input)).createPayment.payment.id;
}

/** Pays a payment at a process; gives the id of the transaction. */
async function payAt(place: Place, paymentId: string): Promise<string> {
  const input = { paymentId, idempotencyKey: paymentId, method: 'BLIK', blik: { code: '123456' } };
  return (await doAt<{ startTransaction: { transaction: { id: string } } }>(place, pay, input)).startTransaction
    .transaction.id;
}

// The sweep, which finds what no hint told of, comes later than both tests of a kind may last.
const settings = { BRAMKA_WORKERS: '2', FEED_SWEEP_MS: '60000' };
const kinds: Record<string, Readonly<Record<string, string>>> = { NATS: { NATS_URL: nats.url }, NOTIFY: {} };

// One life of one gateway: the second test goes on where the first has stopped.
describe.each(Object.entries(kinds))('Processes that hint each other by %s', (_, given) => {
  const processes = createProcesses();
  let storage: Awaited<ReturnType<typeof createTestDatabase>>;
  let shop: Awaited<ReturnType<typeof openShopInbox>>;
  let gateway: Gateway;
  let places: readonly Place[];

  beforeAll(async () => {
    made = 0;
    storage = await createTestDatabase();
    shop = await openShopInbox();
  });

  afterAll(async () => {
    await processes.endAll();
    await shop.close();
    await storage.drop();
  });

  test('who follows at one of several processes is told at once and once, what another one has written', async () => {
    gateway = await processes.start(await processes.newDataDir(), {
      ...settings,
      ...given,
      DATABASE_URL: storage.url,
    });
    places = await atEach(gateway, () => openPlace(gateway));
    const [one, other] = places as readonly [Place, Place];
    await untilFollowed(gateway.url, 2);
    for (const [writer, listener] of [
      [one, other],
      [other, one],
    ] as const) {
      const heard = listener.subscriber.inbox;
      // Nobody says when both are connected; until then hints are lost.
      const before = heard.items.length;
      while (heard.items.length === before) await createPaymentAt(writer, gateway);
      for (let count = 0; count < 20; count += 1) {
        const paymentId = await createPaymentAt(writer, gateway);
        await heard.until((told) => told.at(-1)?.payment.id === paymentId);
      }
    }
    const numbers = Array.from({ length: made }, (_, index) => index + 1);
    for (const { subscriber } of places) {
      const told = await subscriber.inbox.until((items) => items.length >= made);
      expect(told.map(({ number }) => number)).toEqual(numbers);
      await subscriber.end();
    }
  }, 50_000);

  test('the shop is told, once, what was paid at each of them', async () => {
    await updateShop(gateway, { sandboxDelayMs: 0, notificationUrl: shop.url });
    const paid: string[] = [];
    for (const place of [...places, ...places]) paid.push(await payAt(place, await createPaymentAt(place, gateway)));
    const settled = (all: readonly Notified[]) => all.filter(({ told }) => told.transaction.status === 'settled');
    const told = settled(await shop.inbox.until((all) => settled(all).length >= paid.length));
    expect(told.map((each) => each.told.transaction.id).toSorted()).toEqual(paid.toSorted());
    for (const { socket } of places) socket.close();
    expect(await gateway.end('SIGTERM')).toEqual({ code: 0, signal: null });
    expect(settled(shop.inbox.items).length).toBe(paid.length);
    expect(gateway.said.stderr).toBe('');
  }, 50_000);
});
