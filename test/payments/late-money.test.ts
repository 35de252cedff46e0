import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import type { StartedTransaction } from '../../src/payments/decide-start.ts';
import type { Shop } from '../../src/shops/model.ts';
import { actorOf, startBlik, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { readBooks, readLog, readTimers, readTypes } from './read-records.ts';
import { declined, openWorld, paid, paymentNow, startedPayment, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterEach(() => {
  world.acquirer.onStart(undefined);
  world.alarms.length = 0;
});

afterAll(() => world.close());

const validMs = 60_000;
const inAMinute = (): { validUntil: Date } => ({ validUntil: new Date(world.clock.now().getTime() + validMs) });

/** A payment with one attempt that was declined and a second one that is pending. */
async function secondAttempt(shop: Shop): Promise<{ first: StartedTransaction; second: StartedTransaction }> {
  const first = await startedPayment(world, shop);
  await tellAnswer(world.deps, first.transaction.id, declined);
  const second = await startBlik(world.deps, shop, { paymentId: first.payment.id });
  return { first, second };
}

describe('Money that comes late', () => {
  it('settles a payment that was cancelled, and says that it is late', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    await cancelPayment(world.deps, actorOf(shop), payment.id);
    world.clock.pass({ ms: 5_000 });
    const applied = await tellAnswer(world.deps, transaction.id, paid(payment));
    expect(applied.transaction).toMatchObject({ status: 'SETTLED', late: true, surplus: false, reason: null });
    expect(applied.payment).toMatchObject({ status: 'SETTLED', settledAt: world.clock.now() });
    expect((await readLog(world.database, shop.id)).slice(3).map((entry) => [entry.type, entry.data])).toEqual([
      [
        'TRANSACTION_CANCELLED',
        { transaction: { status: 'CANCELLED', reason: 'PAYMENT_CANCELLED' }, payment: { status: 'CANCELLED' } },
      ],
      ['PAYMENT_CANCELLED', { payment: { status: 'CANCELLED' } }],
      ['TRANSACTION_SETTLED', { transaction: { status: 'SETTLED', late: true }, payment: { status: 'SETTLED' } }],
      ['PAYMENT_SETTLED', { payment: { status: 'SETTLED' } }],
    ]);
    expect((await readBooks(world.database, shop.id)).balance).toBe(1_234);
    expect(world.alarms).toEqual([]);
  });

  it('settles a payment that had expired', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop, inAMinute());
    await tellAnswer(world.deps, transaction.id, { kind: 'silent' });
    world.acquirer.onAsk({ kind: 'silent' });
    await world.letPass({ ms: validMs });
    expect((await paymentNow(world.database, payment.id)).status).toBe('EXPIRED');
    const applied = await tellAnswer(world.deps, transaction.id, paid(payment));
    expect([applied.payment.status, applied.transaction.status, applied.transaction.late]).toEqual([
      'SETTLED',
      'SETTLED',
      true,
    ]);
    expect(await readTimers(world.database, payment.id, transaction.id)).toEqual([]);
  });

  it('settles a payment whose attempt had been declined, and nobody can pay it again', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    await tellAnswer(world.deps, transaction.id, declined);
    const applied = await tellAnswer(world.deps, transaction.id, paid(payment));
    expect(applied.transaction).toMatchObject({ status: 'SETTLED', late: true, reason: null, acquirerCode: null });
    const again = startBlik(world.deps, shop, { paymentId: payment.id });
    await expect(again).rejects.toMatchObject({ code: 'PAYMENT_NOT_PAYABLE' });
  });
});

