import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Forbidden } from '../../src/auth/actor.ts';
import { NotFound } from '../../src/kernel/errors.ts';
import { deliverWebhook } from '../../src/webhooks/deliver-webhook.ts';
import { sendsMax } from '../../src/webhooks/model.ts';
import { resendWebhook } from '../../src/webhooks/resend-webhook.ts';
import { actorOf, createPayment, createShop, startBlik, tellAnswer } from '../support/factories.ts';
import { answering, openShopServer, type ShopServer } from './shop-server.ts';
import { openWorld, timersOf, type World } from './world.ts';

let world: World;
let server: ShopServer;
beforeAll(async () => {
  world = await openWorld();
});
afterAll(() => world.close());
beforeEach(async () => {
  server = await openShopServer();
});
afterEach(() => server.close());

/** A shop with one notification, which has been tried as often as is said. */
async function triedDelivery(tries: number) {
  const { shop } = await createShop(world.database, { notificationUrl: server.url });
  const payment = await createPayment(world.payments, shop);
  const { transaction } = await startBlik(world.payments, shop, { paymentId: payment.id });
  await world.derive(shop.id);
  const [delivery] = await world.deliveries(shop.id);
  if (!delivery) throw new Error('There is no delivery.');
  for (let round = 0; round < tries; round += 1) await deliverWebhook(world.deps, { deliveryId: delivery.id, round });
  return { shop, transaction, id: delivery.id, now: () => stateOf(shop.id) };
}

async function stateOf(shopId: string): Promise<string> {
  const [delivery] = await world.deliveries(shopId);
  return delivery?.status ?? 'none';
}

describe('Sending a notification again', () => {
  it('leaves a delivered one delivered, whatever the shop answers, and keeps the try as manual', async () => {
    const { shop, id, now } = await triedDelivery(1);
    server.answer(answering(404));
    expect(await resendWebhook(world.deps, actorOf(shop), id)).toMatchObject({ id, status: 'DELIVERED' });
    await world.work();
    expect(await now()).toBe('DELIVERED');
    expect(await world.attempts(id)).toMatchObject([
      { number: 1, manual: false, responseStatus: 200 },
      { number: 2, manual: true, responseStatus: 404 },
    ]);
    expect(server.received[1]?.body).toBe(server.received[0]?.body);
  });

  it('keeps the moment at which it was delivered first', async () => {
    const { shop, id } = await triedDelivery(1);
    const delivered = world.clock.now();
    world.clock.pass({ ms: 60_000 });
    await resendWebhook(world.deps, actorOf(shop), id);
    await world.work();
    expect(await world.deliveries(shop.id)).toMatchObject([{ deliveredAt: delivered, tries: 1 }]);
    expect(await world.attempts(id)).toHaveLength(2);
  });

  it('sets no timer when it fails before the first try of the ladder', async () => {
    server.answer(answering(500));
    const { shop, id } = await triedDelivery(0);
    await deliverWebhook(world.deps, { deliveryId: id, round: 'manual' });
    expect(await world.deliveries(shop.id)).toMatchObject([{ status: 'PENDING', tries: 0 }]);
    expect((await timersOf(world.database)).map(({ subject }) => subject)).not.toContain(id);
  });

  it('makes one that was given up delivered when the shop takes it at last, and else changes nothing', async () => {
    server.answer(answering(500));
    const { shop, id, now } = await triedDelivery(sendsMax);
    await resendWebhook(world.deps, actorOf(shop), id);
    await world.work();
    expect(await now()).toBe('FAILED');
    server.answer(answering(200));
    await resendWebhook(world.deps, actorOf(shop), id);
    await world.work();
    expect(await now()).toBe('DELIVERED');
    const [delivery] = await world.deliveries(shop.id);
    expect(delivery).toMatchObject({ tries: sendsMax, deliveredAt: world.clock.now() });
  });

  it('makes a superseded one delivered', async () => {
    server.answer(answering(500));
    const { shop, transaction, id, now } = await triedDelivery(1);
    await tellAnswer(world.payments, transaction.id, { kind: 'settled', amount: 1234n });
    await world.derive(shop.id);
    expect(await now()).toBe('SUPERSEDED');
    server.answer(answering(200));
    await resendWebhook(world.deps, actorOf(shop), id);
    await world.work();
    expect(await now()).toBe('DELIVERED');
  });

  it('does not disturb the ladder of one that waits, unless the shop takes it', async () => {
    server.answer(answering(500));
    const { shop, id, now } = await triedDelivery(1);
    const timer = async () => (await timersOf(world.database)).find(({ subject }) => subject === id);
    const before = await timer();
    world.clock.pass({ ms: 1_000 });
    await resendWebhook(world.deps, actorOf(shop), id);
    await world.work();
    expect(before).toBeDefined();
    expect(await timer()).toEqual(before);
    server.answer(answering(200));
    await resendWebhook(world.deps, actorOf(shop), id);
    await world.work();
    expect(await now()).toBe('DELIVERED');
    expect(await timer()).toBeUndefined();
  });

  it('is done once when it was ordered several times before it was done', async () => {
    const { shop, id } = await triedDelivery(1);
    await world.work();
    for (let order = 0; order < 3; order += 1) await resendWebhook(world.deps, actorOf(shop), id);
    await world.work();
    expect(server.received).toHaveLength(2);
  });

  it('stands in one line with the other notifications of its payment', async () => {
    const { shop, id } = await triedDelivery(0);
    await resendWebhook(world.deps, actorOf(shop), id);
    const [delivery] = await world.deliveries(shop.id);
    const { rows } = await world.database.pool.query<{ queue: string | null }>(
      'select queue_name as queue from graphile_worker.jobs where key = $1',
      [`resend ${id}`],
    );
    expect(rows).toEqual([{ queue: delivery?.paymentId }]);
    await world.work();
    expect((await world.attempts(id)).map(({ manual }) => manual)).toEqual([false, true]);
  });

  it('is refused to a key without the scope, to other merchants, and to a key of another shop', async () => {
    const { shop, id } = await triedDelivery(1);
    const { shop: foreign } = await createShop(world.database);
    const { shop: sister } = await createShop(world.database, { merchantId: shop.merchantId });
    const reader = actorOf(shop, { scopes: ['payments:read'] });
    await expect(resendWebhook(world.deps, reader, id)).rejects.toThrow(Forbidden);
    for (const actor of [actorOf(foreign), actorOf(shop, { shopId: sister.id })]) {
      await expect(resendWebhook(world.deps, actor, id)).rejects.toThrow(NotFound);
    }
    await expect(resendWebhook(world.deps, actorOf(shop), 'no id')).rejects.toThrow(NotFound);
    await world.work();
    expect(await world.attempts(id)).toHaveLength(1);
    await resendWebhook(world.deps, actorOf(shop, { shopId: shop.id }), id.toUpperCase());
    await world.work();
    expect(await world.attempts(id)).toHaveLength(2);
  });
});
