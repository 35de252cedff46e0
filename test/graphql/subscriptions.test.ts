import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { createShop } from '../support/factories.ts';
import { ask, startTestGateway, type TestGateway } from '../support/gateway.ts';
import { type Operation, overSse, overWebSocket, type Stream } from '../support/live.ts';
import { plain, writeDropped, writeEvents } from '../support/write-events.ts';
import { createPayment, giveKey, startBlik } from './world.ts';

let gateway: TestGateway;
let marks = 0;

beforeAll(async () => {
  gateway = await startTestGateway();
});

afterAll(() => gateway.stop());

type Shop = { readonly id: string; readonly key: string };
type Seen = { readonly events: { readonly cursor: string; readonly number: number; readonly type: string } };

/** A shop of its own for each test, whose log begins with 1. */
async function openShop(): Promise<Shop> {
  const { shop } = await createShop(gateway.database);
  const { secret } = await giveKey(gateway.database, { merchantId: shop.merchantId });
  return { id: shop.id, key: secret };
}

const pay = (shop: Shop): Promise<string> => {
  marks += 1;
  return createPayment(gateway, { key: shop.key, shopId: shop.id, mark: `news-${marks}` });
};

const startOf = (shop: Shop): string => encodeCursor(shop.id, 0n);

/** Waits until so many follow; those who begin now are told of nothing that is written before. */
async function untilFollowed(count: number): Promise<void> {
  await expect
    .poll(async () => (await fetch(`${gateway.url}/metrics`)).text())
    .toContain(`\nbramka_live_subscriptions ${count}\n`);
}

const all =
  'subscription($shopId: ID!, $after: Cursor, $types: [EventType!]) { events(shopId: $shopId, after: $after, types: $types) { cursor number type at shop { id } } }';

const transports: Record<string, <Data>(operation: Operation) => Promise<Stream<Data>>> = {
  WebSocket: (operation) => overWebSocket(gateway, operation),
  SSE: (operation) => overSse(gateway, operation),
};

