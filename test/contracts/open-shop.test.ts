import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openShop } from '../../src/contracts/open-shop.ts';
import { lockMerchant } from '../../src/contracts/store.ts';
import { submitShop } from '../../src/contracts/submit-shop.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { listRatesPpm } from '../../src/pricing/model.ts';
import { setPricePlan } from '../../src/pricing/set-price-plan.ts';
import { readPlans } from '../../src/pricing/store.ts';
import type { Shop } from '../../src/shops/model.ts';
import { readShop } from '../../src/shops/store.ts';
import { openWorld, type World } from '../payments/world.ts';
import { actorOf, createMerchant, createSale, testSeal } from '../support/factories.ts';

type Submitted = { readonly merchantId: string; readonly shopId: string };

let world: World;

beforeAll(async () => {
  world = await openWorld();
  await world.openShop(); // and with it the accounts that all shops share
});

afterAll(() => world.close());

async function submit(of?: { readonly merchantId: string }): Promise<Submitted> {
  const merchantId = of?.merchantId ?? (await createMerchant(world.database));
  const deps = { clock: world.clock, activationHours: 1, actor: actorOf({ merchantId }) };
  const input = { idempotencyKey: randomUUID(), name: 'Kubki', url: 'https://kubki.example' };
  const { shopId } = await inTransaction(world.database, (tx) => submitShop(tx, deps, input));
  return { merchantId, shopId };
}

/** Sets what everything costs, as an operator does. */
async function price(shopId: string, percent: string, validFrom?: Date): Promise<void> {
  const setter = { clock: world.clock, operator: { keyId: 'anna', name: 'Anna' } };
  const input = { shopId, validFrom, promotion: false, rates: [{ channel: '*', percent }] };
  await inTransaction(world.database, (tx) => setPricePlan(tx, setter, input));
}

async function open({ merchantId, shopId }: Submitted, signedAt: Date | null = null): Promise<void> {
  world.clock.pass({ ms: 1_000 });
  await inTransaction(world.database, async (tx) => {
    const shop = (await lockMerchant(tx, merchantId))?.shops.find(({ id }) => id === shopId);
    if (!shop) throw new Error('The shop was not submitted.');
    await openShop(tx, { seal: testSeal }, { shop, signedAt, at: world.clock.now() });
  });
}

async function ratesAt(shopId: string, at: Date): Promise<object | undefined> {
  const id = randomUUID();
  return (await inTransaction(world.database, (tx) => readPlans(tx, [{ id, shopId, at }]))).get(id)?.ratesPpm;
}

describe('A shop that opens', () => {
  it('sells by the list prices', async () => {
    const submitted = await submit();
    await open(submitted);
    expect(await ratesAt(submitted.shopId, world.clock.now())).toEqual(listRatesPpm);
  });

  it('keeps the prices that an operator set while it was submitted', async () => {
    const submitted = await submit();
    await price(submitted.shopId, '0.5');
    await open(submitted);
    expect(await ratesAt(submitted.shopId, world.clock.now())).toEqual({ '*': 5_000 });
  });

  it('sells by the list prices until those begin that were set for later', async () => {
    const submitted = await submit();
    const later = new Date(world.clock.now().getTime() + 60_000);
    await price(submitted.shopId, '0.5', later);
    await open(submitted);
    expect(await ratesAt(submitted.shopId, world.clock.now())).toEqual(listRatesPpm);
    expect(await ratesAt(submitted.shopId, later)).toEqual({ '*': 5_000 });
  });

  it('counts for its promotion what the merchant has sold since he signed, in shops without one', async () => {
    const signedAt = world.clock.now();
    const first = await submit();
    await price(first.shopId, '0.5');
    await open(first, signedAt);
    await createSale(world.deps, (await readShop(world.database, first.shopId)) as Shop, { amount: 10_000n });
    await open(await submit(first), signedAt);
    const [merchant] = await world.database.prisma.merchant.findMany({ where: { id: first.merchantId } });
    expect(merchant).toMatchObject({ settledTurnover: 10_000n, countedTo: 100_000_000n });
  });
});