describe('Money that comes twice', () => {
  it('is kept: the second attempt settles as surplus, with an alarm and an event', async () => {
    const shop = await world.openShop();
    const { first, second } = await secondAttempt(shop);
    await tellAnswer(world.deps, first.transaction.id, paid(first.payment));
    const before = (await readLog(world.database, shop.id)).length;
    const applied = await tellAnswer(world.deps, second.transaction.id, paid(first.payment));
    expect(applied).toMatchObject({
      changed: true,
      transaction: { status: 'SETTLED', surplus: true, late: true, settledAmount: 1_234n },
      payment: { status: 'SETTLED' },
    });
    expect(world.alarms).toEqual(['a payment was paid twice']);
    expect((await readLog(world.database, shop.id)).slice(before).map((entry) => [entry.type, entry.data])).toEqual([
      [
        'TRANSACTION_SETTLED',
        { transaction: { status: 'SETTLED', late: true, surplus: true }, payment: { status: 'SETTLED' } },
      ],
    ]);
    expect(await readBooks(world.database, shop.id)).toEqual({
      postings: ['SALE ACQUIRER SHOP 1234 PLN', 'SALE ACQUIRER SHOP 1234 PLN'],
      captures: ['SETTLED 1234', 'SETTLED 1234'],
      commissions: ['1234 15900 20', '1234 15900 20'],
      balance: 2_468,
    });
  });

  it('leaves one settled transaction that is not surplus, also when both words come in one batch', async () => {
    const shop = await world.openShop();
    const { first, second } = await secondAttempt(shop);
    const applied = await Promise.all([
      tellAnswer(world.deps, second.transaction.id, paid(first.payment)),
      tellAnswer(world.deps, first.transaction.id, paid(first.payment)),
    ]);
    const flags = applied.map(({ transaction }) => [transaction.late, transaction.surplus]);
    expect(flags).toEqual([
      [false, false],
      [true, true],
    ]);
    expect((await readBooks(world.database, shop.id)).balance).toBe(2_468);
  });

  it('is told once for each, however often the acquirer says it', async () => {
    const shop = await world.openShop();
    const { first, second } = await secondAttempt(shop);
    for (const _ of [1, 2]) {
      await tellAnswer(world.deps, first.transaction.id, paid(first.payment));
      await tellAnswer(world.deps, second.transaction.id, paid(first.payment));
    }
    expect((await readBooks(world.database, shop.id)).balance).toBe(2_468);
    expect(await readTypes(world.database, shop.id, 7)).toEqual([
      'TRANSACTION_SETTLED',
      'PAYMENT_SETTLED',
      'TRANSACTION_CANCELLED',
      'TRANSACTION_SETTLED',
    ]);
    expect(world.alarms).toEqual(['a payment was paid twice']);
  });
});

describe('An attempt that is live when its payment is settled by another', () => {
  it('ends by itself, and the payment stays settled', async () => {
    const shop = await world.openShop();
    const { first, second } = await secondAttempt(shop);
    await tellAnswer(world.deps, first.transaction.id, paid(first.payment));
    const applied = await tellAnswer(world.deps, second.transaction.id, declined);
    expect(applied.transaction).toMatchObject({ status: 'CANCELLED', reason: 'SUPERSEDED' });
    expect(applied.payment.status).toBe('SETTLED');
    expect(await brokenInvariants(world.database)).toEqual([]);
  });

  it('ends, and its acquirer is told to stop, lest the payer pays twice', async () => {
    const shop = await world.openShop();
    const { first, second } = await secondAttempt(shop);
    await tellAnswer(world.deps, first.transaction.id, paid(first.payment));
    await world.letPass({ ms: 0 });
    expect(world.acquirer.stopped).toContain(second.transaction.id);
    expect(await readTypes(world.database, shop.id, 7)).toEqual([
      'TRANSACTION_SETTLED',
      'PAYMENT_SETTLED',
      'TRANSACTION_CANCELLED',
    ]);
  });
});

describe('An attempt that was cancelled before its acquirer was told to stop', () => {
  it('is booked when the acquirer, asked on that occasion, says that it has the money', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    await cancelPayment(world.deps, actorOf(shop), payment.id);
    world.acquirer.onAsk(paid(payment));
    await world.letPass({ ms: 0 });
    expect((await paymentNow(world.database, payment.id)).status).toBe('SETTLED');
    expect((await readBooks(world.database, shop.id)).balance).toBe(1_234);
    expect(await readTimers(world.database, payment.id, transaction.id)).toEqual([]);
  });

  it('is asked about for a quarter of an hour, for a call may reach the acquirer late', async () => {
    const shop = await world.openShop();
    const { payment } = await startedPayment(world, shop);
    await cancelPayment(world.deps, actorOf(shop), payment.id);
    world.acquirer.onAsk(new Error('no answer'));
    await world.letPass({ ms: 0 });
    for (const ms of [15_000, 15_000, 30_000]) await world.letPass({ ms });
    world.acquirer.onAsk(paid(payment));
    await world.letPass({ ms: 60_000 });
    expect((await paymentNow(world.database, payment.id)).status).toBe('SETTLED');
  });

  it('is not asked about for ever', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    await cancelPayment(world.deps, actorOf(shop), payment.id);
    world.acquirer.onAsk(new Error('no answer'));
    for (let minute = 0; minute < 25; minute += 1) await world.letPass({ ms: 60_000 });
    expect(await readTimers(world.database, payment.id, transaction.id)).toEqual([]);
  });
});