for (const [transport, open] of Object.entries(transports)) {
  const follow = (shop: Shop, variables: object = {}): Promise<Stream<Seen>> =>
    open<Seen>({ query: all, variables: { shopId: shop.id, ...variables }, key: shop.key });

  describe(`over ${transport}`, () => {
    it('gives what happens from now on', async () => {
      const shop = await openShop();
      await pay(shop);
      const stream = await follow(shop, { after: startOf(shop) });
      const [first] = await stream.take(1);
      expect(first?.data?.events).toMatchObject({ number: 1, type: 'PAYMENT_CREATED', shop: { id: shop.id } });
      const live = stream.next();
      await pay(shop);
      expect((await live)?.data?.events).toMatchObject({ number: 2, type: 'PAYMENT_CREATED' });
      stream.end();
    });

    it('replays and goes live without a gap or a duplicate while payments are made', async () => {
      const shop = await openShop();
      for (let count = 0; count < 10; count += 1) await pay(shop);
      const making = Promise.all(Array.from({ length: 30 }, () => pay(shop)));
      const streams = await Promise.all(
        [0, 3, 9].map(async (seen) => ({
          seen,
          stream: await follow(shop, { after: encodeCursor(shop.id, BigInt(seen)) }),
        })),
      );
      const numbers = await Promise.all(
        streams.map(async ({ seen, stream }) => {
          const results = await stream.take(40 - seen);
          stream.end();
          return results.map((result) => result.data?.events.number);
        }),
      );
      await making;
      const expected = Array.from({ length: 40 }, (_, index) => index + 1);
      expect(numbers).toEqual([expected, expected.slice(3), expected.slice(9)]);
    });

    it('resumes behind any cursor that it gave', async () => {
      const shop = await openShop();
      await Promise.all([pay(shop), pay(shop), pay(shop)]);
      const first = await follow(shop, { after: startOf(shop) });
      const cursors = (await first.take(3)).map((result) => result.data?.events.cursor);
      first.end();
      for (const [index, after] of cursors.slice(0, 2).entries()) {
        const stream = await follow(shop, { after });
        expect((await stream.next())?.data?.events.number).toBe(index + 2);
        stream.end();
      }
    });

    it('leaves out the types that were not asked for', async () => {
      const shop = await openShop();
      const stream = await follow(shop, { after: startOf(shop), types: ['TRANSACTION_PENDING', 'PAYMENT_SETTLED'] });
      await startBlik(gateway, { key: shop.key, paymentId: await pay(shop) });
      const types = (await stream.take(2)).map((result) => result.data?.events.type);
      expect(types).toEqual(['TRANSACTION_PENDING', 'PAYMENT_SETTLED']);
      stream.end();
    });

    it('refuses a cursor that is none, of another shop, changed, or beyond the end', async () => {
      const [shop, other] = [await openShop(), await openShop()];
      await pay(shop);
      const good = encodeCursor(shop.id, 1n);
      const wrong = [
        'hello',
        '',
        'A'.repeat(20),
        encodeCursor(other.id, 0n),
        `${good.slice(0, -1)}C`,
        encodeCursor(shop.id, 2n),
        encodeCursor(shop.id, 2n ** 62n),
      ];
      for (const after of wrong) {
        const stream = await follow(shop, { after });
        const result = await stream.next();
        expect([after, result?.errors?.[0]?.extensions?.code]).toEqual([after, 'CURSOR_INVALID']);
        expect(result?.data ?? null).toBeNull();
        stream.end();
      }
    });

    it('refuses a cursor behind which events are no longer kept, and says what to do, which helps', async () => {
      const shop = await openShop();
      await writeDropped(gateway.database, shop.id, 2);
      await writeEvents(gateway.database, shop.id, plain(1));
      const message =
        'Events after this cursor are no longer kept; take the endOfLog of events(first: 0), read the present state, then go on from that cursor.';
      for (const [after, more] of [
        [startOf(shop), {}],
        [encodeCursor(shop.id, 1n), {}],
        [encodeCursor(shop.id, 1n), { types: ['PAYMENT_SETTLED'] }],
      ] as const) {
        const stream = await follow(shop, { after, ...more });
        const result = await stream.next();
        expect(result?.errors).toMatchObject([{ message, extensions: { code: 'CURSOR_EXPIRED', field: ['after'] } }]);
        expect(result?.data ?? null).toBeNull();
        stream.end();
      }
      const kept = await follow(shop, { after: encodeCursor(shop.id, 2n) });
      expect((await kept.next())?.data?.events.number).toBe(3);
      kept.end();
      await untilFollowed(0);
      const anew = await follow(shop);
      await untilFollowed(1);
      await pay(shop);
      expect((await anew.next())?.data?.events.number).toBe(4);
      anew.end();
    });

    it('refuses such a cursor also to those who follow transactions or one payment', async () => {
      const shop = await openShop();
      await writeDropped(gateway.database, shop.id, 2);
      const [paymentId, after] = [await pay(shop), encodeCursor(shop.id, 1n)];
      for (const query of [
        'subscription($shopId: ID!, $after: Cursor) { transactionUpdated(shopId: $shopId, after: $after) { type } }',
        'subscription($paymentId: ID!, $after: Cursor) { paymentUpdated(id: $paymentId, after: $after) { type } }',
      ]) {
        const ids = query.includes('$shopId') ? { shopId: shop.id } : { paymentId };
        const stream = await open({ query, variables: { ...ids, after }, key: shop.key });
        expect((await stream.next())?.errors?.[0]?.extensions?.code).toBe('CURSOR_EXPIRED');
        stream.end();
      }
    });

    it('gives a payment’s state as it was then, and the payment as it is now', async () => {
      const shop = await openShop();
      const paymentId = await pay(shop);
      await pay(shop);
      const query = `subscription($id: ID!, $after: Cursor) {
        paymentUpdated(id: $id, after: $after) { type status payment { id status } }
      }`;
      const live = await open<{ paymentUpdated: { type: string } }>({
        query,
        variables: { id: paymentId, after: startOf(shop) },
        key: shop.key,
      });
      await startBlik(gateway, { key: shop.key, paymentId });
      const types = (await live.take(3)).map((result) => result.data?.paymentUpdated.type);
      expect(types).toEqual(['PAYMENT_CREATED', 'PAYMENT_PENDING', 'PAYMENT_SETTLED']);
      live.end();
      const replay = await open<{ paymentUpdated: { type: string } }>({
        query,
        variables: { id: paymentId, after: startOf(shop) },
        key: shop.key,
      });
      const payment = { id: paymentId, status: 'SETTLED' };
      expect((await replay.take(3)).map((result) => result.data?.paymentUpdated)).toEqual([
        { type: 'PAYMENT_CREATED', status: 'NEW', payment },
        { type: 'PAYMENT_PENDING', status: 'PENDING', payment },
        { type: 'PAYMENT_SETTLED', status: 'SETTLED', payment },
      ]);
      replay.end();
    });

    it('gives a transaction’s state as it was then, and the transaction as it is now', async () => {
      const shop = await openShop();
      const [one, two] = [await pay(shop), await pay(shop)];
      const query = `subscription($shopId: ID!, $after: Cursor) {
        transactionUpdated(shopId: $shopId, after: $after) { type status transaction { id status reason payment { id } } }
      }`;
      const variables = { shopId: shop.id, after: startOf(shop) };
      const live = await open<{ transactionUpdated: { type: string } }>({ query, variables, key: shop.key });
      const refused = await startBlik(gateway, { key: shop.key, paymentId: one, code: '700005' });
      await live.take(2);
      const paid = await startBlik(gateway, { key: shop.key, paymentId: two });
      await live.take(2);
      live.end();
      const replay = await open<{ transactionUpdated: object }>({ query, variables, key: shop.key });
      const first = { id: refused, status: 'REJECTED', reason: 'CODE_INVALID', payment: { id: one } };
      const second = { id: paid, status: 'SETTLED', reason: null, payment: { id: two } };
      expect((await replay.take(4)).map((result) => result.data?.transactionUpdated)).toEqual([
        { type: 'TRANSACTION_PENDING', status: 'PENDING', transaction: first },
        { type: 'TRANSACTION_REJECTED', status: 'REJECTED', transaction: first },
        { type: 'TRANSACTION_PENDING', status: 'PENDING', transaction: second },
        { type: 'TRANSACTION_SETTLED', status: 'SETTLED', transaction: second },
      ]);
      replay.end();
    });

    it('says NOT_FOUND for a payment or a shop that is nowhere', async () => {
      const shop = await openShop();
      for (const query of [
        'subscription($id: ID!) { paymentUpdated(id: $id) { type } }',
        'subscription($id: ID!) { events(shopId: $id) { type } }',
        'subscription($id: ID!) { transactionUpdated(shopId: $id) { type } }',
      ]) {
        for (const id of ['00000000-0000-4000-8000-000000000000', 'nothing']) {
          const stream = await open({ query, variables: { id }, key: shop.key });
          expect((await stream.next())?.errors?.[0]?.extensions?.code).toBe('NOT_FOUND');
          stream.end();
        }
      }
    });

    it('can ask for members of Event by their kind', async () => {
      const shop = await openShop();
      const paymentId = await pay(shop);
      const query = `subscription($shopId: ID!, $after: Cursor) { events(shopId: $shopId, after: $after) {
        ... on PaymentEvent { paymentStatus: status payment { id } } ... on TransactionEvent { transactionStatus: status transaction { id } } } }`;
      const stream = await open<{ events: unknown }>({
        query,
        variables: { shopId: shop.id, after: startOf(shop) },
        key: shop.key,
      });
      const transactionId = await startBlik(gateway, { key: shop.key, paymentId });
      expect((await stream.take(3)).map((result) => result.data?.events)).toEqual([
        { paymentStatus: 'NEW', payment: { id: paymentId } },
        { transactionStatus: 'PENDING', transaction: { id: transactionId } },
        { paymentStatus: 'PENDING', payment: { id: paymentId } },
      ]);
      stream.end();
    });
  });
}

it('gives by query the same log as by subscription', async () => {
  const shop = await openShop();
  await startBlik(gateway, { key: shop.key, paymentId: await pay(shop) });
  const stream = await overWebSocket<Seen>(gateway, {
    query: all,
    variables: { shopId: shop.id, after: startOf(shop) },
    key: shop.key,
  });
  const live = (await stream.take(5)).map((result) => result.data?.events);
  stream.end();
  const query =
    'query($shopId: ID!) { events(shopId: $shopId) { edges { node { cursor number type at shop { id } } } } }';
  const { data } = await ask<{ events: { edges: { node: unknown }[] } }>(gateway, query, {
    variables: { shopId: shop.id },
    key: shop.key,
  });
  expect(data.events.edges.map(({ node }) => node)).toEqual(live);
});
