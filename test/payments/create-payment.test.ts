import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Payment } from '../../src/kernel/db/generated/prisma/client.ts';
import { InvalidInput } from '../../src/kernel/errors.ts';
import type { CreatePaymentInput } from '../../src/payments/prepare-payment.ts';
import { findPayment } from '../../src/payments/store.ts';
import type { Shop } from '../../src/shops/model.ts';
import { createMerchant, createPayment, createShop } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { countRows, readLog, readTimers } from './read-records.ts';
import { createToldAcquirer } from './told-acquirer.ts';
import { openWorld, type World, wishFor } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

const create = (shop: Shop, input: Partial<CreatePaymentInput> = {}): Promise<Payment> =>
  createPayment(world.deps, shop, input);

async function setStatus(table: 'shop' | 'merchant', id: string, status: string): Promise<void> {
  const cast = table === 'shop' ? 'uuid' : 'text';
  const text = `update ${table} set status = $2::${table}_status where id = $1::${cast}`;
  await world.database.pool.query(text, [id, status]);
}

describe('A created payment', () => {
  it('lies in the database with everything it was given', async () => {
    const shop = await world.openShop();
    const acquirers = new Map([['cards', createToldAcquirer(['ecom3ds'])]]);
    const payment = await createPayment({ ...world.deps, acquirers }, shop, {
      amount: 999_999_999n,
      currency: 'EUR',
      title: 'Buty „trekkingowe” 43',
      description: 'zażółć gęślą jaźń 😀',
      customer: {
        firstName: 'Żaneta',
        lastName: 'O\'Brien, {"x"}',
        email: 'ż@ż.example',
        phone: '+48 500 600 700',
        company: 'Firma \\ Syn',
        taxId: '5260250274',
      },
      locale: 'pl',
      methods: ['CARD', 'CARD'],
      successUrl: 'https://shop.example/ok',
      failureUrl: 'https://shop.example/no',
      returnUrl: 'https://shop.example/back',
      notificationUrl: 'http://localhost:3000/notify',
      validUntil: new Date('2026-03-02T11:00:00.000Z'),
      documents: { basket: [{ name: 'a"b \\u0000 😀', price: 1 }] },
    });
    expect(payment).toMatchObject({ methods: ['CARD'], currency: 'EUR', status: 'NEW', settledAt: null });
    const kept = await findPayment(world.database, payment.id);
    expect({ ...kept, inputHash: Buffer.from(kept?.inputHash ?? []) }).toEqual({
      ...payment,
      inputHash: Buffer.from(payment.inputHash),
    });
  });

  it('is told as the first event of its shop, without personal data', async () => {
    const shop = await world.openShop();
    const payment = await create(shop);
    expect(await readLog(world.database, shop.id)).toEqual([
      {
        number: 1,
        type: 'PAYMENT_CREATED',
        paymentId: payment.id,
        transactionId: null,
        at: world.clock.now(),
        data: { payment: { status: 'NEW' } },
      },
    ]);
  });

  it("lives by its merchant's clock, and expires when the shop has set it to", async () => {
    const merchantId = await createMerchant(world.database, { clockOffsetMs: 86_400_000 });
    const { shop } = await createShop(world.database, { merchantId });
    const payment = await create({ ...shop, paymentValiditySeconds: 600 });
    const tomorrow = new Date(world.clock.now().getTime() + 86_400_000);
    expect(payment.createdAt).toEqual(tomorrow);
    expect(payment.validUntil).toEqual(new Date(tomorrow.getTime() + 600_000));
    expect(await readTimers(world.database, payment.id)).toEqual([
      `expire-payment 0 ${payment.validUntil.toISOString()}`,
    ]);
  });

  it('has no timer when it never expires', async () => {
    const payment = await create(await world.openShop(), { validUntil: 'never' });
    expect(await readTimers(world.database, payment.id)).toEqual([]);
  });

  it('tells listeners of the process where the log now ends, after the commit', async () => {
    const shop = await world.openShop();
    const heard: bigint[] = [];
    const stop = world.database.onNews((news) => heard.push(news.get(shop.id) ?? 0n));
    await Promise.all([create(shop), create(shop)]);
    stop();
    expect(heard).toEqual([2n]);
  });
});

