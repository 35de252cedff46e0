import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, type Tx } from '../../src/kernel/db/database.ts';
import type { Currency } from '../../src/kernel/money.ts';
import { applyAcquirerAnswers } from '../../src/payments/apply-acquirer-answer.ts';
import { explainCommission } from '../../src/pricing/explain-commission.ts';
import type { Shop } from '../../src/shops/model.ts';
import { authorize, capture } from '../payments/authorized.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { longPromotion, openPricingWorld, type PricingWorld } from './world.ts';

let world: PricingWorld;

beforeAll(async () => {
  world = await openPricingWorld();
});

afterAll(() => world.close());

type Wish = readonly [shop: Shop | undefined, amount: bigint, currency?: Currency];

/** Sells in one batch, in this order, and gives the commissions. */
async function sell(...wishes: readonly Wish[]): Promise<string[]> {
  const sales = await Promise.all(
    wishes.map(async ([shop, amount, currency]) => ({ id: await world.start(shop as Shop, amount, currency), amount })),
  );
  await world.settle(sales);
  return world.commissionsOf(sales.map(({ id }) => id));
}

describe('A promotion', () => {
  it('makes sales free until the turnover before them has reached the limit, the one that reaches it included', async () => {
    const [shop] = await world.openShops(1, longPromotion);
    expect(await sell([shop, 99_999_999n])).toEqual(['0 APPLIED 0 99999999']);
    expect(await sell([shop, 500_000n], [shop, 10_000n])).toEqual([
      '0 APPLIED 99999999 500000',
      '140 ENDED_BY_TURNOVER 100499999 -',
    ]);
    expect(await world.turnoverOf(shop as Shop)).toBe(100_499_999n);
    expect(await brokenInvariants(world.database, shop?.id)).toEqual([]);
  });

  it('ends when the limit is reached to the grosz', async () => {
    const [shop] = await world.openShops(1, { ...longPromotion, turnover: 30_000n });
    expect(await sell([shop, 30_000n], [shop, 10_000n])).toEqual([
      '0 APPLIED 0 30000',
      '140 ENDED_BY_TURNOVER 30000 -',
    ]);
  });

  it('ends at its moment, whatever the turnover', async () => {
    const until = new Date(world.clock.now().getTime() + 1_000);
    const [shop] = await world.openShops(1, { ...longPromotion, until });
    world.clock.pass({ ms: 999 });
    expect(await sell([shop, 10_000n])).toEqual(['0 APPLIED 0 10000']);
    world.clock.pass({ ms: 1 });
    expect(await sell([shop, 10_000n])).toEqual(['140 ENDED_BY_TIME 10000 -']);
  });

  it('counts what all shops of the merchant sell, also those whose plan has none', async () => {
    const [one, other, plain] = await world.openShops(3, { ...longPromotion, turnover: 30_000n });
    world.clock.pass({ ms: 1 });
    await world.price(plain as Shop, { ratesPpm: { '*': 14_000 } });
    expect(await sell([plain, 10_000n], [one, 10_000n], [other, 20_000n], [one, 10_000n])).toEqual([
      '140 NONE - 10000',
      '0 APPLIED 10000 10000',
      '0 APPLIED 20000 20000',
      '140 ENDED_BY_TURNOVER 40000 -',
    ]);
    const [stranger] = await world.openShops(1, { ...longPromotion, turnover: 30_000n });
    expect(await sell([stranger, 10_000n])).toEqual(['0 APPLIED 0 10000']);
  });

  it('is no business of merchants without one: nothing is counted', async () => {
    const [shop] = await world.openShops(1);
    expect(await sell([shop, 10_000n], [shop, 10_000n, 'EUR'])).toEqual(['140 NONE - -', '140 NONE - -']);
    expect(await world.turnoverOf(shop as Shop)).toBe(0n);
  });
});

