import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { Payout } from '../../src/kernel/db/generated/prisma/client.ts';
import { writePostings } from '../../src/ledger/sql/write-postings.ts';
import { runPayouts } from '../../src/payouts/run-payouts.ts';
import { createMerchant, createShop } from '../support/factories.ts';
import { meddledDatabase } from '../support/meddle.ts';
import { usePayoutWorld } from './world.ts';

const world = await usePayoutWorld();

const sums = (payout: Payout): object => {
  const { gross, refunds, returned, carriedIn, commission, carriedOut, net, currency } = payout;
  return { gross, refunds, returned, carriedIn, commission, carriedOut, net, currency, day: dayOf(payout) };
};
const dayOf = ({ businessDay }: Payout): string => businessDay.toISOString().slice(0, 10);
const nothing = { gross: 0n, refunds: 0n, returned: 0n, carriedIn: 0n, commission: 0n, carriedOut: 0n };

// The stories follow each other in time, as the clock cannot go back.

describe('A shop is paid', () => {
  it('on the next business day at 6:00 what it sold up to midnight, less the commission', async () => {
    const shop = await world.openShop();
    await world.sell(shop);
    await world.sell(shop, 5_050n);
    await world.payAt('2026-11-27T05:59:00+01:00');
    expect(await world.payoutsOf(shop.id)).toEqual([]);
    await world.sell(shop, 700n);
    await world.payAt('2026-11-27T06:00:00+01:00');
    const [payout] = await world.payoutsOf(shop.id);
    expect(sums(payout as Payout)).toEqual({
      ...{ ...nothing, gross: 15_050n, commission: 140n + 71n, net: 14_839n, currency: 'PLN', day: '2026-11-27' },
    });
    expect(payout).toMatchObject({
      ...{ status: 'SCHEDULED', iban: 'PL61109010140000071219812874', merchantId: shop.merchantId, shopId: shop.id },
      ...{ sendAt: new Date('2026-11-27T09:00:00+01:00'), expectedAt: new Date('2026-11-27T09:30:00+01:00') },
    });
    expect(await world.balanceOf(shop.id)).toBe(700n);
  });

  it('on Monday for Friday, Saturday and Sunday', async () => {
    const shop = await world.openShop();
    for (const day of ['2026-11-27', '2026-11-28', '2026-11-29']) {
      world.goTo(`${day}T20:00:00+01:00`);
      await world.sell(shop, 1_000n);
    }
    await world.payAt('2026-11-29T23:59:00+01:00');
    expect(await world.payoutsOf(shop.id)).toEqual([]);
    await world.payAt('2026-11-30T06:00:00+01:00');
    expect((await world.payoutsOf(shop.id)).map(sums)).toMatchObject([{ gross: 3_000n, day: '2026-11-30' }]);
  });

  it('in each currency by itself, in EUR also on a Polish holiday', async () => {
    const shop = await world.openShop();
    world.goTo('2026-12-23T12:00:00+01:00');
    await world.sell(shop, 10_000n, 'PLN');
    await world.sell(shop, 20_000n, 'EUR');
    await world.sell(shop, 30_000n, 'USD');
    await world.payAt('2026-12-24T06:00:00+01:00');
    expect((await world.payoutsOf(shop.id)).map(sums)).toMatchObject([
      { currency: 'EUR', gross: 20_000n, commission: 280n, net: 19_720n, day: '2026-12-24' },
    ]);
    await world.payAt('2026-12-28T06:00:00+01:00');
    expect((await world.payoutsOf(shop.id)).map(({ currency, expectedAt }) => [currency, expectedAt])).toEqual([
      ['EUR', new Date('2026-12-24T23:59:59+01:00')],
      ['PLN', new Date('2026-12-28T09:30:00+01:00')],
      ['USD', new Date('2026-12-29T23:59:59+01:00')],
    ]);
  });
});

