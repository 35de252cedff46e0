import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expirePayment } from '../../src/payments/expire-payment.ts';
import { createMerchant, createPayment, createShop, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { readLog, readTimers, readTypes } from './read-records.ts';
import { openWorld, paid, paymentNow, startedPayment, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

const inAMinute = (): { validUntil: Date } => ({ validUntil: new Date(world.clock.now().getTime() + 60_000) });

describe('A payment that nobody pays', () => {
  it('expires when its time is over, not a millisecond before', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop, inAMinute());
    expect(await world.letPass({ ms: 59_999 })).toEqual([]);
    expect((await paymentNow(world.database, payment.id)).status).toBe('NEW');
    expect(await world.letPass({ ms: 1 })).toEqual(['expire-payment']);
    expect(await paymentNow(world.database, payment.id)).toMatchObject({
      status: 'EXPIRED',
      updatedAt: payment.validUntil,
      settledAt: null,
    });
    expect(await readTypes(world.database, shop.id)).toEqual(['PAYMENT_CREATED', 'PAYMENT_EXPIRED']);
    expect(await readTimers(world.database, payment.id)).toEqual([]);
  });

  it("expires by its merchant's clock", async () => {
    const merchantId = await createMerchant(world.database);
    const { shop } = await createShop(world.database, { merchantId });
    const payment = await createPayment(world.deps, shop, inAMinute());
    await world.database.pool.query('update merchant set clock_offset_ms = 60000 where id = $1::text', [merchantId]);
    await world.letPass({ ms: 0 });
    const expired = await paymentNow(world.database, payment.id);
    expect([expired.status, expired.updatedAt]).toEqual(['EXPIRED', payment.validUntil]);
  });

  it('takes its pending attempt with it', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop, inAMinute());
    world.acquirer.onAsk({ kind: 'pending', confirmUntil: world.clock.now() });
    await world.letPass({ ms: 60_000 });
    expect((await readLog(world.database, shop.id)).slice(3).map((entry) => [entry.type, entry.data])).toEqual([
      [
        'TRANSACTION_CANCELLED',
        { transaction: { status: 'CANCELLED', reason: 'PAYMENT_EXPIRED' }, payment: { status: 'EXPIRED' } },
      ],
      ['PAYMENT_EXPIRED', { payment: { status: 'EXPIRED' } }],
    ]);
    expect(world.acquirer.stopped).toEqual([transaction.id]);
    expect(await readTimers(world.database, payment.id, transaction.id)).toEqual([
      expect.stringMatching(/^ask-acquirer /),
    ]);
  });
});

describe('A payment does not expire', () => {
  it('twice', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop, inAMinute());
    await world.letPass({ ms: 60_000 });
    await expirePayment(world.deps, payment.id);
    expect(await readTypes(world.database, shop.id)).toEqual(['PAYMENT_CREATED', 'PAYMENT_EXPIRED']);
  });

  it('when it is paid, even if the job comes all the same', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop, inAMinute());
    await tellAnswer(world.deps, transaction.id, paid(payment));
    await world.letPass({ ms: 60_000 });
    await expirePayment(world.deps, payment.id);
    expect((await paymentNow(world.database, payment.id)).status).toBe('SETTLED');
  });

  it('when there is none', async () => {
    await expirePayment(world.deps, randomUUID());
    expect(await brokenInvariants(world.database)).toEqual([]);
  });
});
