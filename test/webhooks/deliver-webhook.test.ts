import { createHash } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { WebhookDelivery } from '../../src/kernel/db/generated/prisma/client.ts';
import { createSeal } from '../../src/kernel/seal.ts';
import { rotateServiceKey } from '../../src/shops/rotate-service-key.ts';
import { deliverWebhook } from '../../src/webhooks/deliver-webhook.ts';
import { delayAfter, sendsMax } from '../../src/webhooks/model.ts';
import { sharePlaces } from '../../src/webhooks/share-places.ts';
import {
  actorOf,
  createMerchant,
  createPayment,
  createShop,
  startBlik,
  type TestShop,
  tellAnswer,
  testSeal,
} from '../support/factories.ts';
import { answering, openShopServer, type ShopServer } from './shop-server.ts';
import { openWorld, timersOf, type World } from './world.ts';

const timeoutMs = 400;
const rejected = { kind: 'rejected', reason: 'CODE_INVALID', code: 'BLK-ERROR-210005' } as const;
const paid = { kind: 'settled', amount: 1234n } as const;

let world: World;
let server: ShopServer;
beforeAll(async () => {
  world = await openWorld(timeoutMs);
});
afterAll(() => world.close());
beforeEach(async () => {
  server = await openShopServer();
});
afterEach(() => server.close());

/** A shop whose address is the server, with an attempt that waits for the payer, and its notification. */
async function toldShop(merchantId?: string): Promise<TestShop & { paymentId: string; transactionId: string }> {
  const made = await createShop(world.database, {
    notificationUrl: server.url,
    ...(merchantId === undefined ? {} : { merchantId }),
  });
  const payment = await createPayment(world.payments, made.shop);
  const { transaction } = await startBlik(world.payments, made.shop, { paymentId: payment.id });
  await world.derive(made.shop.id);
  return { ...made, paymentId: payment.id, transactionId: transaction.id };
}

async function onlyDelivery(shopId: string): Promise<WebhookDelivery> {
  const [delivery, ...others] = await world.deliveries(shopId);
  if (!delivery || others.length > 0) throw new Error(`Expected one delivery, not ${others.length + 1 || 0}.`);
  return delivery;
}

function signatureOf(body: string, serviceKey: string): string {
  return createHash('sha256').update(body).update(serviceKey).digest('hex');
}

async function timerOf(deliveryId: string) {
  return (await timersOf(world.database)).find((timer) => timer.subject === deliveryId);
}

