import { afterAll, expect, test } from 'vitest';
import { createTestDatabase } from '../support/database.ts';
import { connect, type TestSocket } from '../support/live.ts';
import { startNats } from '../support/nats-server.ts';
import { type Following, follow, untilFollowed } from './follow-shop.ts';
import { createProcesses, type Gateway } from './gateway-process.ts';
import { atEach } from './processes-of.ts';

const processes = createProcesses();
const nats = await startNats();
const storage = await createTestDatabase();

afterAll(async () => {
  await processes.endAll();
  await nats.stop();
  await storage.drop();
});

type Told = { readonly number: number; readonly payment: { readonly id: string } };
const events = `subscription ($shopId: ID!) { events(shopId: $shopId) { number ... on PaymentEvent { payment { id } } } }`;
const create = `mutation ($input: CreatePaymentInput!) {
  createPayment(input: $input) { ... on CreatePaymentSuccess { payment { id } } }
}`;

/** One process: what a subscriber hears there, and a socket by which payments are made there. */
type Place = { readonly subscriber: Following<Told>; readonly socket: TestSocket };

let made = 0;

async function openPlace(gateway: Gateway): Promise<Place> {
  const subscriber = follow<Told>(gateway.demo, events, { shopId: gateway.demo.shopId });
  await subscriber.connected;
  return { subscriber, socket: await connect(gateway) };
}

/** Makes a payment at a process; gives its id. */
async function createPaymentAt({ socket }: Place, { demo }: Gateway): Promise<string> {
  made += 1;
  const id = `payment-${made}`;
  const input = {
    ...{ shopId: demo.shopId, idempotencyKey: id, amount: 1234, currency: 'PLN', orderId: 'ORD/1' },
    customer: { firstName: 'Łucja', lastName: 'Żak' },
  };
  socket.send({ type: 'subscribe', id, payload: { query: create, variables: { input } } });
  const { payload } = (await socket.next(id)) as { payload: { data: { createPayment: { payment: { id: string } } } } };
  return payload.data.createPayment.payment.id;
}

test('who follows at one of several processes is told by NATS, at once and once, what another one has written', async () => {
  // The sweep, which finds what no hint told of, comes later than this test may last.
  const settings = { BRAMKA_WORKERS: '2', NATS_URL: nats.url, DATABASE_URL: storage.url, FEED_SWEEP_MS: '60000' };
  const gateway = await processes.start(await processes.newDataDir(), settings);
  const places = await atEach(gateway, () => openPlace(gateway));
  const [one, other] = places as readonly [Place, Place];
  await untilFollowed(gateway.url, 2);
  for (const [writer, listener] of [
    [one, other],
    [other, one],
  ] as const) {
    const heard = listener.subscriber.inbox;
    // Nobody says when both are connected with NATS; until then hints are lost.
    const before = heard.items.length;
    while (heard.items.length === before) await createPaymentAt(writer, gateway);
    for (let count = 0; count < 20; count += 1) {
      const paymentId = await createPaymentAt(writer, gateway);
      await heard.until((told) => told.at(-1)?.payment.id === paymentId);
    }
  }
  const numbers = Array.from({ length: made }, (_, index) => index + 1);
  for (const { subscriber, socket } of places) {
    const told = await subscriber.inbox.until((items) => items.length >= made);
    expect(told.map(({ number }) => number)).toEqual(numbers);
    socket.close();
    await subscriber.end();
  }
  expect(await gateway.end('SIGTERM')).toEqual({ code: 0, signal: null });
  expect(gateway.said.stderr).toBe('');
}, 50_000);
