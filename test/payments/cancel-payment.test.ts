import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import { endPayments } from '../../src/payments/end-payment.ts';
import { actorOf, createPayment, createShop, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { readLog, readTimers, readTypes } from './read-records.ts';
import { openWorld, paid, paymentNow, startedPayment, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterEach(() => world.acquirer.onStart(undefined));

afterAll(() => world.close());

describe('A cancelled payment', () => {
  it('is told, expires no more, and cannot be paid', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop);
    const cancelled = await cancelPayment(world.deps, actorOf(shop), payment.id);
    expect(cancelled).toMatchObject({ id: payment.id, status: 'CANCELLED' });
    expect(await paymentNow(world.database, payment.id)).toMatchObject({ status: 'CANCELLED', settledAt: null });
    expect(await readTypes(world.database, shop.id, 1)).toEqual(['PAYMENT_CANCELLED']);
    expect(await readTimers(world.database, payment.id)).toEqual([]);
  });

  it('takes its pending attempt with it, and the acquirer is told to stop', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    await cancelPayment(world.deps, actorOf(shop), payment.id);
    const log = (await readLog(world.database, shop.id)).slice(3);
    expect(log.map((entry) => [entry.type, entry.transactionId, entry.data])).toEqual([
      [
        'TRANSACTION_CANCELLED',
        transaction.id,
        { transaction: { status: 'CANCELLED', reason: 'PAYMENT_CANCELLED' }, payment: { status: 'CANCELLED' } },
      ],
      ['PAYMENT_CANCELLED', null, { payment: { status: 'CANCELLED' } }],
    ]);
    expect(await readTimers(world.database, payment.id, transaction.id)).toEqual([
      expect.stringMatching(/^ask-acquirer 0 /),
    ]);
    expect(await world.letPass({ ms: 0 })).toEqual(['stop-order']);
    expect(world.acquirer.stopped).toEqual([transaction.id]);
    expect(world.acquirer.asked).toContain(transaction.id);
  });

  it('leaves an attempt whose outcome is unknown to be asked about', async () => {
    const shop = await world.openShop();
    world.acquirer.onStart(new Error('time-out'));
    const { transaction, payment } = await startedPayment(world, shop);
    await cancelPayment(world.deps, actorOf(shop), payment.id);
    expect(await readTypes(world.database, shop.id, 4)).toEqual(['PAYMENT_CANCELLED']);
    expect(await readTimers(world.database, payment.id, transaction.id)).toEqual([
      expect.stringMatching(/^ask-acquirer 0 /),
    ]);
    const applied = await tellAnswer(world.deps, transaction.id, paid(payment));
    expect(applied).toMatchObject({ transaction: { late: true }, payment: { status: 'SETTLED' } });
  });

  it('is cancelled once, however often it is asked for', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop);
    const cancelled = await cancelPayment(world.deps, actorOf(shop), payment.id);
    world.clock.pass({ ms: 1_000 });
    const again = await cancelPayment(world.deps, actorOf(shop), payment.id);
    expect(again.updatedAt).toEqual(cancelled.updatedAt);
    expect(await readTypes(world.database, shop.id)).toEqual(['PAYMENT_CREATED', 'PAYMENT_CANCELLED']);
  });

  it('is cancelled once when it is named twice', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop);
    const wish = { shopId: shop.id, paymentIds: [payment.id, payment.id], end: 'CANCELLED' } as const;
    const outcomes = await inTransaction(world.database, (tx) => endPayments(tx, world.clock, wish));
    expect(outcomes).toMatchObject([{ value: { status: 'CANCELLED' } }, { value: { status: 'CANCELLED' } }]);
    expect(await readTypes(world.database, shop.id)).toEqual(['PAYMENT_CREATED', 'PAYMENT_CANCELLED']);
  });
});

describe('Cancelling is refused', () => {
  it('when the payment is settled', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    await tellAnswer(world.deps, transaction.id, paid(payment));
    const refused = cancelPayment(world.deps, actorOf(shop), payment.id);
    await expect(refused).rejects.toMatchObject({
      ...{ code: 'PAYMENT_NOT_PAYABLE', field: ['paymentId'] },
      message: 'This payment is settled and cannot be cancelled any more; give the money back by a refund.',
    });
    expect((await paymentNow(world.database, payment.id)).status).toBe('SETTLED');
  });

  it('when it has expired', async () => {
    const shop = await world.openShop();
    const validUntil = new Date(world.clock.now().getTime() + 60_000);
    const payment = await createPayment(world.deps, shop, { validUntil });
    await world.letPass({ ms: 60_000 });
    const refused = cancelPayment(world.deps, actorOf(shop), payment.id);
    const message = 'This payment is expired and cannot be cancelled any more.';
    await expect(refused).rejects.toMatchObject({ code: 'PAYMENT_NOT_PAYABLE', message });
  });

  it('to a key without the scope', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop);
    const reader = actorOf(shop, { scopes: ['payments:read'] });
    await expect(cancelPayment(world.deps, reader, payment.id)).rejects.toMatchObject({ code: 'FORBIDDEN' });
  });

  it('to everybody else in the same words, whether the payment exists or not', async () => {
    const shop = await world.openShop();
    const { shop: sister } = await createShop(world.database, { merchantId: shop.merchantId });
    const stranger = await world.openShop();
    const payment = await createPayment(world.deps, shop);
    const missing = await cancelPayment(world.deps, actorOf(shop), randomUUID()).catch((error: Error) => error.message);
    for (const actor of [actorOf(stranger), actorOf(shop, { shopId: sister.id })]) {
      const refused = cancelPayment(world.deps, actor, payment.id);
      await expect(refused).rejects.toMatchObject({ code: 'NOT_FOUND', field: ['paymentId'], message: missing });
    }
    expect((await paymentNow(world.database, payment.id)).status).toBe('NEW');
  });

  it('and changes nothing', async () => {
    expect(await brokenInvariants(world.database)).toEqual([]);
  });
});
