import { afterAll, beforeAll, expect, it } from 'vitest';
import { explainCommission } from '../../src/pricing/explain-commission.ts';
import type { Shop } from '../../src/shops/model.ts';
import { openPricingWorld, type PricingWorld } from '../pricing/world.ts';
import { createSale } from '../support/factories.ts';
import { decide } from './world.ts';

let world: PricingWorld;

beforeAll(async () => {
  world = await openPricingWorld();
});

afterAll(() => world.close());

/** A shop whose refunds give commission back, or not; 1.59 % for BLIK. */
async function openShop(refundGivesCommission: boolean): Promise<Shop> {
  const shop = await world.openShop();
  await world.price(shop, { ratesPpm: { blik: 15_900, '*': 14_000 }, refundGivesCommission });
  return shop;
}

async function adjustments(shop: Shop): Promise<string[]> {
  const { rows } = await world.database.pool.query<{ line: string }>(
    `select a.amount || ' of ' || r.amount as line from commission_adjustment a join refund r on r.id = a.refund_id
      and r.transaction_id = a.transaction_id where a.account_owner = $1 order by a.number`,
    [shop.id],
  );
  return rows.map(({ line }) => line);
}

it('A refund gives nothing back unless the plan says so', async () => {
  const shop = await openShop(false);
  const sale = await world.sell({ shop });
  world.acquirer.onMove({ kind: 'settled' });
  await world.refund(sale, { amount: 5_000n });
  expect(await adjustments(shop)).toEqual([]);
});

it('Refunds give the commission of their share back, together what was charged', async () => {
  const shop = await openShop(true);
  const sale = await world.sell({ shop });
  await world.sell({ shop }); // so that the balance covers the refunds
  world.acquirer.onMove({ kind: 'settled' });
  for (const amount of [5_000n, 1n, 4_999n]) await world.refund(sale, { amount });
  expect(await adjustments(shop)).toEqual(['-80 of 5000', '-79 of 4999']);
  expect(await explainCommission(world.database, sale.transaction.id)).toMatchObject({ amount: 159n, givenBack: 159n });
});

it('A refund gives it back when it settles, not when it is ordered, and not when it is rejected', async () => {
  const shop = await openShop(true);
  const sale = await world.sell({ shop });
  const refunds = await Promise.all([1_000n, 2_000n, 3_000n].map((amount) => decide(world, sale, amount)));
  expect(await adjustments(shop)).toEqual([]);
  const [first, second, third] = refunds.map(({ refund }) => refund.id) as [string, string, string];
  const told = (refundId: string, kind: 'settled' | 'rejected') =>
    world.refunds.answering.submit({
      refundId,
      answer: kind === 'settled' ? { kind } : { kind, code: '99' },
    });
  // In one batch, in which one word is told twice.
  await Promise.all([told(third, 'settled'), told(second, 'rejected'), told(first, 'settled'), told(third, 'settled')]);
  expect(await adjustments(shop)).toEqual(['-48 of 3000', '-16 of 1000']);
  await told(first, 'settled');
  expect(await adjustments(shop)).toHaveLength(2);
});

it('The plan by which it was charged is the one that counts', async () => {
  const shop = await openShop(true);
  const sale = await world.sell({ shop });
  world.clock.pass({ ms: 1 });
  await world.price(shop, { ratesPpm: { '*': 0 }, refundGivesCommission: false });
  world.acquirer.onMove({ kind: 'settled' });
  await world.refund(sale, { amount: 10_000n });
  expect(await adjustments(shop)).toEqual(['-159 of 10000']);
});

it('Recipients of a basket get back what they bore of it, in proportion to what each bears of the refund', async () => {
  const shop = await openShop(true);
  const shares = [{ account: '72105000028166973380325415', amount: 6_000n, label: 'Firma' }];
  const sale = { shop, ...(await createSale(world.deps, shop, { amount: 10_000n, shares })) };
  world.acquirer.onMove({ kind: 'settled' });
  for (const amount of [5_000n, 5_000n]) await world.refund(sale, { amount });
  const { rows } = await world.database.pool.query<{ line: string }>(
    `select (case when account_owner = $1 then 'shop' else 'recipient' end) || ' ' || sum(amount) as line
    from commission_adjustment where transaction_id = $2 and refund_id is not null group by account_owner order by 1`,
    [shop.id, sale.transaction.id],
  );
  expect(rows.map(({ line }) => line)).toEqual(['recipient -95', 'shop -64']);
  expect(await explainCommission(world.database, sale.transaction.id)).toMatchObject({ amount: 159n, givenBack: 159n });
});
