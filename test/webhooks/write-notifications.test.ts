import { afterAll, beforeAll, expect, it } from 'vitest';
import { read } from '../../src/kernel/db/database.ts';
import { writeNotifications } from '../../src/webhooks/write-notifications.ts';
import { decide } from '../refunds/world.ts';
import { createPayment, createRefundDeps, createSale, createShop } from '../support/factories.ts';
import { openWorld, type World } from './world.ts';

let world: World;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());

/** A shop with a refunded sale and a payment that nobody pays. */
async function busyShop(settings: { notificationUrl?: string }) {
  const { shop } = await createShop(world.database, settings);
  const sale = { shop, ...(await createSale(world.payments, shop)) };
  const refunds = createRefundDeps(world.payments);
  const { refund } = await decide({ refunds }, sale, 234n);
  world.clock.pass({ ms: 60_000 });
  await refunds.answering.submit({ refundId: refund.id, answer: { kind: 'settled' } });
  await createPayment(world.payments, shop);
  await world.derive(shop.id);
  const events = await read<{ number: bigint }>(world.database, {
    name: 'test-numbers',
    text: 'select number from event where shop_id = $1 order by number',
    values: [shop.id],
  });
  return { shop, places: events.map(({ number }) => ({ shopId: shop.id, number })) };
}

it('What a webhook says of an event is what is sent, byte for byte, and nothing of events that are not told', async () => {
  const { shop, places } = await busyShop({ notificationUrl: 'https://shop.example/n' });
  const written = await writeNotifications(world.deps, places);
  const sent = new Map((await world.deliveries(shop.id)).map(({ eventNumber, body }) => [eventNumber, body]));
  expect(sent.size).toBeGreaterThan(2);
  expect(places.length).toBeGreaterThan(sent.size + 2);
  expect(written).toEqual(places.map(({ number }) => sent.get(number) ?? null));
});

it('A shop without an address is told the same, with an empty one; places of several shops are answered in their order', async () => {
  const [quiet, other] = [await busyShop({}), await busyShop({ notificationUrl: 'https://other.example/n' })];
  const places = [...other.places, ...quiet.places].toReversed();
  const written = await writeNotifications(world.deps, [...places, { shopId: quiet.shop.id, number: 9_999n }]);
  expect(written.at(-1)).toBeNull();
  const urls = written.flatMap((body, index) =>
    body?.includes('"transaction"') ? [[places[index]?.shopId, JSON.parse(body).transaction.notificationUrl]] : [],
  );
  expect(new Set(urls.map(String))).toEqual(new Set([`${quiet.shop.id},`, `${other.shop.id},https://other.example/n`]));
});