describe('Foreign turnover', () => {
  it('counts nothing while no table is known, and the sale settles', async () => {
    const [shop] = await world.openShops(1, longPromotion);
    expect(await sell([shop, 10_000n, 'EUR'], [shop, 100n])).toEqual(['0 APPLIED 0 0', '0 APPLIED 0 100']);
  });

  it('counts at the mid rate of the day in Warsaw on which it settled, or of the newest table before', async () => {
    await world.importRates({ number: '042/A/NBP/2026', day: '2026-03-03', rates: { EUR: '4.2345', HUF: '0.010987' } });
    await world.importRates({ number: '043/A/NBP/2026', day: '2026-03-06', rates: { EUR: '4.5000' } });
    const [shop] = await world.openShops(1, longPromotion);
    const goTo = (moment: string) => world.clock.pass({ ms: new Date(moment).getTime() - world.clock.now().getTime() });
    goTo('2026-03-03T00:00:00+01:00');
    // 10.01 EUR are 42.387345 PLN; 0.46 HUF are half a grosz and a bit.
    expect(await sell([shop, 1_001n, 'EUR'], [shop, 46n, 'HUF'], [shop, 45n, 'HUF'])).toEqual([
      '0 APPLIED 0 4239 042/A/NBP/2026',
      '0 APPLIED 4239 1 042/A/NBP/2026',
      '0 APPLIED 4240 0 042/A/NBP/2026',
    ]);
    goTo('2026-03-05T23:59:59+01:00');
    expect(await sell([shop, 100n, 'EUR'])).toEqual(['0 APPLIED 4240 423 042/A/NBP/2026']);
    goTo('2026-03-06T00:00:00+01:00');
    expect(await sell([shop, 100n, 'EUR'])).toEqual(['0 APPLIED 4663 450 043/A/NBP/2026']);
    goTo('2026-03-08T12:00:00+01:00'); // a Sunday
    const id = await world.start(shop as Shop, 100n, 'EUR');
    await world.settle([{ id, amount: 100n }]);
    expect(await world.commissionsOf([id])).toEqual(['0 APPLIED 5113 450 043/A/NBP/2026']);
    const exchange = { table: '043/A/NBP/2026', day: '2026-03-06', rate: 450_000_000n };
    expect(await explainCommission(world.database, id)).toMatchObject({
      ...{ amount: 0n, base: 100n, currency: 'EUR', ratePpm: 0, promotion: 'APPLIED', turnoverBefore: 5_113n },
      ...{ plan: { promotion: longPromotion }, counted: { turnover: 450n, exchange }, givenBack: 0n },
    });
  });
});

it('Shops of one merchant that reach the limit at once count one after the other', async () => {
  const shops = await world.openShops(2, { ...longPromotion, turnover: 100_000n });
  const ids = await Promise.all(
    Array.from({ length: 16 }, (_, place) => world.start(shops[place % 2] as Shop, 10_000n)),
  );
  const { deps, database } = world;
  await Promise.all(
    ids.map((transactionId) =>
      inTransaction(database, (tx) =>
        applyAcquirerAnswers(tx, deps, [{ transactionId, answer: { kind: 'settled', amount: 10_000n } }]),
      ),
    ),
  );
  const inOrder = (await world.commissionsOf(ids)).sort((one, other) => before(one) - before(other));
  expect(inOrder).toEqual([
    ...Array.from({ length: 10 }, (_, place) => `0 APPLIED ${place * 10_000} 10000`),
    ...Array.from({ length: 6 }, () => '140 ENDED_BY_TURNOVER 100000 -'),
  ]);
  expect(await world.turnoverOf(shops[0] as Shop)).toBe(100_000n);
});

function before(line: string): number {
  return Number(line.split(' ')[2]);
}

it('A capture that settles a transaction counts too, all that was captured at once', async () => {
  const [shop] = await world.openShops(1, { ...longPromotion, turnover: 10_000n });
  const sale = await authorize(world, { shop: shop as Shop });
  world.acquirer.onMove({ kind: 'settled' });
  await capture(world, sale, { amount: 4_000n });
  expect(await world.turnoverOf(shop as Shop)).toBe(0n);
  await capture(world, sale, { amount: 6_000n });
  world.acquirer.onMove(undefined);
  expect(await world.commissionsOf([sale.transaction.id])).toEqual(['0 APPLIED 0 10000']);
  expect(await world.turnoverOf(shop as Shop)).toBe(10_000n);
});

describe('A batch of settlements', () => {
  /** Settles sales of 100.00 in one transaction, and gives the names of its statements. */
  async function statementsFor(shops: readonly Shop[], currency: Currency = 'PLN'): Promise<string[]> {
    const ids = await Promise.all(shops.map((shop) => world.start(shop, 10_000n, currency)));
    const answer = { kind: 'settled', amount: 10_000n } as const;
    const names: string[] = [];
    await inTransaction(world.database, (tx) => {
      const counting: Tx = {
        query: (statement) => {
          names.push(statement.name);
          return tx.query(statement);
        },
        noteNumber: tx.noteNumber,
      };
      return applyAcquirerAnswers(
        counting,
        world.deps,
        ids.map((transactionId) => ({ transactionId, answer })),
      );
    });
    return names;
  }

  const pricing = ['lock-merchants', 'read-price-plans', 'read-rates', 'write-commissions', 'add-turnovers'];
  const ofPricing = (names: readonly string[]) => names.filter((name) => pricing.includes(name));

  it('of merchants without a promotion costs two statements for all commissions, however many', async () => {
    const shops = [...(await world.openShops(2)), ...(await world.openShops(1))];
    const one = await statementsFor(shops.slice(0, 1));
    const many = await statementsFor([...shops, ...shops], 'EUR');
    expect(ofPricing(many)).toEqual(['read-price-plans', 'write-commissions']);
    expect(many).toEqual(one);
  });

  it('of merchants with one costs three more, and is the same for many', async () => {
    const shops = [...(await world.openShops(2, longPromotion)), ...(await world.openShops(1, longPromotion))];
    const many = await statementsFor([...shops, ...shops], 'EUR');
    expect(ofPricing(many)).toEqual(pricing);
    expect(many.indexOf('lock-merchants')).toBeLessThan(many.indexOf('move-transactions'));
  });
});
