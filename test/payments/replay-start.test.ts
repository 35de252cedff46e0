import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { InvalidInput } from '../../src/kernel/errors.ts';
import { IdempotencyKeyReused } from '../../src/kernel/idempotency.ts';
import type { StartedTransaction } from '../../src/payments/decide-start.ts';
import { TooManyAttempts } from '../../src/payments/errors.ts';
import { type StartTransactionInput, startTransaction } from '../../src/payments/start-transaction.ts';
import type { Shop } from '../../src/shops/model.ts';
import { createPayment, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { openWorld, paid, paymentNow, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['blik', 'ecom3ds']);
});

afterEach(() => world.acquirer.onStart(undefined));

afterAll(() => world.close());

const start = (
  shop: Shop,
  input: Partial<StartTransactionInput> & { paymentId: string },
): Promise<StartedTransaction> =>
  startTransaction(
    world.deps,
    { shop, source: 'API' },
    { idempotencyKey: randomUUID(), method: 'BLIK', blikCode: '123456', ...input },
  );

async function setStatus(table: 'shop' | 'merchant', id: string, status: string): Promise<void> {
  const cast = table === 'shop' ? 'uuid' : 'text';
  const text = `update ${table} set status = $2::${table}_status where id = $1::${cast}`;
  await world.database.pool.query(text, [id, status]);
}

describe('A start that comes again under its key', () => {
  it('gives the attempt in its present state, and calls nobody', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop);
    const wish = { paymentId: payment.id, idempotencyKey: 'try-1' };
    const { transaction } = await start(shop, wish);
    const calls = world.acquirer.started.length;
    expect(await start(shop, wish)).toMatchObject({
      replayed: true,
      transaction: { id: transaction.id, status: 'PENDING' },
    });
    await tellAnswer(world.deps, transaction.id, paid(payment));
    expect(await start(shop, { ...wish, blikCode: '123 456' })).toMatchObject({
      replayed: true,
      transaction: { id: transaction.id, status: 'SETTLED' },
      payment: { status: 'SETTLED' },
    });
    expect(world.acquirer.started).toHaveLength(calls);
  });

  it('gives it though the wallet token that was good then has grown too old', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop);
    const wish = { paymentId: payment.id, idempotencyKey: 'try-1', method: 'CARD', blikCode: undefined } as const;
    const tooOld = (fingerprint: string) => ({ refusal: new InvalidInput('It is too old.'), fingerprint });
    const { transaction } = await start(shop, { ...wish, card: { token: 'a token', fingerprint: 'one' } });
    expect(await start(shop, { ...wish, card: tooOld('one') })).toMatchObject({
      replayed: true,
      transaction: { id: transaction.id },
    });
    await expect(start(shop, { ...wish, card: tooOld('other') })).rejects.toThrow(IdempotencyKeyReused);
    await expect(start(shop, { ...wish, idempotencyKey: 'try-2', card: tooOld('one') })).rejects.toThrow('too old');
  });

  it('gives it whoever is stopped meanwhile', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop);
    const wish = { paymentId: payment.id, idempotencyKey: 'try-1' };
    const { transaction } = await start(shop, wish);
    const admit = () => Promise.reject(new TooManyAttempts('address', { ms: 60_000 }));
    const deps = { ...world.deps, attempts: { ...world.deps.attempts, admit } };
    const again = (key: string) => {
      const input = { ...wish, idempotencyKey: key, method: 'BLIK', blikCode: '123456' } as const;
      return startTransaction(deps, { shop, source: 'API' }, input);
    };
    expect(await again('try-1')).toMatchObject({ replayed: true, transaction: { id: transaction.id } });
    await expect(again('try-2')).rejects.toThrow(TooManyAttempts);
  });

  it('gives it whatever has become of the shop and of the time', async () => {
    const shop = await world.openShop();
    const validUntil = new Date(world.clock.now().getTime() + 60_000);
    const payment = await createPayment(world.deps, shop, { validUntil });
    const wish = { paymentId: payment.id, idempotencyKey: 'try-1' };
    const { transaction } = await start(shop, wish);
    await world.letPass({ ms: 60_000 });
    await setStatus('shop', shop.id, 'SUSPENDED');
    await setStatus('merchant', shop.merchantId, 'TERMINATED');
    const changed: Partial<Shop>[] = [
      { status: 'SUSPENDED', merchantActive: false },
      { channels: [] },
      { channels: ['ing'] },
    ];
    for (const change of changed) {
      const again = await start({ ...shop, ...change }, wish);
      expect(again).toMatchObject({ replayed: true, transaction: { id: transaction.id, status: 'ERROR' } });
    }
  });

  it('calls the acquirer once for a whole batch', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop);
    const wish = { paymentId: payment.id, idempotencyKey: 'try-1' };
    const results = await Promise.all(Array.from({ length: 10 }, () => start(shop, wish)));
    const ids = new Set(results.map((one) => one.transaction.id));
    expect([ids.size, results.filter((one) => !one.replayed).length]).toEqual([1, 1]);
    expect(world.acquirer.started.filter((order) => ids.has(order.reference))).toHaveLength(1);
  });

  it('is refused with another input: another code, another payment, another address', async () => {
    const shop = await world.openShop();
    const [one, other] = [await createPayment(world.deps, shop), await createPayment(world.deps, shop)];
    const wish = { paymentId: one.id, idempotencyKey: 'try-1' };
    await start(shop, wish);
    for (const change of [{ blikCode: '654321' }, { paymentId: other.id }, { payerIp: '8.8.8.8' }]) {
      await expect(start(shop, { ...wish, ...change })).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
    }
    expect((await paymentNow(world.database, other.id)).status).toBe('NEW');
  });

  it('leaves every invariant as it was', async () => {
    expect(await brokenInvariants(world.database)).toEqual([]);
  });
});
