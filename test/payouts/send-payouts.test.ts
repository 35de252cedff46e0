import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { answerAsBank } from '../../src/payouts/answer-as-bank.ts';
import { returningIban } from '../../src/payouts/model.ts';
import { sendPayouts } from '../../src/payouts/send-payouts.ts';
import { type Movement, readMovements } from '../../src/payouts/sql/read-movements.ts';
import { readTypes } from '../payments/read-records.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { openPayoutWorld, type PayoutWorld } from './world.ts';

let world: PayoutWorld;

beforeAll(async () => {
  world = await openPayoutWorld();
});

afterEach(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
  expect(world.alarms.splice(0)).toEqual([]);
});

afterAll(() => world.close());

/** What the worker does again and again, at a moment. */
async function sweepAt(moment: string): Promise<void> {
  await world.payAt(moment);
  await sendPayouts(world.payouts);
  await answerAsBank(world.payouts);
}

describe('A payout', () => {
  it('goes to the bank half an hour before the session, and is booked with it', async () => {
    const shop = await world.openShop();
    await world.sell(shop);
    const states: (string | undefined)[] = [];
    for (const time of ['06:00', '08:59', '09:00', '09:29', '09:30']) {
      await sweepAt(`2026-11-27T${time}:00+01:00`);
      states.push((await world.payoutsOf(shop.id))[0]?.status);
    }
    expect(states).toEqual(['SCHEDULED', 'SCHEDULED', 'SENT', 'SENT', 'SETTLED']);
    expect((await readTypes(world.database, shop.id)).filter((type) => type.startsWith('PAYOUT'))).toEqual([
      ...['PAYOUT_SCHEDULED', 'PAYOUT_SENT', 'PAYOUT_SETTLED'],
    ]);
    expect((await world.payoutsOf(shop.id))[0]).toMatchObject({
      sentAt: new Date('2026-11-27T09:00:00+01:00'),
      settledAt: new Date('2026-11-27T09:30:00+01:00'),
    });
  });

  it('to the account of the sandbox that is closed comes back', async () => {
    const shop = await world.openShop();
    await world.database.pool.query('update payout_account set iban = $2 where merchant_id = $1', [
      shop.merchantId,
      returningIban,
    ]);
    await world.sell(shop);
    await sweepAt('2026-11-30T06:00:00+01:00');
    await sweepAt('2026-11-30T09:30:00+01:00');
    expect(await world.payoutsOf(shop.id)).toMatchObject([{ status: 'RETURNED', returnReason: 'AC04' }]);
    expect(await world.balanceOf(shop.id)).toBe(9_860n);
  });
});

it('The movements of a payout sum to its net, page by page', async () => {
  const shop = await world.openShop();
  const sale = await world.sell(shop, 50_000n, 'HUF');
  await world.sell(shop, 2_077n, 'HUF');
  await world.payAt('2026-12-01T06:00:00+01:00');
  await world.refund(sale, { amount: 100n });
  const { refund } = await world.refund(sale, { amount: 200n });
  await world.refunds.answering.submit({ refundId: refund.id, answer: { kind: 'rejected', code: 'x' } });
  await world.sell(shop, 3_333n, 'HUF');
  await world.sell(shop, 4_444n, 'HUF');
  await world.payAt('2026-12-02T06:00:00+01:00');
  const payouts = await world.payoutsOf(shop.id);
  expect(payouts).toHaveLength(2);
  for (const payout of payouts) {
    const movements: Movement[] = [];
    let page: Movement[];
    do {
      const { source, number } = movements.at(-1) ?? { source: 0, number: 0n };
      [page = []] = await readMovements(world.database, [{ payout, source, number, limit: 2 }]);
      movements.push(...page);
    } while (page.length > 0);
    expect(movements.reduce((sum, { amount }) => sum + amount, 0n)).toBe(payout.net);
    expect(movements.map(({ kind }) => kind)).toEqual(
      payout === payouts[0]
        ? ['SALE', 'SALE', 'COMMISSION', 'COMMISSION', 'CARRIED_OUT']
        : [
            ...['REFUND', 'REFUND', 'REFUND_REJECTED', 'SALE', 'SALE', 'COMMISSION', 'COMMISSION'],
            ...['CARRIED_IN', 'CARRIED_OUT'],
          ],
    );
  }
});
