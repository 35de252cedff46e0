import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DatabaseUnavailable } from '../../src/kernel/db/database.ts';
import { createLog } from '../../src/kernel/log.ts';
import { runPayouts } from '../../src/payouts/run-payouts.ts';
import type { Shop } from '../../src/shops/model.ts';
import { createShop } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { meddledDatabase } from '../support/meddle.ts';
import { openPayoutWorld, type PayoutWorld } from './world.ts';

let world: PayoutWorld;

beforeAll(async () => {
  world = await openPayoutWorld();
});

afterEach(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
});

afterAll(() => world.close());

const alarm = 'a balance cannot be paid out: its payout failed, and is tried again';

/** Lets payouts in PLN to a shop fail, until the given function is called. */
async function failing(shop: Shop): Promise<() => Promise<unknown>> {
  const { pool } = world.database;
  await pool.query(
    `alter table payout add constraint test check (account_owner <> '${shop.id}' or currency <> 'PLN') not valid`,
  );
  return () => pool.query('alter table payout drop constraint test');
}

const paidTo = async (shop: Shop): Promise<string[]> =>
  (await world.payoutsOf(shop.id)).map(
    ({ businessDay, currency, gross }) => `${businessDay.toISOString().slice(0, 10)} ${gross} ${currency}`,
  );

// The stories follow each other in time, as the clock cannot go back.

describe('An account whose payout fails', () => {
  it('keeps no other one from being paid, and is told of and tried again by each run until it is paid for the day', async () => {
    const [one, bad, other] = [await world.openShop(), await world.openShop(), await world.openShop()];
    const { shop: beside } = await createShop(world.database, { merchantId: bad.merchantId });
    for (const shop of [one, bad, beside, other]) await world.sell(shop);
    await world.sell(bad, 5_000n, 'EUR');
    const mend = await failing(bad);
    const lines: object[] = [];
    const log = createLog('error', { write: (line) => void lines.push(JSON.parse(line) as object) });
    world.goTo('2026-11-27T06:00:00+01:00');
    expect(await runPayouts({ ...world.payouts, log })).toBe(4);
    for (const shop of [one, beside, other]) expect(await paidTo(shop)).toEqual(['2026-11-27 10000 PLN']);
    expect(await paidTo(bad)).toEqual(['2026-11-27 5000 EUR']);
    const { merchantId } = bad;
    expect(lines).toMatchObject([
      { level: 50, msg: alarm, merchantId, accountOwner: bad.id, currency: 'PLN', err: { code: '23514' } },
    ]);
    expect(await world.payAt('2026-11-27T06:00:30+01:00')).toBe(0);
    expect(world.alarms.splice(0)).toEqual([alarm]);
    await mend();
    expect(await world.payAt('2026-11-27T06:01:00+01:00')).toBe(1);
    expect(await paidTo(bad)).toEqual(['2026-11-27 10000 PLN', '2026-11-27 5000 EUR']);
    expect(world.alarms).toEqual([]);
  });

  it('keeps its merchant from none of the later runs, one of which takes up all of it', async () => {
    const [bad, other] = [await world.openShop(), await world.openShop()];
    const { shop: beside } = await createShop(world.database, { merchantId: bad.merchantId });
    await world.payAt('2026-11-27T12:00:00+01:00');
    const mend = await failing(bad);
    for (const day of ['2026-11-27', '2026-11-30']) {
      world.goTo(`${day}T20:00:00+01:00`);
      for (const shop of [bad, beside, other]) await world.sell(shop);
    }
    // Two runs are made up for in one go, so the account fails in each.
    expect(await world.payAt('2026-12-01T06:00:00+01:00')).toBe(4);
    expect(world.alarms.splice(0)).toEqual([alarm, alarm]);
    for (const shop of [beside, other]) {
      expect(await paidTo(shop)).toEqual(['2026-11-30 10000 PLN', '2026-12-01 10000 PLN']);
    }
    await world.sell(beside);
    await mend();
    expect(await world.payAt('2026-12-02T06:00:00+01:00')).toBe(2);
    expect(await paidTo(beside)).toContain('2026-12-02 10000 PLN');
    expect(await paidTo(bad)).toEqual(['2026-12-01 20000 PLN']);
  });
});

it('A database that goes away ends the run, which is made up for', async () => {
  const shops = [await world.openShop(), await world.openShop()];
  for (const shop of shops) await world.sell(shop);
  world.goTo('2026-12-03T06:00:00+01:00');
  let tries = 0;
  const database = meddledDatabase(world.database, async (statement, run) => {
    if (statement.name !== 'insert-payouts') return run(statement);
    tries += 1;
    throw new DatabaseUnavailable(undefined);
  });
  await expect(runPayouts({ ...world.payouts, database })).rejects.toThrow(DatabaseUnavailable);
  expect([tries, world.alarms]).toEqual([1, []]);
  expect(await world.payAt('2026-12-03T06:00:30+01:00')).toBe(2);
});