describe('Payments of one batch', () => {
  it('get dense numbers in the order in which they came, shop by shop', async () => {
    const shops = [await world.openShop(), await world.openShop(), await world.openShop()];
    const orders = Array.from({ length: 30 }, (_, place) => shops[(place * 7) % 3] as Shop);
    const payments = await Promise.all(orders.map((shop) => create(shop)));
    for (const shop of shops) {
      const log = await readLog(world.database, shop.id);
      expect(log.map((entry) => entry.number)).toEqual(Array.from({ length: 10 }, (_, place) => place + 1));
      const own = payments.filter((payment) => payment.shopId === shop.id);
      expect(log.map((entry) => entry.paymentId)).toEqual(own.map((payment) => payment.id));
    }
  });

  it('fail alone when the database will not take one', async () => {
    const shop = await world.openShop();
    // A zero character passes in a description, which is checked at its door, but no text column takes it.
    const inputs = ['a', 'b', 'bad \0', 'c', 'd', 'e', 'bad \0', 'f'].map((description) => ({ description }));
    const results = await Promise.allSettled(inputs.map((input) => create(shop, input)));
    expect(results.map((one) => one.status === 'fulfilled')).toEqual([
      true,
      true,
      false,
      true,
      true,
      true,
      false,
      true,
    ]);
    expect((await readLog(world.database, shop.id)).map((entry) => entry.number)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('are refused alone', async () => {
    const [open, closed] = [await world.openShop(), await world.openShop()];
    await setStatus('shop', closed.id, 'SUSPENDED');
    const results = await Promise.allSettled([create(closed), create(open), create(closed), create(open)]);
    expect(results.map((one) => (one.status === 'rejected' ? one.reason.code : 'made'))).toEqual([
      'SHOP_NOT_ACTIVE',
      'made',
      'SHOP_NOT_ACTIVE',
      'made',
    ]);
  });
});

describe('A payment is refused', () => {
  it('by a shop that is known to be suspended, or whose merchant has no contract', async () => {
    const shop = await world.openShop();
    await expect(create({ ...shop, status: 'SUSPENDED' })).rejects.toMatchObject({ code: 'SHOP_NOT_ACTIVE' });
    await expect(create({ ...shop, merchantActive: false })).rejects.toMatchObject({ code: 'MERCHANT_NOT_ACTIVE' });
  });

  it('by a shop that was active a moment ago, by what the database says now', async () => {
    const [shop, other] = [await world.openShop(), await world.openShop()];
    await setStatus('shop', shop.id, 'SUSPENDED');
    await setStatus('merchant', other.merchantId, 'TERMINATED');
    await expect(create(shop)).rejects.toMatchObject({ code: 'SHOP_NOT_ACTIVE' });
    await expect(create(other)).rejects.toMatchObject({ code: 'SHOP_NOT_ACTIVE' });
    expect(await readLog(world.database, shop.id)).toEqual([]);
  });

  it('but goes on while the contract only runs out', async () => {
    const shop = await world.openShop();
    await setStatus('merchant', shop.merchantId, 'NOTICE');
    await expect(create(shop)).resolves.toMatchObject({ status: 'NEW' });
  });

  it('in a currency or with a method that the shop does not take', async () => {
    const shop = await world.openShop();
    await expect(create({ ...shop, currencies: ['EUR'] })).rejects.toMatchObject({ code: 'CURRENCY_NOT_AVAILABLE' });
    await expect(create(shop, { methods: ['BLIK', 'CARD'] })).rejects.toMatchObject({ code: 'METHOD_NOT_AVAILABLE' });
  });

  it('when it would expire in less than 60 seconds', async () => {
    const shop = await world.openShop();
    const inSeconds = (seconds: number): Date => new Date(world.clock.now().getTime() + seconds * 1000);
    await expect(create(shop, { validUntil: inSeconds(58) })).rejects.toMatchObject({ field: ['validUntil'] });
    await expect(create(shop, { validUntil: inSeconds(-1) })).rejects.toMatchObject({ field: ['validUntil'] });
    await expect(create(shop, { validUntil: inSeconds(60) })).resolves.toMatchObject({ status: 'NEW' });
  });

  it.each<[string, Partial<CreatePaymentInput>]>([
    ['amount', { amount: 0n }],
    ['amount', { amount: 1_000_000_000n }],
    ['idempotencyKey', { idempotencyKey: '' }],
    ['orderId', { orderId: '' }],
    ['orderId', { orderId: 'x'.repeat(101) }],
    ['orderId', { orderId: 'a\nb' }],
    ['orderId', { orderId: 'a\0b' }],
    ['title', { title: 'x'.repeat(256) }],
    ['title', { title: 'half \ud83d' }],
    ['successUrl', { successUrl: 'shop.example' }],
    ['failureUrl', { failureUrl: 'javascript:alert(1)' }],
    ['returnUrl', { returnUrl: 'https://a@b.example' }],
    ['notificationUrl', { notificationUrl: 'https://shop.example./' }],
    ['validUntil', { validUntil: new Date(8.64e15) }],
    ['firstName', { customer: { firstName: '', lastName: 'K' } }],
    ['lastName', { customer: { firstName: 'J', lastName: 'x'.repeat(101) } }],
    ['email', { customer: { firstName: 'J', lastName: 'K', email: 'no address' } }],
    ['email', { customer: { firstName: 'J', lastName: 'K', email: 'a@b' } }],
    ['phone', { customer: { firstName: 'J', lastName: 'K', phone: 'call me' } }],
    ['company', { customer: { firstName: 'J', lastName: 'K', company: 'x'.repeat(201) } }],
    ['taxId', { customer: { firstName: 'J', lastName: 'K', taxId: 'x'.repeat(31) } }],
    ['orderId', { orderId: '4111 1111 1111 1111' }],
    ['title', { title: 'card 4111111111111111' }],
    ['description', { description: 'first line\n4111-1111-1111-1111' }],
    ['documents', { documents: { cart: { items: [{ name: '4111111111111111' }] } } }],
    ['idempotencyKey', { idempotencyKey: 'card-4111111111111111' }],
    ['successUrl', { successUrl: 'https://shop.example/?c=4111+1111+1111+1111' }],
    ['notificationUrl', { notificationUrl: 'https://shop.example/4111111111111111' }],
    ['lastName', { customer: { firstName: 'J', lastName: '4111111111111111' } }],
    ['email', { customer: { firstName: 'J', lastName: 'K', email: '4111111111111111@a.example' } }],
    ['phone', { customer: { firstName: 'J', lastName: 'K', phone: '4111 1111 1111 1111' } }],
    ['company', { customer: { firstName: 'J', lastName: 'K', company: '4111.1111.1111.1111' } }],
    ['taxId', { customer: { firstName: 'J', lastName: 'K', taxId: '4111111111111111' } }],
  ])('for a wrong %s, which is named', async (field, input) => {
    const shop = await world.openShop();
    const problem = (() => {
      try {
        return wishFor(world.deps, shop, input);
      } catch (error) {
        return error;
      }
    })();
    expect(problem).toBeInstanceOf(InvalidInput);
    expect((problem as InvalidInput).field?.at(-1)).toBe(field);
  });

  it('and leaves nothing behind', async () => {
    const before = await countRows(world.database, 'payment');
    const shop = await world.openShop();
    await expect(create({ ...shop, status: 'SUSPENDED' })).rejects.toThrow();
    expect(await countRows(world.database, 'payment')).toBe(before);
    expect(await brokenInvariants(world.database)).toEqual([]);
  });
});