describe('Refunds', () => {
  it('are taken from what is paid', async () => {
    const shop = await world.openShop();
    world.goTo('2026-12-28T12:00:00+01:00');
    const sale = await world.sell(shop, 50_000n);
    await world.refund(sale, { amount: 20_000n });
    await world.payAt('2026-12-29T06:00:00+01:00');
    expect((await world.payoutsOf(shop.id)).map(sums)).toEqual([
      {
        ...nothing,
        gross: 50_000n,
        refunds: 20_000n,
        commission: 700n,
        net: 29_300n,
        currency: 'PLN',
        day: '2026-12-29',
      },
    ]);
  });

  it('that leave a debt are carried to later payouts', async () => {
    const shop = await world.openShop();
    const sale = await world.sell(shop, 50_000n);
    await world.payAt('2026-12-30T06:00:00+01:00');
    await world.refund(sale, { amount: 50_000n });
    await world.sell(shop, 10_000n);
    await world.payAt('2026-12-31T06:00:00+01:00');
    expect(await world.payoutsOf(shop.id)).toHaveLength(1);
    await world.sell(shop, 100_000n);
    await world.payAt('2027-01-04T06:00:00+01:00');
    expect((await world.payoutsOf(shop.id)).map(sums)).toMatchObject([
      { net: 49_300n },
      { gross: 110_000n, refunds: 50_000n, commission: 1_540n, net: 58_460n, day: '2027-01-04' },
    ]);
  });

  it('that were refused are not taken', async () => {
    const shop = await world.openShop();
    const sale = await world.sell(shop, 50_000n);
    const { refund } = await world.refund(sale, { amount: 20_000n });
    await world.refunds.answering.submit({ refundId: refund.id, answer: { kind: 'rejected', code: 'x' } });
    await world.payAt('2027-01-05T06:00:00+01:00');
    expect((await world.payoutsOf(shop.id)).map(sums)).toMatchObject([{ gross: 50_000n, refunds: 0n, net: 49_300n }]);
  });

  it('that were ordered since midnight are kept back, so that nobody is paid what he owes', async () => {
    const shop = await world.openShop();
    const sale = await world.sell(shop, 50_000n);
    world.goTo('2027-01-07T02:00:00+01:00');
    await world.refund(sale, { amount: 30_000n });
    await world.payAt('2027-01-07T06:00:00+01:00');
    expect((await world.payoutsOf(shop.id)).map(sums)).toMatchObject([
      { gross: 50_000n, refunds: 0n, commission: 700n, carriedOut: 30_000n, net: 19_300n },
    ]);
    expect(await world.balanceOf(shop.id)).toBe(0n);
    await world.sell(shop, 10_000n);
    await world.payAt('2027-01-08T06:00:00+01:00');
    expect((await world.payoutsOf(shop.id)).slice(1).map(sums)).toMatchObject([
      { gross: 10_000n, refunds: 30_000n, carriedIn: 30_000n, commission: 140n, carriedOut: 0n, net: 9_860n },
    ]);
  });
});

describe('HUF', () => {
  it('is paid in whole forints, and the rest stays', async () => {
    const shop = await world.openShop();
    await world.sell(shop, 2_067n, 'HUF');
    await world.payAt('2027-01-11T06:00:00+01:00');
    expect((await world.payoutsOf(shop.id)).map(sums)).toMatchObject([
      { commission: 29n, carriedOut: 38n, net: 2_000n },
    ]);
    expect(await world.balanceOf(shop.id, 'HUF')).toBe(38n);
    await world.sell(shop, 63n, 'HUF');
    await world.payAt('2027-01-12T06:00:00+01:00');
    expect((await world.payoutsOf(shop.id)).slice(1).map(sums)).toMatchObject([
      { carriedIn: 38n, gross: 63n, commission: 1n, carriedOut: 0n, net: 100n },
    ]);
  });
});

