import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { runPayouts } from '../../src/payouts/run-payouts.ts';
import type { Shop } from '../../src/shops/model.ts';
import { createShop } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { dyingAt } from './dying-database.ts';
import { openPayoutWorld, type PayoutWorld } from './world.ts';

let world: PayoutWorld;
/** Four processes on one database, each with connections of its own. */
let databases: Database[];

beforeAll(async () => {
  world = await openPayoutWorld();
  databases = [1, 2, 3, 4].map(() => openDatabase({ url: world.database.url, connectionsMax: 2 }));
});

afterAll(async () => {
  for (const database of databases) await database.close();
  await world.close();
});

const runBy = (database: Database): Promise<number> => runPayouts({ ...world.payouts, database });

async function shopsWithSales(count: number): Promise<Shop[]> {
  const first = await world.openShop();
  const shops = [first];
  while (shops.length < count) shops.push((await createShop(world.database, { merchantId: first.merchantId })).shop);
  for (const shop of shops) await world.sell(shop, 10_000n);
  return shops;
}

describe('Every movement is paid exactly once', () => {
  it('when four processes run at once, beside sales and refunds', async () => {
    const shops = await shopsWithSales(12);
    const sales = await Promise.all(shops.map((shop) => world.sell(shop, 20_000n)));
    world.goTo('2026-11-27T06:00:00+01:00');
    const [made] = await Promise.all([
      Promise.all(databases.map(runBy)),
      Promise.all(sales.map((sale) => world.refund(sale, { amount: 500n }))),
      Promise.all(shops.map((shop) => world.sell(shop, 700n))),
    ]);
    expect(made.reduce((sum, count) => sum + count, 0)).toBe(12);
    for (const shop of shops) {
      const [payout, ...more] = await world.payoutsOf(shop.id);
      expect([payout?.gross, payout?.commission, more]).toEqual([30_000n, 420n, []]);
    }
    expect(await brokenInvariants(world.database)).toEqual([]);
  });

  it('when the process is killed at any point, and the run goes on in another', async () => {
    const shops = await shopsWithSales(5);
    world.goTo('2026-11-30T06:00:00+01:00');
    let last = 1;
    const run = (): Promise<number | undefined> => runBy(dyingAt(world.database, last)).catch(() => undefined);
    while ((await run()) === undefined) last += 1;
    expect(last).toBeGreaterThan(10);
    for (const shop of shops) {
      expect((await world.payoutsOf(shop.id)).map(({ net }) => net)).toEqual([9_860n]);
    }
    expect(await runBy(world.database)).toBe(0);
    expect(await brokenInvariants(world.database)).toEqual([]);
  });
});
