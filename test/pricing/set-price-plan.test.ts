import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, type Tx } from '../../src/kernel/db/database.ts';
import type { PricePlan } from '../../src/pricing/model.ts';
import { type SetPricePlanInput, setPricePlan } from '../../src/pricing/set-price-plan.ts';
import type { Shop } from '../../src/shops/model.ts';
import { openPricingWorld, type PricingWorld } from './world.ts';

let world: PricingWorld;

beforeAll(async () => {
  world = await openPricingWorld();
});

afterAll(() => world.close());

const rates = [
  { channel: 'blik', percent: '1.2' },
  { channel: '*', percent: '0.99' },
];

const setter = () => ({ clock: world.clock, operator: { keyId: 'anna', name: 'Anna' } });

function set(shop: Pick<Shop, 'id'>, input: Partial<SetPricePlanInput> = {}): Promise<PricePlan> {
  return inTransaction(world.database, (tx) =>
    setPricePlan(tx, setter(), { shopId: shop.id, rates, promotion: false, ...input }),
  );
}

/** The names of the statements of a deed. */
async function statementsOf(deed: (tx: Tx) => Promise<unknown>): Promise<string[]> {
  const names: string[] = [];
  await inTransaction(world.database, (tx) => {
    const query: Tx['query'] = (statement) => {
      names.push(statement.name);
      return tx.query(statement);
    };
    return deed({ query, noteNumber: tx.noteNumber });
  });
  return names;
}

async function audited(shop: Pick<Shop, 'id'>): Promise<{ actor: string; action: string; data: object }[]> {
  const sql = 'select actor, action, data from audit_entry where subject = $1 order by sequence';
  return (await world.database.pool.query(sql, [`shop:${shop.id}`])).rows;
}

async function sell(shop: Shop, amount: bigint): Promise<string[]> {
  const id = await world.start(shop, amount);
  await world.settle([{ id, amount }]);
  return world.commissionsOf([id]);
}

