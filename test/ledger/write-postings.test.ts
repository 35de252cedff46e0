import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import type { NewPosting } from '../../src/ledger/model.ts';
import { openAccounts } from '../../src/ledger/sql/open-accounts.ts';
import { writePostings } from '../../src/ledger/sql/write-postings.ts';
import { noBooks, readBooks } from '../payments/read-records.ts';
import { openWorld, type World } from '../payments/world.ts';
import { blikAcquirer } from '../support/factories.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterAll(() => world.close());

const at = new Date('2026-03-02T10:00:00.000Z');
const acquirer = { kind: 'ACQUIRER', owner: blikAcquirer } as const;
const payouts = { kind: 'PAYOUTS', owner: 'gateway' } as const;
const refunds = { kind: 'REFUNDS', owner: blikAcquirer } as const;

/** Money paid in for a shop, without a sale behind it. */
function paidIn(owner: string, amount: bigint, change: Partial<NewPosting> = {}): NewPosting {
  return { kind: 'SALE', from: acquirer, to: { kind: 'SHOP', owner }, amount, currency: 'PLN', at, ...change };
}

const write = (...postings: NewPosting[]): Promise<void> =>
  inTransaction(world.database, (tx) => writePostings(tx, postings));

describe('Postings', () => {
  it('move the balances of shops by their sum, however many touch one account', async () => {
    const [one, other] = [await world.openShop(), await world.openShop()];
    const back = paidIn(one.id, 30n, { kind: 'REFUND_ORDERED', from: { kind: 'SHOP', owner: one.id }, to: refunds });
    await write(paidIn(one.id, 100n), paidIn(other.id, 7n), paidIn(one.id, 1n), back);
    expect((await readBooks(world.database, one.id)).balance).toBe(71);
    expect((await readBooks(world.database, other.id)).balance).toBe(7);
  });

  it('may leave a shop in debt', async () => {
    const shop = await world.openShop();
    await write(paidIn(shop.id, 50n, { kind: 'PAYOUT', from: { kind: 'SHOP', owner: shop.id }, to: payouts }));
    expect((await readBooks(world.database, shop.id)).balance).toBe(-50);
  });

  it('keep currencies apart', async () => {
    const shop = await world.openShop();
    await write(paidIn(shop.id, 100n), paidIn(shop.id, 40n, { currency: 'EUR' }));
    expect((await readBooks(world.database, shop.id)).balance).toBe(100);
  });

  it('of all accounts sum to zero', async () => {
    const { rows } = await world.database.pool.query<{ sum: bigint }>(`
      select sum(case when p.to_id = a.id then p.amount else -p.amount end) as sum
      from account a join posting p on a.id in (p.from_id, p.to_id) group by p.currency`);
    expect(rows.map((row) => Number(row.sum))).toEqual([0, 0]);
  });

  it('to an account that was never opened are refused with all of their batch', async () => {
    const shop = await world.openShop();
    const nobody = write(paidIn(shop.id, 100n), paidIn('nobody', 1n));
    await expect(nobody).rejects.toThrow('names an account that was never opened');
    expect(await readBooks(world.database, shop.id)).toEqual(noBooks);
  });

  it.each([0n, -1n])('of %s are refused by the database', async (amount) => {
    const shop = await world.openShop();
    await expect(write(paidIn(shop.id, amount))).rejects.toMatchObject({ constraint: 'posting_amount' });
  });

  it('that the chart of accounts does not know are refused with all of their batch', async () => {
    const shop = await world.openShop();
    const circle = write(paidIn(shop.id, 1n), paidIn(shop.id, 1n, { from: { kind: 'SHOP', owner: shop.id } }));
    await expect(circle).rejects.toThrow(`No SALE goes from SHOP ${shop.id} to SHOP ${shop.id}`);
    expect(await readBooks(world.database, shop.id)).toEqual(noBooks);
  });

  it('lose nothing when many write at once', async () => {
    const shop = await world.openShop();
    await Promise.all(Array.from({ length: 50 }, (_, place) => write(paidIn(shop.id, BigInt(place + 1)))));
    expect((await readBooks(world.database, shop.id)).balance).toBe(1_275);
  });
});

describe('Accounts', () => {
  it('are opened once: opening again keeps the balance', async () => {
    const shop = await world.openShop();
    await write(paidIn(shop.id, 100n));
    const account = { kind: 'SHOP', owner: shop.id, currency: 'PLN' } as const;
    await inTransaction(world.database, (tx) => openAccounts(tx, [account]));
    expect((await readBooks(world.database, shop.id)).balance).toBe(100);
  });

  it('have a balance row only where a lock guards it', async () => {
    const { rows } = await world.database.pool.query<{ kind: string }>(
      'select distinct a.kind::text as kind from account a join account_balance b on b.account_id = a.id',
    );
    expect(rows.map((row) => row.kind)).toEqual(['SHOP']);
  });
});
