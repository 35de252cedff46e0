import { describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { newId } from '../../src/kernel/ids.ts';
import { runPayouts } from '../../src/payouts/run-payouts.ts';
import { insertPlan } from '../../src/pricing/store.ts';
import type { Shop } from '../../src/shops/model.ts';
import { meddledDatabase } from '../support/meddle.ts';
import { usePayoutWorld } from './world.ts';

const world = await usePayoutWorld();

async function giveCommissionBack(shop: Shop): Promise<void> {
  const validFrom = world.clock.now();
  const plan = { id: newId(validFrom), shopId: shop.id, validFrom, createdAt: validFrom };
  await inTransaction(world.database, (tx) =>
    insertPlan(tx, { ...plan, ratesPpm: { '*': 14_000 }, refundGivesCommission: true }),
  );
}

// The stories follow each other in time, as the clock cannot go back.

describe('A missed run for whose day nothing was booked', () => {
  it('pays no commission given back: the next one pays it, with what was booked since', async () => {
    const [shop, other] = [await world.openShop(), await world.openShop()];
    await giveCommissionBack(shop);
    const sale = await world.sell(shop, 20_000n);
    await world.payAt('2026-11-26T13:00:00+01:00');
    world.acquirer.onMove({ kind: 'pending' });
    const { refund } = await world.refund(sale, { amount: 1_000n });
    // From here on nobody pays, until the run of Monday is overdue as well.
    world.goTo('2026-11-27T12:00:00+01:00');
    await world.refunds.answering.submit({ refundId: refund.id, answer: { kind: 'settled' } });
    world.goTo('2026-11-30T12:00:00+01:00');
    await world.sell(shop, 50_000n);
    await world.sell(other, 70_000n);
    expect(await world.payAt('2026-11-30T13:00:00+01:00')).toBe(1);
    expect(await world.payAt('2026-12-01T06:00:00+01:00')).toBe(2);
    expect(await world.payoutsOf(shop.id)).toMatchObject([
      { businessDay: new Date('2026-11-27'), gross: 20_000n, refunds: 1_000n, commission: 280n, net: 18_720n },
      { businessDay: new Date('2026-12-01'), gross: 50_000n, commission: 700n - 14n, net: 49_314n },
    ]);
    expect(await world.payoutsOf(other.id)).toMatchObject([{ gross: 70_000n, commission: 980n, net: 69_020n }]);
  });

  it('pays nothing that the run before it kept back, though there is money again', async () => {
    const shop = await world.openShop();
    const sale = await world.sell(shop, 50_000n);
    await world.payAt('2026-12-01T12:00:00+01:00');
    world.goTo('2026-12-03T10:00:00+01:00');
    await world.refund(sale, { amount: 30_000n });
    let isSold = false;
    const database = meddledDatabase(world.database, async (statement, run) => {
      if (statement.name === 'end-payout-run' && !isSold) {
        isSold = true;
        await world.sell(shop, 10_000n);
      }
      return run(statement);
    });
    expect(await runPayouts({ ...world.payouts, database })).toBe(1);
    expect(await world.payAt('2026-12-04T06:00:00+01:00')).toBe(1);
    expect(await world.payoutsOf(shop.id)).toMatchObject([
      { businessDay: new Date('2026-12-02'), gross: 50_000n, commission: 700n, carriedOut: 30_000n, net: 19_300n },
      { gross: 10_000n, refunds: 30_000n, carriedIn: 30_000n, commission: 140n, carriedOut: 0n, net: 9_860n },
    ]);
  });
});