describe('Setting the prices of a shop', () => {
  it('holds from its moment on, and is in the audit log with what was before', async () => {
    const shop = await world.openShop();
    const validFrom = new Date(world.clock.now().getTime() + 1_000);
    const plan = await set(shop, { validFrom, overdraft: 5n, refundGivesCommission: true });
    expect(await sell(shop, 10_000n)).toEqual(['140 NONE - -']);
    world.clock.pass({ ms: 1_000 });
    expect(await sell(shop, 10_000n)).toEqual(['99 NONE - -']);
    const after = {
      ratesPpm: { '*': 9_900, blik: 12_000 },
      overdraft: '5',
      promotion: null,
      refundGivesCommission: true,
    };
    expect(await audited(shop)).toEqual([
      {
        ...{ actor: 'operator:anna', action: 'SET_PRICE_PLAN' },
        data: {
          before: expect.objectContaining({ overdraft: '100000', refundGivesCommission: false }),
          after: { id: plan.id, validFrom: validFrom.toISOString(), ...after },
        },
      },
    ]);
  });

  it('can be repeated: the same terms are not written again', async () => {
    const shop = await world.openShop();
    const plan = await set(shop);
    world.clock.pass({ ms: 1 });
    expect((await set(shop, { rates: [...rates].reverse() })).id).toBe(plan.id);
    expect(await audited(shop)).toHaveLength(1);
    world.clock.pass({ ms: 1 });
    expect((await set(shop, { overdraft: 1n })).id).not.toBe(plan.id);
  });

  it('can be repeated with a promotion, also once that is over', async () => {
    const shop = await world.openShop();
    await world.sign(shop.merchantId, world.clock.now());
    const plan = await set(shop, { promotion: true });
    world.clock.pass({ ms: 1 });
    expect((await set(shop, { promotion: true, validFrom: plan.validFrom })).id).toBe(plan.id);
    const over = new Date('2026-06-02T22:00:00.000Z');
    expect((await set(shop, { promotion: true, validFrom: over })).id).toBe(plan.id);
    expect(await audited(shop)).toHaveLength(1);
    await expect(set(shop, { promotion: true, validFrom: over, overdraft: 1n })).rejects.toThrow(
      'The promotion was over at the end of 2026-06-02; set the plan without it.',
    );
  });

  it('counts for a promotion what the merchant has settled in all shops since he signed', async () => {
    const [one, other] = (await world.openShops(2)) as [Shop, Shop];
    await sell(one, 10_000n); // before he signed
    world.clock.pass({ ms: 1 });
    await world.importRates({ number: '042/A/NBP/2026', day: '2026-03-02', rates: { EUR: '4.2345' } });
    await world.sign(one.merchantId, world.clock.now());
    await sell(other, 20_000n);
    const id = await world.start(one, 1_001n, 'EUR');
    await world.settle([{ id, amount: 1_001n }]);
    expect(await world.turnoverOf(one)).toBe(0n);
    const plan = await set(one, { promotion: true });
    expect(plan.promotion).toEqual({ until: new Date('2026-06-02T22:00:00.000Z'), turnover: 100_000_000n });
    expect(await world.turnoverOf(one)).toBe(24_239n);
    expect(await sell(one, 100n)).toEqual(['0 APPLIED 24239 100']);
    world.clock.pass({ ms: 1 });
    const again = (tx: Tx) => setPricePlan(tx, setter(), { shopId: other.id, rates, promotion: true });
    expect(await statementsOf(again)).not.toContain('recount-turnover');
    expect(await world.turnoverOf(one)).toBe(24_339n);
  });

  it('may be for any shop at once with settlements of others of the merchant', async () => {
    const shops = (await world.openShops(3)) as [Shop, Shop, Shop];
    await world.sign(shops[0].merchantId, world.clock.now());
    await Promise.all(shops.flatMap((shop) => [set(shop, { promotion: true }), sell(shop, 10_000n)]));
    expect(await world.turnoverOf(shops[0])).toBe(30_000n);
  });

  const past = new Date('2026-01-01T00:00:00.000Z');
  it.each<[Partial<SetPricePlanInput>, string]>([
    [{ shopId: '00000000-0000-4000-8000-000000000000' }, 'No shop has this id.'],
    [{ shopId: 'my shop' }, 'No shop has this id.'],
    [{ validFrom: past }, 'A plan cannot begin in the past, at 2026-01-01T00:00:00.000Z'],
    [{ promotion: true }, 'The merchant has not signed'],
    [{ rates: [] }, 'Give a rate for *'],
    [{ rates: [...rates, { channel: 'cash', percent: '1' }] }, 'There is no channel "cash"'],
    [{ rates: [...rates, { channel: '__proto__', percent: '1' }] }, 'There is no channel "__proto__"'],
    [{ rates: [...rates, { channel: '*', percent: '1' }] }, 'Give each channel one rate.'],
    [
      { rates: [{ channel: '*', percent: '1,5' }] },
      'The rate of * must be a percentage of 0 to 100 such as 1.59, not "1,5".',
    ],
    [{ overdraft: -1n }, 'The overdraft must be 0 to 1000000000 minor units, not -1.'],
    [{ overdraft: 1_000_000_001n }, 'The overdraft must be 0 to'],
  ])('is refused for what cannot be, and changes nothing (%#)', async (input, sentence) => {
    const shop = await world.openShop();
    await expect(set(shop, input)).rejects.toThrow(sentence);
    expect(await audited(shop)).toEqual([]);
    const { rowCount } = await world.database.pool.query('select from price_plan where shop_id = $1', [shop.id]);
    expect(rowCount).toBe(1);
  });

  it('is refused with a promotion that is over by then', async () => {
    const shop = await world.openShop();
    await world.sign(shop.merchantId, past);
    await expect(set(shop, { promotion: true, validFrom: new Date('2026-04-01T22:00:00.000Z') })).rejects.toThrow(
      'The promotion was over at the end of 2026-04-01; set the plan without it.',
    );
  });
});