describe('Midnight', () => {
  it('divides the days when the clocks go forward', async () => {
    const shop = await world.openShop();
    await world.payAt('2027-03-25T12:00:00+01:00');
    world.goTo('2027-03-25T23:59:59.999+01:00');
    await world.sell(shop, 1_000n);
    world.goTo('2027-03-29T00:00:00.000+02:00');
    await world.sell(shop, 2_000n);
    await world.payAt('2027-03-30T06:00:00+02:00');
    expect((await world.payoutsOf(shop.id)).map(sums)).toMatchObject([
      { gross: 1_000n, day: '2027-03-26' },
      { gross: 2_000n, day: '2027-03-30' },
    ]);
  });
});

describe('A run', () => {
  it('that was missed is made up for, each day as its own', async () => {
    const shop = await world.openShop();
    await world.payAt('2027-04-06T06:00:00+02:00');
    for (const day of ['2027-04-06', '2027-04-07', '2027-04-08']) {
      world.goTo(`${day}T12:00:00+02:00`);
      await world.sell(shop, 1_000n);
    }
    await world.payAt('2027-04-09T10:00:00+02:00');
    const payouts = await world.payoutsOf(shop.id);
    expect(payouts.map(dayOf)).toEqual(['2027-04-07', '2027-04-08', '2027-04-09']);
    expect(new Set(payouts.map(({ expectedAt }) => expectedAt.toISOString()))).toEqual(
      new Set(['2027-04-09T11:30:00.000Z']),
    );
  });

  it('is over when it is over: again, it pays nothing', async () => {
    expect(await world.payAt('2027-04-09T10:00:01+02:00')).toBe(0);
  });

  it('pays the shops of a merchant by the clock he has moved', async () => {
    const merchantId = await createMerchant(world.database, { clockOffsetMs: 3 * 86_400_000, isPaidOut: true });
    const { shop } = await createShop(world.database, { merchantId });
    await world.sell(shop, 1_000n);
    expect(await world.payAt('2027-04-09T10:00:02+02:00')).toBe(0);
    expect(await world.payAt('2027-04-10T06:00:00+02:00')).toBe(1);
    const [payout] = await world.payoutsOf(shop.id);
    expect(payout && dayOf(payout)).toBe('2027-04-13');
    expect(payout?.createdAt).toEqual(new Date('2027-04-13T06:00:00+02:00'));
    expect(payout?.expectedAt).toEqual(new Date('2027-04-13T09:30:00+02:00'));
  });

  it('leaves the money of whoever has no account to be paid on, and says so; later it is paid', async () => {
    const shop = await world.openShop();
    await world.sell(shop, 1_000n);
    await world.sell(shop, 1_000n, 'EUR');
    const set = (until: string): Promise<unknown> =>
      world.database.pool.query(
        `update payout_account set valid_until = ${until} where merchant_id = $1 and currency = 'EUR'`,
        [shop.merchantId],
      );
    await set(`'2026-01-01'`);
    await world.payAt('2027-04-12T06:00:00+02:00');
    expect((await world.payoutsOf(shop.id)).map(({ currency }) => currency)).toEqual(['PLN']);
    expect(world.alarms.splice(0)).toEqual([
      'a balance cannot be paid out: its merchant has no payout account for this currency',
    ]);
    await set('null');
    await world.payAt('2027-04-13T06:00:00+02:00');
    expect((await world.payoutsOf(shop.id)).map(sums)).toMatchObject([{ currency: 'PLN' }, { gross: 1_000n }]);
  });
});

