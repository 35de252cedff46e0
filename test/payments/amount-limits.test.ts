import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Payment } from '../../src/kernel/db/generated/prisma/client.ts';
import type { PaymentMethod } from '../../src/kernel/db/generated/prisma/enums.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import type { Shop } from '../../src/shops/model.ts';
import { createPayment } from '../support/factories.ts';
import { openWorld, type World } from './world.ts';

let world: World;
let shop: Shop;

beforeAll(async () => {
  world = await openWorld(['blik', 'inbank']);
  shop = await world.openShop();
});

afterAll(() => world.close());

const create = (amount: bigint, methods: readonly PaymentMethod[] = []): Promise<Payment> =>
  createPayment(world.deps, shop, { amount, methods });

const start = ({ id }: Pick<Payment, 'id'>, idempotencyKey: string = randomUUID()) =>
  startTransaction(world.deps, { shop, source: 'WEB' }, { paymentId: id, idempotencyKey, method: 'INSTALLMENTS' });

describe('Instalments', () => {
  it.each([30_000n, 5_000_000n])('pay %s minor units', async (amount) => {
    const payment = await create(amount, ['INSTALLMENTS']);
    expect((await start(payment)).transaction).toMatchObject({ status: 'PENDING', channel: 'inbank', amount });
  });

  it.each([29_999n, 5_000_001n])('do not pay %s minor units, and nothing is sent', async (amount) => {
    const payment = await create(amount);
    const sent = world.acquirer.started.length;
    await expect(start(payment)).rejects.toMatchObject({
      code: 'AMOUNT_OUT_OF_RANGE',
      message: 'inbank takes 30000 to 5000000 minor units; choose another method.',
      field: ['method'],
    });
    expect(world.acquirer.started).toHaveLength(sent);
    const key = randomUUID();
    await expect(start(payment, key)).rejects.toMatchObject({ code: 'AMOUNT_OUT_OF_RANGE' });
    const blik = { method: 'BLIK', blikCode: '123456', paymentId: payment.id, idempotencyKey: key } as const;
    expect((await startTransaction(world.deps, { shop, source: 'WEB' }, blik)).replayed).toBe(false);
  });

  it.each([29_999n, 5_000_001n])('alone cannot be wished for a payment of %s minor units', async (amount) => {
    await expect(create(amount, ['INSTALLMENTS'])).rejects.toMatchObject({
      code: 'AMOUNT_OUT_OF_RANGE',
      field: ['amount'],
    });
    expect(await create(amount, ['INSTALLMENTS', 'BLIK'])).toMatchObject({ methods: ['INSTALLMENTS', 'BLIK'] });
  });
});

describe('A currency that no method takes', () => {
  it.each([[['BLIK']], [['INSTALLMENTS']], [['BLIK', 'INSTALLMENTS']], [[]]] satisfies [PaymentMethod[]][])(
    'cannot be wished for a payment by %j',
    async (methods) => {
      const wish = createPayment(world.deps, shop, { amount: 30_000n, currency: 'EUR', methods });
      await expect(wish).rejects.toMatchObject({ code: 'CURRENCY_NOT_AVAILABLE', field: ['currency'] });
    },
  );
});
