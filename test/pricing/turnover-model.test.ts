import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Currency } from '../../src/kernel/money.ts';
import type { Shop } from '../../src/shops/model.ts';
import { openPricingWorld, type PricingWorld } from './world.ts';

let world: PricingWorld;

beforeAll(async () => {
  world = await openPricingWorld();
  await world.importRates({ number: '042/A/NBP/2026', day: '2026-03-02', rates: { EUR: '4.2345', HUF: '0.010987' } });
});

afterAll(() => world.close());

type Sold = { readonly shop: number; readonly amount: number; readonly currency: Currency };

/** PLN for ten million units of a currency; written down here again, since the model knows nothing of the code. */
const rates: Partial<Record<Currency, number>> = { PLN: 10_000_000, EUR: 42_345_000, HUF: 109_870 };
const limit = 2_000_000;

/**
 * What should happen, reckoned as a clerk would with whole numbers of JavaScript (all stay far below 2^53): shop 0 pays
 * 1.4 %, and shop 1 too but without the promotion.
 */
function clerk(sales: readonly Sold[]): { commissions: string[]; turnover: number } {
  let turnover = 0;
  const commissions = sales.map(({ shop, amount, currency }) => {
    const isOver = turnover >= limit;
    const isFree = shop === 0 && !isOver;
    const charged = isFree ? 0 : Math.floor((amount * 14 + 500) / 1_000);
    const exact = amount * (rates[currency] ?? 0);
    const rest = exact % 10_000_000;
    if (!isOver) turnover += (exact - rest) / 10_000_000 + (rest >= 5_000_000 ? 1 : 0);
    return `${charged}`;
  });
  return { commissions, turnover };
}

const sale = fc.record({
  shop: fc.constantFrom(0, 1),
  amount: fc.integer({ min: 1, max: 400_000 }),
  currency: fc.constantFrom('PLN', 'EUR', 'HUF') as fc.Arbitrary<Currency>,
});

it('Sales in any order and in any batches cost what a clerk reckons', { timeout: 60_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(sale, { minLength: 1, maxLength: 5 }), { maxLength: 3 }), async (batches) => {
      const promotion = { until: new Date('2026-06-01T22:00:00.000Z'), turnover: BigInt(limit) };
      const shops = await world.openShops(2, promotion);
      world.clock.pass({ ms: 1 });
      await world.price(shops[1] as Shop, { ratesPpm: { '*': 14_000 } });
      const ids: string[] = [];
      for (const batch of batches) {
        const started = await Promise.all(
          batch.map(async ({ shop, amount, currency }) => ({
            id: await world.start(shops[shop] as Shop, BigInt(amount), currency),
            amount: BigInt(amount),
          })),
        );
        await world.settle(started);
        ids.push(...started.map(({ id }) => id));
      }
      const expected = clerk(batches.flat());
      expect((await world.commissionsOf(ids)).map((line) => line.split(' ')[0])).toEqual(expected.commissions);
      expect(await world.turnoverOf(shops[0] as Shop)).toBe(BigInt(expected.turnover));
    }),
    { numRuns: 8 },
  );
});