describe('A change of the payout account', () => {
  it('holds from its moment on, even if the job that puts it in force is late', async () => {
    const iban = 'PL27114020040000300201355387';
    const shop = await world.openShop();
    const now = world.clock.now();
    await world.database.prisma.payoutAccountChange.create({
      data: {
        ...{ id: randomUUID(), merchantId: shop.merchantId, idempotencyKey: 'a key', inputHash: new Uint8Array() },
        ...{ currency: 'PLN' as const, iban, status: 'REQUESTED' as const, createdAt: now, updatedAt: now },
        inForceFrom: new Date('2027-04-21T00:00:00+02:00'),
      },
    });
    await world.sell(shop);
    await world.payAt('2027-04-20T06:00:00+02:00');
    await world.sell(shop);
    await world.payAt('2027-04-21T06:00:00+02:00');
    expect((await world.payoutsOf(shop.id)).map((payout) => payout.iban)).toEqual([
      'PL61109010140000071219812874',
      iban,
    ]);
  });
});

describe('A first run', () => {
  it("is each merchant's own, up to his own midnight, though another one found with him is days ahead", async () => {
    const merchantIds = await Promise.all([1, 2].map(() => createMerchant(world.database, { isPaidOut: true })));
    // The one who is found first is ahead of the other.
    const [ahead = '', punctual = ''] = merchantIds.toSorted();
    const move = 'update merchant set clock_offset_ms = $2 where id = $1';
    await world.database.pool.query(move, [ahead, 2 * 86_400_000]);
    const { shop } = await createShop(world.database, { merchantId: punctual });
    await world.sell(shop, 1_000n);
    expect(await world.payAt('2027-04-21T06:00:01+02:00')).toBe(0);
    expect(await world.payAt('2027-04-22T06:00:00+02:00')).toBe(1);
    expect((await world.payoutsOf(shop.id)).map(dayOf)).toEqual(['2027-04-22']);
  });
});

describe('Many accounts', () => {
  it('are all paid, although only a hundred are in one transaction', async () => {
    const { merchantId } = await world.openShop();
    for (let count = 0; count < 101; count += 1) {
      await world.sell((await createShop(world.database, { merchantId })).shop, 1_000n);
    }
    expect(await world.payAt('2027-04-23T06:00:00+02:00')).toBe(101);
  });

  it('are measured when nobody else can write for their shops', async () => {
    const shop = await world.openShop();
    await world.sell(shop, 1_000n);
    world.goTo('2027-04-26T06:00:00+02:00');
    const seen: unknown[] = [];
    const database = meddledDatabase(world.database, async (statement, run) => {
      if (statement.name === 'measure-accounts') {
        const lock = 'select from shop_counter where shop_id = $1 for no key update nowait';
        seen.push(await world.database.pool.query(lock, [shop.id]).catch(({ code }) => code));
      }
      return run(statement);
    });
    expect(await runPayouts({ ...world.payouts, database })).toBe(1);
    expect(seen).toEqual(['55P03']);
  });
});

describe('A balance that a kind of posting moved which payouts do not know', () => {
  it('stays where it is, and is an alarm', async () => {
    const shop = await world.openShop();
    const { transaction } = await world.sell(shop);
    const at = world.clock.now();
    await world.database.prisma.dispute.create({
      data: {
        ...{ id: randomUUID(), shopId: shop.id, transactionId: transaction.id, status: 'LOST' },
        ...{ amount: 1_000n, currency: 'PLN', createdAt: at, updatedAt: at },
      },
    });
    const disputes = { kind: 'DISPUTES', owner: transaction.acquirer } as const;
    const money = { amount: 1_000n, currency: 'PLN', at } as const;
    await inTransaction(world.database, (tx) =>
      writePostings(tx, [
        { ...money, kind: 'DISPUTE_OPENED', from: disputes, to: { ...disputes, kind: 'ACQUIRER' } },
        { ...money, kind: 'DISPUTE_LOST', from: { kind: 'SHOP', owner: shop.id }, to: disputes },
      ]),
    );
    await world.payAt('2027-04-27T06:00:00+02:00');
    expect(world.alarms.splice(0)).toEqual([
      'a balance cannot be paid out: it was moved by a kind of posting that payouts do not know',
    ]);
    expect(await world.payoutsOf(shop.id)).toEqual([]);
    expect(await world.balanceOf(shop.id)).toBe(9_000n);
  });
});
