import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLane } from '../../src/kernel/batch.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import { type CreatedPayment, commitPayments, type PreparedPayment } from '../../src/payments/create-payment.ts';
import { type CreatePaymentInput, preparePayment } from '../../src/payments/prepare-payment.ts';
import type { Shop } from '../../src/shops/model.ts';
import { actorOf, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { meddledDatabase } from '../support/meddle.ts';
import { readTypes } from './read-records.ts';
import { openWorld, paid, startedPayment, type World, wishFor } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

const create = (shop: Shop, input: Partial<CreatePaymentInput>): Promise<CreatedPayment> =>
  world.deps.creating.submit(wishFor(world.deps, shop, input));

describe('A wish that comes again under its key', () => {
  it('gives the payment it made, and makes nothing new', async () => {
    const shop = await world.openShop();
    const wish = { idempotencyKey: 'order-1' };
    const first = await create(shop, wish);
    const again = await create(shop, wish);
    expect([first.replayed, again.replayed]).toEqual([false, true]);
    expect(again.payment.id).toBe(first.payment.id);
    expect(await readTypes(world.database, shop.id)).toEqual(['PAYMENT_CREATED']);
  });

  it('gives it in its present state: while it is paid, after it has settled', async () => {
    const shop = await world.openShop();
    const wish = { idempotencyKey: 'order-1' };
    const { transaction, payment } = await startedPayment(world, shop, wish);
    const customer = { firstName: 'Jan', lastName: 'Kowalski', email: 'jan@shop.example' };
    expect((await create(shop, { ...wish, customer })).payment.status).toBe('PENDING');
    await tellAnswer(world.deps, transaction.id, paid(payment));
    const replay = await create(shop, { ...wish, customer });
    expect(replay).toMatchObject({ replayed: true, payment: { id: payment.id, status: 'SETTLED' } });
    expect(replay.payment.settledAt).toEqual(world.clock.now());
  });

  it('gives it after its time is over', async () => {
    const shop = await world.openShop();
    const validUntil = new Date(world.clock.now().getTime() + 60_000);
    const wish = { idempotencyKey: 'order-1', validUntil };
    const { payment } = await create(shop, wish);
    await world.letPass({ ms: 600_000 });
    expect(await create(shop, wish)).toMatchObject({ replayed: true, payment: { id: payment.id, status: 'EXPIRED' } });
  });

  it('gives it while the shop is suspended, takes the currency or the method no more, or has no contract', async () => {
    const shop = await world.openShop();
    const wish = { idempotencyKey: 'order-1', methods: ['BLIK'] as const };
    const { payment } = await create(shop, wish);
    await cancelPayment(world.deps, actorOf(shop), payment.id);
    await world.database.pool.query(`update shop set status = 'SUSPENDED' where id = $1::uuid`, [shop.id]);
    const changed: Partial<Shop>[] = [
      { status: 'SUSPENDED' },
      { status: 'CLOSED' },
      { merchantActive: false },
      { currencies: [] },
      { channels: [] },
    ];
    for (const change of changed) {
      const again = await create({ ...shop, ...change }, wish);
      expect(again).toMatchObject({ replayed: true, payment: { id: payment.id, status: 'CANCELLED' } });
    }
  });

  it('is the same wish with its fields in another order or null for left out', async () => {
    const shop = await world.openShop();
    const { payment } = await create(shop, { idempotencyKey: 'order-1', title: 'Buty' });
    const again = await create(shop, {
      title: 'Buty',
      locale: undefined,
      customer: { lastName: 'Kowalski', firstName: 'Jan', email: undefined },
      idempotencyKey: 'order-1',
    });
    expect(again).toMatchObject({ replayed: true, payment: { id: payment.id } });
  });

  it.each<Partial<CreatePaymentInput>>([
    { amount: 1_235n },
    { currency: 'EUR' },
    { orderId: 'ORD/2' },
    { title: 'Buty' },
    { customer: { firstName: 'Jan', lastName: 'Nowak' } },
    { methods: ['BLIK'] },
    { validUntil: 'never' },
    { successUrl: 'https://shop.example/ok' },
    { locale: 'en' },
  ])('is refused with another input: %o', async (change) => {
    const shop = await world.openShop();
    await create(shop, { idempotencyKey: 'order-1' });
    const other = create(shop, { idempotencyKey: 'order-1', ...change });
    await expect(other).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED', field: ['idempotencyKey'] });
    expect(await readTypes(world.database, shop.id)).toEqual(['PAYMENT_CREATED']);
  });
});

describe('What was there already, when it cannot be read just now,', () => {
  it('fails alone: what was made in the same batch is new, and nobody is told otherwise', async () => {
    const shop = await world.openShop();
    await create(shop, { idempotencyKey: 'old' });
    let reads = 0;
    const database = meddledDatabase(world.database, async (statement, run) => {
      if (statement.name !== 'read-payments-by-key') return run(statement);
      reads += 1;
      throw new Error('the read failed');
    });
    const creating = createLane((items: readonly PreparedPayment[]) => commitPayments(database, items));
    const wishes = ['old', 'new', 'new'].map((idempotencyKey) => wishFor(world.deps, shop, { idempotencyKey }));
    const results = await Promise.allSettled(wishes.map((wish) => creating.submit(wish)));
    expect(results.map((one) => (one.status === 'fulfilled' ? one.value.replayed : one.reason.message))).toEqual([
      'the read failed',
      false,
      'the read failed',
    ]);
    expect(reads).toBe(1);
    expect(await readTypes(world.database, shop.id)).toEqual(['PAYMENT_CREATED', 'PAYMENT_CREATED']);
  });
});

describe('Equal keys', () => {
  it('in one batch make one payment, and all get it', async () => {
    const shop = await world.openShop();
    const idempotencyKey = randomUUID();
    const made = await Promise.all(Array.from({ length: 20 }, () => create(shop, { idempotencyKey })));
    expect(new Set(made.map((one) => one.payment.id)).size).toBe(1);
    expect(made.filter((one) => !one.replayed)).toHaveLength(1);
    expect(await readTypes(world.database, shop.id)).toEqual(['PAYMENT_CREATED']);
  });

  it('in one batch with two inputs: the first wins, the other is refused', async () => {
    const shop = await world.openShop();
    const idempotencyKey = randomUUID();
    const results = await Promise.allSettled([
      create(shop, { idempotencyKey, amount: 1n }),
      create(shop, { idempotencyKey, amount: 2n }),
      create(shop, { idempotencyKey, amount: 1n }),
    ]);
    const words = results.map((one) => (one.status === 'fulfilled' ? one.value.replayed : one.reason.code));
    expect(words).toEqual([false, 'IDEMPOTENCY_KEY_REUSED', true]);
  });

  it('of two shops are two payments, and so are those of two doors', async () => {
    const [one, other] = [await world.openShop(), await world.openShop()];
    const wish = { idempotencyKey: 'order-1' };
    const first = await create(one, wish);
    const second = await create(other, wish);
    const input = {
      ...wish,
      amount: 5n,
      currency: 'PLN',
      orderId: '1',
      customer: { firstName: 'J', lastName: 'K' },
    } as const;
    const deps = { clock: world.clock, acquirers: world.deps.acquirers, addressRule: 'any' } as const;
    const third = await world.deps.creating.submit(preparePayment(deps, { shop: one, source: 'FORM' }, input));
    expect([first, second, third].map((made) => made.replayed)).toEqual([false, false, false]);
    expect(new Set([first, second, third].map((made) => made.payment.id)).size).toBe(3);
  });

  it('that differ in the slightest are two keys', async () => {
    const shop = await world.openShop();
    const keys = ['a', 'A', 'a ', 'ą', 'a\u0328'];
    const made = await Promise.all(keys.map((idempotencyKey) => create(shop, { idempotencyKey })));
    expect(new Set(made.map((one) => one.payment.id)).size).toBe(keys.length);
  });
});

describe('A refused wish', () => {
  it('does not consume its key, whatever it was refused for', async () => {
    const shop = await world.openShop();
    const wish = { idempotencyKey: 'order-1' };
    const tooSoon = new Date(world.clock.now().getTime() + 1_000);
    await expect(create(shop, { ...wish, validUntil: tooSoon })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await expect(create({ ...shop, status: 'SUSPENDED' }, wish)).rejects.toMatchObject({ code: 'SHOP_NOT_ACTIVE' });
    await expect(create(shop, { ...wish, methods: ['CARD'] })).rejects.toMatchObject({ code: 'METHOD_NOT_AVAILABLE' });
    await expect(create(shop, { ...wish, description: '\0' })).rejects.toThrow();
    expect(await create(shop, { ...wish, amount: 77n })).toMatchObject({ replayed: false, payment: { amount: 77n } });
  });

  it('does not take the key from a good one in its batch', async () => {
    const shop = await world.openShop();
    const results = await Promise.allSettled([
      create({ ...shop, currencies: ['EUR'] }, { idempotencyKey: 'order-1' }),
      create(shop, { idempotencyKey: 'order-1' }),
    ]);
    // The first was refused by what it knew of the shop, but under its key there is its very payment: a replay.
    expect(results.map((one) => (one.status === 'fulfilled' ? one.value.replayed : one.reason.code))).toEqual([
      true,
      false,
    ]);
    expect(await brokenInvariants(world.database)).toEqual([]);
  });
});
