import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, openDatabase, type Tx } from '../../src/kernel/db/database.ts';
import { drawTrialBalance } from '../../src/ledger/draw-trial-balance.ts';
import type { AccountRef, NewPosting } from '../../src/ledger/model.ts';
import { readBalanceAt } from '../../src/ledger/sql/read-balances-at.ts';
import { writePostings } from '../../src/ledger/sql/write-postings.ts';
import { takeSnapshots } from '../../src/ledger/take-snapshots.ts';
import { openWorld, type World } from '../payments/world.ts';
import { blikAcquirer } from '../support/factories.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

const acquirer = { kind: 'ACQUIRER', owner: blikAcquirer, currency: 'PLN' } as const;
const shopOf = (owner: string): AccountRef => ({ kind: 'SHOP', owner, currency: 'PLN' });

function paidIn(owner: string, amount: bigint, at: string): NewPosting {
  return { kind: 'SALE', from: acquirer, to: { kind: 'SHOP', owner }, amount, currency: 'PLN', at: new Date(at) };
}

const write = (...postings: NewPosting[]): Promise<void> =>
  inTransaction(world.database, (tx) => writePostings(tx, postings));

const balanceAt = (account: AccountRef, before: string): Promise<bigint> =>
  readBalanceAt(world.database, account, new Date(before));

async function countedThrough(): Promise<bigint> {
  const { rows } = await world.database.pool.query<{ through: bigint }>(
    'select counted_through as through from snapshot_progress',
  );
  return rows[0]?.through ?? -1n;
}

/** Every balance at a moment as it is found by adding up all postings, for accounts that have any. */
async function addedUp(before: Date): Promise<Map<string, bigint>> {
  const { rows } = await world.database.pool.query<{ id: bigint; amount: bigint }>(
    `select id, sum(amount)::bigint as amount from (select to_id as id, amount, at from posting
      union all select from_id, -amount, at from posting) as side where at < $1 group by id`,
    [before],
  );
  return new Map(rows.map((row) => [String(row.id), row.amount]));
}

async function expectAllRight(moments: readonly string[]): Promise<void> {
  const accounts = await world.database.prisma.account.findMany({ where: { currency: 'PLN' } });
  for (const moment of moments) {
    const expected = await addedUp(new Date(moment));
    const told = await Promise.all(accounts.map((account) => balanceAt(account, moment)));
    expect([moment, ...told]).toEqual([moment, ...accounts.map(({ id }) => expected.get(String(id)) ?? 0n)]);
  }
}

describe('Snapshots of the ledger', () => {
  it('give the balance of any account at any moment, whether its postings are counted or not', async () => {
    const [one, other] = [await world.openShop(), await world.openShop()];
    const moments = [
      ...[
        '2026-03-01T22:59:59.999Z',
        '2026-03-01T23:00:00.000Z',
        '2026-03-02T10:00:00.000Z',
        '2026-03-02T10:00:00.001Z',
      ],
      ...[
        '2026-03-02T23:00:00.000Z',
        '2026-03-03T23:00:00.000Z',
        '2026-03-05T09:00:00.000Z',
        '2030-01-01T00:00:00.000Z',
      ],
    ];
    await write(paidIn(one.id, 100n, '2026-03-02T10:00:00.000Z'), paidIn(other.id, 7n, '2026-03-02T22:59:59.999Z'));
    await expectAllRight(moments);
    await takeSnapshots(world.database);
    await expectAllRight(moments);
    // A merchant's clock that is ahead, and one that waited over midnight: written in another order than they are dated.
    await write(paidIn(one.id, 30n, '2026-03-05T08:00:00.000Z'));
    await takeSnapshots(world.database);
    await write(paidIn(one.id, 1n, '2026-03-02T09:00:00.000Z'), paidIn(one.id, 2n, '2026-03-03T23:00:00.000Z'));
    await write(paidIn(other.id, 4n, '2026-03-01T22:59:59.999Z'));
    await expectAllRight(moments);
    await takeSnapshots(world.database);
    await expectAllRight(moments);
    expect(await balanceAt(shopOf(one.id), '2026-03-02T10:00:00.000Z')).toBe(1n);
    expect(await balanceAt(shopOf(one.id), '2026-03-02T10:00:00.001Z')).toBe(101n);
    expect(await balanceAt(acquirer, '2030-01-01T00:00:00.000Z')).toBe(-144n);
  });

  it('may be taken again, and by many at once: nothing is counted twice', async () => {
    const shop = await world.openShop();
    await write(paidIn(shop.id, 50n, '2026-03-02T10:00:00.000Z'));
    await Promise.all(Array.from({ length: 5 }, () => takeSnapshots(world.database)));
    await takeSnapshots(world.database);
    expect(await balanceAt(shopOf(shop.id), '2026-04-01T00:00:00.000Z')).toBe(50n);
    await expectAllRight(['2026-04-01T00:00:00.000Z']);
  });

  it('of an account that does not exist are zero', async () => {
    expect(await balanceAt(shopOf('nobody'), '2026-04-01T00:00:00.000Z')).toBe(0n);
  });

  it('make a trial balance that sums to zero, with the shops in one line', async () => {
    const [pln] = await drawTrialBalance(world.database, new Date('2030-01-01T00:00:00.000Z'));
    const lines = pln?.lines.filter((line) => line.balance !== 0n);
    expect(pln).toMatchObject({ currency: 'PLN', sum: 0n });
    expect(lines).toEqual([
      { kind: 'SHOP', owner: null, currency: 'PLN', accounts: expect.any(Number), balance: 194n },
      { kind: 'ACQUIRER', owner: blikAcquirer, currency: 'PLN', accounts: 1, balance: -194n },
    ]);
  });
});

