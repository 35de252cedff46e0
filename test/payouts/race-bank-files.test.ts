import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { withHyphens } from '../../src/kernel/ids.ts';
import type { BankFileDeps } from '../../src/payouts/deps.ts';
import { sendPayouts } from '../../src/payouts/send-payouts.ts';
import { writeBankFiles } from '../../src/payouts/write-bank-files.ts';
import type { Shop } from '../../src/shops/model.ts';
import { createShop } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { dyingAt } from './dying-database.ts';
import { openPayoutWorld, type PayoutWorld } from './world.ts';

let world: PayoutWorld;
/** Two processes on one database, each with connections of its own. */
let databases: Database[];
let folder: string;

beforeAll(async () => {
  world = await openPayoutWorld();
  databases = [1, 2].map(() => openDatabase({ url: world.database.url, connectionsMax: 2 }));
  folder = await mkdtemp(join(tmpdir(), 'bramka-bank-files-'));
});

afterEach(async () => expect(await brokenInvariants(world.database)).toEqual([]));

afterAll(async () => {
  for (const database of databases) await database.close();
  await world.close();
  await rm(folder, { recursive: true, force: true });
});

const depsOf = (database: Database): BankFileDeps => ({
  ...{ ...world.payouts, database },
  bankFiles: { ...world.payouts.bankFiles, transactionsMax: 2, folder },
});

async function shopsWithSales(count: number): Promise<Shop[]> {
  const shops = [await world.openShop()];
  const merchantId = shops[0]?.merchantId ?? '';
  while (shops.length < count) shops.push((await createShop(world.database, { merchantId })).shop);
  for (const shop of shops) await world.sell(shop, 10_000n);
  return shops;
}

/** The payouts that lie in the files of the folder, in any order. */
async function payoutsInFolder(): Promise<string[]> {
  const found: string[] = [];
  for (const name of await readdir(folder)) {
    const content = await readFile(join(folder, name), 'utf8');
    for (const [, id] of content.matchAll(/<EndToEndId>(.*?)<\/EndToEndId>/g)) found.push(withHyphens(id ?? '') ?? '');
  }
  return found.sort();
}

async function sentPayouts(shops: readonly Shop[]): Promise<string[]> {
  const payouts = (await Promise.all(shops.map((shop) => world.payoutsOf(shop.id)))).flat();
  expect(payouts.every(({ status, bankFileId }) => status === 'SENT' && bankFileId !== null)).toBe(true);
  return payouts.map(({ id }) => id).sort();
}

describe('Every payout is in exactly one file, and each file once in the folder', () => {
  it('when two processes send at once, beside sales', async () => {
    const shops = await shopsWithSales(7);
    await world.payAt('2026-11-27T06:00:00+01:00');
    world.goTo('2026-11-27T09:00:00+01:00');
    const run = async (database: Database): Promise<number> => {
      const { made } = await sendPayouts(depsOf(database));
      await writeBankFiles(depsOf(database));
      return made;
    };
    const [made] = await Promise.all([
      Promise.all(databases.map(run)),
      Promise.all(shops.map((shop) => world.sell(shop, 700n))),
    ]);
    expect(made.reduce((sum, count) => sum + count, 0)).toBe(4);
    const sent = await sentPayouts(shops);
    expect(sent).toHaveLength(7);
    expect(await payoutsInFolder()).toEqual(sent);
  });

  it('when the process is killed at any point, and another goes on', async () => {
    await rm(folder, { recursive: true });
    const shops = await shopsWithSales(5);
    await world.payAt('2026-11-30T06:00:00+01:00');
    const payouts = (await Promise.all(shops.map((shop) => world.payoutsOf(shop.id)))).flat();
    world.goTo('2026-11-30T09:00:00+01:00');
    let last = 1;
    const run = async (): Promise<boolean> => {
      const deps = depsOf(dyingAt(world.database, last));
      // A process that died with a file in its hands is given up after a minute.
      world.clock.pass({ ms: 61_000 });
      try {
        await sendPayouts(deps);
        await writeBankFiles(deps);
        return true;
      } catch {
        return false;
      }
    };
    while (!(await run())) last += 1;
    expect(last).toBeGreaterThan(15);
    const own = new Set(payouts.map(({ id }) => id));
    const sent = (await sentPayouts(shops)).filter((id) => own.has(id));
    expect(sent).toHaveLength(5);
    expect((await payoutsInFolder()).filter((id) => own.has(id))).toEqual(sent);
    expect((await readdir(folder)).filter((name) => name.startsWith('.'))).toEqual([]);
  });
});
