import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { newId } from '../../src/kernel/ids.ts';
import type { PricePlan } from '../../src/pricing/model.ts';
import { insertPlan, readPlans } from '../../src/pricing/store.ts';
import { readBooks } from '../payments/read-records.ts';
import { openWorld, paid, startedPayment, type World } from '../payments/world.ts';
import { tellAnswer } from '../support/factories.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

const june = new Date('2026-06-01T00:00:00.000Z');

/** Gives a shop new prices from a moment on. */
async function price(
  shopId: string,
  validFrom: Date,
  ratesPpm: PricePlan['ratesPpm'],
  createdAt = world.clock.now(),
): Promise<void> {
  const plan = { id: newId(createdAt), shopId, createdAt, validFrom, ratesPpm };
  await inTransaction(world.database, (tx) => insertPlan(tx, plan));
}

async function rateAt(shopId: string, at: Date): Promise<PricePlan | undefined> {
  const id = randomUUID();
  const plans = await inTransaction(world.database, (tx) => readPlans(tx, [{ id, shopId, at }]));
  return plans.get(id);
}

describe('The plan in force', () => {
  it('is the newest that has begun, from its first millisecond on', async () => {
    const shop = await world.openShop();
    await price(shop.id, june, { '*': 10_000 });
    const before = await rateAt(shop.id, new Date(june.getTime() - 1));
    expect(before?.ratesPpm).toEqual({ blik: 15_900, blik_oneclick: 15_900, '*': 14_000 });
    expect(await rateAt(shop.id, june)).toMatchObject({
      validFrom: june,
      ratesPpm: { '*': 10_000 },
      overdraft: 100_000n,
    });
  });

  it('is the last written of those that begin together, also when a clock was set back meanwhile', async () => {
    const shop = await world.openShop();
    await price(shop.id, june, { '*': 1 });
    await price(shop.id, june, { '*': 2 });
    expect((await rateAt(shop.id, june))?.ratesPpm).toEqual({ '*': 2 });
    await price(shop.id, june, { '*': 3 }, new Date(world.clock.now().getTime() - 1));
    expect((await rateAt(shop.id, june))?.ratesPpm).toEqual({ '*': 3 });
  });

  it('is none before the first has begun, and none for a shop without plans', async () => {
    const shop = await world.openShop();
    expect(await rateAt(shop.id, new Date('2000-01-01T00:00:00.000Z'))).toBeUndefined();
    expect(await rateAt(randomUUID(), june)).toBeUndefined();
  });

  it('is told to each who asks in one batch', async () => {
    const shop = await world.openShop();
    await price(shop.id, june, { '*': 10_000 });
    const asks = [june, new Date('2026-05-01T00:00:00.000Z'), june].map((at) => ({
      id: randomUUID(),
      shopId: shop.id,
      at,
    }));
    const plans = await inTransaction(world.database, (tx) => readPlans(tx, asks));
    expect(asks.map((ask) => plans.get(ask.id)?.ratesPpm['*'])).toEqual([10_000, 14_000, 10_000]);
  });

  it('when the money arrives is what counts, not the one of the start', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop, { amount: 10_000n });
    world.clock.pass({ ms: 1_000 });
    await price(shop.id, world.clock.now(), { '*': 20_000 });
    await tellAnswer(world.deps, transaction.id, paid(payment));
    expect((await readBooks(world.database, shop.id)).commissions).toEqual(['10000 20000 200']);
  });
});