describe('Delivering a notification', () => {
  it('posts the body as it is stored, with the headers of imoje and a signature over its bytes', async () => {
    const { shop, serviceKey } = await toldShop();
    await world.work();
    const delivery = await onlyDelivery(shop.id);
    const [request] = server.received;
    expect(request).toMatchObject({ method: 'POST', path: '/n', body: delivery.body });
    expect(request?.headers).toMatchObject({
      accept: 'text/plain',
      'user-agent': 'imoje',
      'content-type': 'application/json; charset=UTF-8',
      'content-length': String(Buffer.byteLength(delivery.body)),
      'x-imoje-signature': `merchantid=${shop.merchantId};serviceid=${shop.id};signature=${signatureOf(delivery.body, serviceKey)};alg=sha256`,
    });
    expect(request?.rawHeaders).toContain('X-Imoje-Signature');
  });

  it('gives the place of its call back when it cannot be signed', async () => {
    const { shop } = await toldShop();
    const deps = { ...world.deps, places: sharePlaces(1) };
    const due = { deliveryId: (await onlyDelivery(shop.id)).id, round: 0 };
    const seal = createSeal('the secret of another gateway, long enough to be one');
    await expect(deliverWebhook({ ...deps, seal }, due)).rejects.toThrow();
    await deliverWebhook(deps, due);
    expect(await onlyDelivery(shop.id)).toMatchObject({ status: 'DELIVERED' });
  });

  it('is done when the shop answers 200, and the try is kept', async () => {
    const { shop } = await toldShop();
    await world.work();
    const delivery = await onlyDelivery(shop.id);
    const now = world.clock.now();
    expect(delivery).toMatchObject({ status: 'DELIVERED', tries: 1, nextTryAt: null, deliveredAt: now });
    expect(await world.attempts(delivery.id)).toEqual([
      {
        deliveryId: delivery.id,
        number: 1,
        at: now,
        durationMs: expect.any(Number),
        responseStatus: 200,
        responseBody: '{"status":"ok"}',
        error: null,
        manual: false,
      },
    ]);
    expect(await timerOf(delivery.id)).toBeUndefined();
  });

  it.each([201, 204, 301, 404, 500])(
    'is tried again when the shop answers %i: only 200 acknowledges',
    async (status) => {
      server.answer((_request, response) => response.writeHead(status, { location: server.url }).end());
      const { shop } = await toldShop();
      await world.work();
      const delivery = await onlyDelivery(shop.id);
      expect(delivery).toMatchObject({ status: 'PENDING', tries: 1 });
      expect(await world.attempts(delivery.id)).toMatchObject([{ responseStatus: status, error: null }]);
      expect(server.received).toHaveLength(1);
      expect(await timerOf(delivery.id)).toMatchObject({ round: 1, dueAt: delivery.nextTryAt });
    },
  );

  it('is tried again when the connection is refused', async () => {
    const { shop } = await toldShop();
    await server.close();
    await world.work();
    const delivery = await onlyDelivery(shop.id);
    expect(delivery).toMatchObject({ status: 'PENDING', tries: 1 });
    expect(await world.attempts(delivery.id)).toMatchObject([
      { responseStatus: null, responseBody: null, error: 'The connection was refused.' },
    ]);
  });

  it('is tried again when the shop does not answer in time', async () => {
    server.answer(() => {});
    const { shop } = await toldShop();
    await world.work();
    const [attempt] = await world.attempts((await onlyDelivery(shop.id)).id);
    expect(attempt).toMatchObject({ responseStatus: null, error: 'No answer came within 0.4 s.' });
    expect(attempt?.durationMs).toBeGreaterThanOrEqual(timeoutMs - 5);
  });

  it('is tried again when the shop hangs up', async () => {
    server.answer((request) => request.socket.destroy());
    const { shop } = await toldShop();
    await world.work();
    const [attempt] = await world.attempts((await onlyDelivery(shop.id)).id);
    expect(attempt).toMatchObject({ responseStatus: null, error: 'The connection was closed before an answer came.' });
  });

  it('climbs the whole ladder by the clock of the merchant, and is given up after 23 sends', async () => {
    server.answer(answering(500, 'broken'));
    const merchantId = await createMerchant(world.database, { clockOffsetMs: 86_400_000 });
    const { shop } = await toldShop(merchantId);
    await world.work();
    for (let tries = 1; tries < sendsMax; tries += 1) {
      const wait = delayAfter(tries)?.ms ?? 0;
      const { id, nextTryAt } = await onlyDelivery(shop.id);
      const due = new Date(world.clock.now({ clockOffsetMs: 86_400_000 }).getTime() + wait);
      expect([nextTryAt, (await timerOf(id))?.dueAt]).toEqual([due, due]);
      world.clock.pass({ ms: wait - 1 });
      await world.sweep();
      expect(server.received).toHaveLength(tries);
      world.clock.pass({ ms: 1 });
      await world.sweep();
      expect(server.received).toHaveLength(tries + 1);
    }
    const delivery = await onlyDelivery(shop.id);
    expect(delivery).toMatchObject({ status: 'FAILED', tries: 23, nextTryAt: null, deliveredAt: null });
    expect(await timerOf(delivery.id)).toBeUndefined();
    expect((await world.attempts(delivery.id)).map(({ number }) => number)).toEqual(
      Array.from({ length: 23 }, (_, index) => index + 1),
    );
    expect(new Set(server.received.map(({ body }) => body)).size).toBe(1);
  });

  it('is done as soon as a later try is acknowledged', async () => {
    server.answer(answering(404, '{"status":"error","data":{"code":3}}'));
    const { shop } = await toldShop();
    await world.work();
    server.answer(answering(200));
    world.clock.pass({ ms: 10_000 });
    await world.sweep();
    const delivery = await onlyDelivery(shop.id);
    expect(delivery).toMatchObject({ status: 'DELIVERED', tries: 2 });
    expect((await world.attempts(delivery.id)).map(({ responseStatus }) => responseStatus)).toEqual([404, 200]);
  });

  it('does each try of the ladder once, though its job may run again', async () => {
    server.answer(answering(500));
    const { shop } = await toldShop();
    await world.work();
    const { id } = await onlyDelivery(shop.id);
    await deliverWebhook(world.deps, { deliveryId: id, round: 0 });
    expect(server.received).toHaveLength(1);
    await deliverWebhook(world.deps, { deliveryId: id, round: 1 });
    await deliverWebhook(world.deps, { deliveryId: id, round: 1 });
    expect(server.received).toHaveLength(2);
    expect(await onlyDelivery(shop.id)).toMatchObject({ tries: 2 });
  });

  it('counts one try of the ladder once, though two workers make it at the same time', async () => {
    const held: ServerResponse[] = [];
    server.answer((_request, response) => {
      held.push(response);
      if (held.length === 2) for (const each of held) each.writeHead(500).end();
    });
    const { shop } = await toldShop();
    const { id } = await onlyDelivery(shop.id);
    await Promise.all([0, 1].map(() => deliverWebhook(world.deps, { deliveryId: id, round: 0 })));
    expect(await onlyDelivery(shop.id)).toMatchObject({ status: 'PENDING', tries: 1 });
    expect(await world.attempts(id)).toMatchObject([{ number: 1 }, { number: 2 }]);
  });

  it.each([
    ['delivered', 'DELIVERED', { status: 200, tries: 1 }],
    ['given up', 'FAILED', { status: 500, tries: sendsMax }],
  ])('stays %s when a newer one of its payment comes', async (_, end, { status, tries }) => {
    server.answer(answering(status));
    const { shop, transactionId } = await toldShop();
    const { id } = await onlyDelivery(shop.id);
    for (let round = 0; round < tries; round += 1) await deliverWebhook(world.deps, { deliveryId: id, round });
    await tellAnswer(world.payments, transactionId, paid);
    await world.derive(shop.id);
    expect((await world.deliveries(shop.id)).map((delivery) => delivery.status)).toEqual([end, 'PENDING']);
  });

  it('goes out in the order of the changes of its payment', async () => {
    const { shop, transactionId } = await toldShop();
    await world.work();
    await tellAnswer(world.payments, transactionId, paid);
    await world.derive(shop.id);
    await world.work();
    expect(server.received.map(({ body }) => JSON.parse(body).transaction.status)).toEqual(['pending', 'settled']);
  });

  it('is not sent any more once a newer one has taken its place', async () => {
    server.answer(answering(500));
    const { shop, transactionId } = await toldShop();
    await world.work();
    await tellAnswer(world.payments, transactionId, paid);
    await world.derive(shop.id);
    server.answer(answering(200));
    world.clock.pass({ ms: 10_000 });
    await world.sweep();
    expect(server.received.map(({ body }) => JSON.parse(body).transaction.status)).toEqual(['pending', 'settled']);
    expect((await world.deliveries(shop.id)).map(({ status, tries }) => [status, tries])).toEqual([
      ['SUPERSEDED', 1],
      ['DELIVERED', 1],
    ]);
  });

  it('stays superseded when that happened during the call and the call failed, and is delivered when it succeeded', async () => {
    for (const [status, expected] of [
      [500, 'SUPERSEDED'],
      [200, 'DELIVERED'],
    ] as const) {
      const { shop, transactionId } = await toldShop();
      server.answer(async (_request, response) => {
        await tellAnswer(world.payments, transactionId, rejected);
        await world.derive(shop.id);
        response.writeHead(status).end();
      });
      const [first] = await world.deliveries(shop.id);
      await world.send(first?.id ?? '');
      expect((await world.deliveries(shop.id))[0]).toMatchObject({ status: expected, nextTryAt: null });
      expect(await timerOf(first?.id ?? '')).toBeUndefined();
      expect(await world.attempts(first?.id ?? '')).toHaveLength(1);
    }
  });

  it('of one payment holds up no other payment', async () => {
    const { shop } = await toldShop();
    const other = await createPayment(world.payments, shop, { orderId: 'other' });
    await startBlik(world.payments, shop, { paymentId: other.id });
    await world.derive(shop.id);
    // Each is answered only when the other has come too, whichever is first: one after the other, both would time out.
    const held: (() => void)[] = [];
    server.answer((_request, response) => {
      held.push(() => response.end());
      if (held.length === 2) for (const release of held) release();
    });
    await Promise.all([world.work(), world.work()]);
    expect((await world.deliveries(shop.id)).map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED']);
  });

  it('is signed with the new key after a rotation, also when the old one is still good', async () => {
    server.answer(answering(500));
    const { shop, serviceKey: oldKey } = await toldShop();
    await world.work();
    const { serviceKey } = await inTransaction(world.database, (tx) =>
      rotateServiceKey(tx, { actor: actorOf(shop), clock: world.clock, seal: testSeal }, { shop, overlapHours: 24 }),
    );
    world.clock.pass({ ms: 10_000 });
    await world.sweep();
    const signed = server.received.map(({ body, headers }) =>
      [oldKey, serviceKey].map((key) => String(headers['x-imoje-signature']).includes(signatureOf(body, key))),
    );
    expect(signed).toEqual([
      [true, false],
      [false, true],
    ]);
  });

  it('keeps the first 1,000 characters of an answer, without what Postgres cannot hold', async () => {
    server.answer(answering(500, `\0${'ż'.repeat(999)}🦊🦊`));
    const { shop } = await toldShop();
    await world.work();
    const [attempt] = await world.attempts((await onlyDelivery(shop.id)).id);
    expect(attempt?.responseBody).toBe(`${'ż'.repeat(999)}\uFFFD`);
  });

  it('keeps no card number that the shop answers with, whole, cut by the limit or by a zero character', async () => {
    const { shop } = await toldShop();
    server.answer(answering(500, `4111\u0000111111111111 or 5555 5555 5555 4444 ${'.'.repeat(940)}4111111111111111`));
    await world.work();
    const [attempt] = await world.attempts((await onlyDelivery(shop.id)).id);
    expect(attempt?.responseBody).toContain('[card number removed] or [card number removed] .');
    expect(attempt?.responseBody).toHaveLength(1_000);
    expect(attempt?.responseBody).not.toMatch(/5555|4111/);
  });

  it('keeps no service key and no signature, even if the shop prints them', async () => {
    const { shop, serviceKey } = await toldShop();
    server.answer(answering(500, `my key is ${serviceKey}`));
    await world.work();
    const rows = await world.attempts((await onlyDelivery(shop.id)).id);
    expect(rows).toMatchObject([{ responseBody: 'my key is [removed]' }]);
    const { rows: kept } = await world.database.pool.query(
      'select count(*)::int as count from webhook_attempt a join webhook_delivery d on d.id = a.delivery_id where (a::text || d::text) like $1',
      [`%${serviceKey}%`],
    );
    expect(kept).toEqual([{ count: 0 }]);
  });
});