describe('Snapshots beside running writers', () => {
  const at = '2026-03-02T10:00:00.000Z';
  const later = '2026-04-01T00:00:00.000Z';

  it('never pass a posting that commits late with a smaller number, and keep nobody waiting', async () => {
    const [slow, fast] = [await world.openShop(), await world.openShop()];
    await takeSnapshots(world.database);
    const before = await countedThrough();
    const { promise: mayEnd, resolve: end } = Promise.withResolvers<void>();
    const { promise: hasWritten, resolve: written } = Promise.withResolvers<void>();
    const slowly = inTransaction(world.database, async (tx) => {
      await writePostings(tx, [paidIn(slow.id, 11n, at)]);
      written();
      await mayEnd;
    });
    await hasWritten;
    await write(paidIn(fast.id, 22n, at));
    await takeSnapshots(world.database);
    await takeSnapshots(world.database);
    expect(await countedThrough()).toBe(before);
    expect(await balanceAt(shopOf(fast.id), later)).toBe(22n);
    end();
    await slowly;
    expect(await balanceAt(shopOf(slow.id), later)).toBe(11n);
    await takeSnapshots(world.database);
    expect(await countedThrough()).toBe(before + 2n);
    await expectAllRight([later]);
  });

  it('pass the number of a posting that was rolled back', async () => {
    const shop = await world.openShop();
    await takeSnapshots(world.database);
    const before = await countedThrough();
    const failed = inTransaction(world.database, async (tx: Tx) => {
      await writePostings(tx, [paidIn(shop.id, 11n, at)]);
      throw new Error('never mind');
    });
    await expect(failed).rejects.toThrow('never mind');
    await write(paidIn(shop.id, 5n, at));
    await takeSnapshots(world.database);
    expect(await countedThrough()).toBe(before + 2n);
    expect(await balanceAt(shopOf(shop.id), later)).toBe(5n);
  });

  it('lose nothing and count nothing twice while many write and several take them', async () => {
    const shops = await Promise.all(Array.from({ length: 4 }, () => world.openShop()));
    const another = openDatabase({ url: world.url, connectionsMax: 4 });
    let writing = true;
    const taking = [world.database, another].map(async (database) => {
      while (writing) await takeSnapshots(database);
    });
    await Promise.all(
      shops.flatMap((shop, place) =>
        [world.database, another].map(async (database) => {
          for (let round = 0; round < 20; round += 1) {
            const day = `2026-03-0${1 + ((round + place) % 5)}T10:00:00.000Z`;
            await inTransaction(database, async (tx) => {
              await writePostings(tx, [paidIn(shop.id, BigInt(round + 1), day)]);
              await tx.query({
                name: `dawdle-${round % 3}`,
                text: `select pg_sleep(${(round % 3) / 500})`,
                values: [],
              });
              await writePostings(tx, [paidIn(shop.id, 1_000n, day)]);
            });
          }
        }),
      ),
    );
    writing = false;
    await Promise.all(taking);
    const counted = await countedThrough();
    await takeSnapshots(world.database);
    expect(await countedThrough()).toBeGreaterThanOrEqual(counted);
    await another.close();
    for (const shop of shops) expect(await balanceAt(shopOf(shop.id), later)).toBe(2n * (210n + 20_000n));
    await expectAllRight(['2026-03-03T00:00:00.000Z', '2026-03-04T12:00:00.000Z', later]);
  });
});
