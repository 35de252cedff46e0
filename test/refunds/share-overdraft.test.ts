import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Portion } from '../../src/baskets/model.ts';
import type { Outcome } from '../../src/kernel/batch.ts';
import { inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import { checkRefund } from '../../src/refunds/check-refund.ts';
import { createRefund } from '../../src/refunds/create-refund.ts';
import { decideRefunds, type OrderedRefund, type PreparedRefund } from '../../src/refunds/decide-refund.ts';
import type { Shop } from '../../src/shops/model.ts';
import { actorOf, createMerchant, createRefundDeps, createSale, createShop, payOut } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { runs } from '../support/runs.ts';
import { openRefundWorld, type RefundWorld, type Sale } from './world.ts';

let world: RefundWorld;

beforeAll(async () => {
  world = await openRefundWorld();
});

afterEach(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
});

afterAll(() => world.close());

const tooLow = { code: 'BALANCE_TOO_LOW', field: ['amount'] };

/** An account number with its check digits, another one for each place. */
function accountAt(place: number): string {
  const inside = `10500002${String(place).padStart(16, '0')}`;
  return `${String(98n - (BigInt(`${inside}252100`) % 97n)).padStart(2, '0')}${inside}`;
}

/** Two shops of one merchant, whose recipients may be the same, in the order of their ids. */
async function openShops(): Promise<readonly [Shop, Shop]> {
  const merchantId = await createMerchant(world.database);
  const open = async (): Promise<Shop> => (await createShop(world.database, { merchantId })).shop;
  const [one, other] = [await open(), await open()];
  return one.id < other.id ? [one, other] : [other, one];
}

/** A settled sale of which the recipients at these places get so much each, and the shop the rest of it. */
async function sellBasket(shop: Shop, places: readonly number[], each: bigint, rest = 0n): Promise<Sale> {
  const shares = places.map((place) => ({ account: accountAt(place), amount: each, label: `Firma ${place}` }));
  const amount = each * BigInt(places.length) + rest;
  return { shop, ...(await createSale(world.deps, shop, { amount, shares })) };
}

/** What each has that the merchant's shops and recipients are, in PLN: the shops in their order, then recipients by account. */
async function balances({ merchantId }: Shop): Promise<{ id: string; balance: bigint; isShop: boolean }[]> {
  const { rows } = await world.database.pool.query<{ id: string; balance: bigint; isShop: boolean }>(
    `select o.id, coalesce(b.amount, 0) as balance, o.iban = '' as "isShop"
    from (select id, '' as iban, created_at from shop where merchant_id = $1
      union all select id, iban, created_at from recipient where merchant_id = $1) o
    left join account a on a.owner = o.id::text and a.currency = 'PLN'
    left join account_balance b on b.account_id = a.id
    order by right(o.iban, 16), o.created_at, o.id`,
    [merchantId],
  );
  return rows;
}

/** What shops and recipients of the merchant lack together. */
async function lackOf(shop: Shop): Promise<bigint> {
  return (await balances(shop)).reduce((sum, { balance }) => (balance < 0n ? sum - balance : sum), 0n);
}

/** Pays out whatever shops and recipients of the merchant have. */
async function payOutAll(shop: Shop): Promise<void> {
  const all = await balances(shop);
  const shopIds = all.flatMap(({ id, isShop }) => (isShop ? [id] : []));
  for (const { id, balance } of all) if (balance > 0n) await payOut(world.database, { id, shopIds }, balance);
}

const recipientsOf = async (shop: Shop): Promise<string[]> =>
  (await balances(shop)).flatMap(({ id, isShop }) => (isShop ? [] : [id]));

const refundOf = (sale: Sale, amount: bigint, shares?: readonly Portion[]) => world.refund(sale, { amount, shares });

function wishFor({ shop, transaction }: Sale, amount: bigint): PreparedRefund {
  const inputHash = Buffer.alloc(32, String(amount));
  const wish = { shop, transactionId: transaction.id, idempotencyKey: randomUUID(), inputHash, amount };
  return { ...wish, shares: undefined, note: null };
}

const inWord = (outcome: Outcome<OrderedRefund>): string => ('refusal' in outcome ? outcome.refusal.code : 'ordered');

/** Decides each wish in a transaction of its own: the second begins before the first has ended. */
async function decideInTurn(one: PreparedRefund, other: PreparedRefund): Promise<string[]> {
  const decided = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const first = inTransaction(world.database, async (tx) => {
    const outcomes = await decideRefunds(tx, world.clock, [one]);
    decided.resolve();
    await released.promise;
    return outcomes.map(inWord);
  });
  await decided.promise;
  const second = inTransaction(world.database, async (tx) =>
    (await decideRefunds(tx, world.clock, [other])).map(inWord),
  ).finally(() => released.resolve());
  const waiting = `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
  await expect
    .poll(async () => (await world.database.pool.query(waiting)).rowCount, { timeout: 2_000 })
    .toBe(1)
    .finally(() => released.resolve());
  return [...(await first), ...(await second)];
}

describe('The overdraft of a shop', () => {
  it('is one for the shop and all recipients, however many there are', async () => {
    const [shop] = await openShops();
    const places = Array.from({ length: 20 }, (_, place) => place);
    const sale = await sellBasket(shop, places, 100_000n);
    await payOutAll(shop);
    const [first = ''] = (await recipientsOf(shop)).toSorted();
    await expect(refundOf(sale, 2_000_000n)).rejects.toMatchObject(tooLow);
    await expect(refundOf(sale, 100_020n)).rejects.toMatchObject({
      ...tooLow,
      message: expect.stringMatching(/^The balance of the recipient [0-9a-f-]{36} does not cover his part/),
    });
    expect(await lackOf(shop)).toBe(0n);
    await refundOf(sale, 60_000n);
    await expect(refundOf(sale, 40_001n, [{ recipientId: first, amount: 40_001n }])).rejects.toMatchObject({
      ...tooLow,
      // Neither what he has nor what the others lack: they are of all shops of the merchant.
      message: `The balance of the recipient ${first} does not cover his part of this refund, and what is missing is more than the overdraft of 1000.00 PLN, which the shop and all recipients of the merchant share, has left; wait for further sales.`,
    });
    await refundOf(sale, 40_000n);
    await expect(refundOf(sale, 20n)).rejects.toMatchObject(tooLow);
    expect(await lackOf(shop)).toBe(100_000n);
  });

  it('has less for recipients where the shop lacks money, and less for the shop where they do', async () => {
    const [shop] = await openShops();
    const sale = await sellBasket(shop, [1], 200_000n, 200_000n);
    await payOutAll(shop);
    const [recipientId = ''] = await recipientsOf(shop);
    await refundOf(sale, 70_000n, []);
    await expect(refundOf(sale, 30_001n, [{ recipientId, amount: 30_001n }])).rejects.toMatchObject(tooLow);
    await refundOf(sale, 20_000n, [{ recipientId, amount: 20_000n }]);
    await expect(refundOf(sale, 10_001n, [])).rejects.toMatchObject({
      ...tooLow,
      message:
        'The balance of -700.00 PLN does not cover this refund, and what is missing is more than the overdraft of 1000.00 PLN, which the shop and all recipients of the merchant share, has left; wait for further sales.',
    });
    await refundOf(sale, 10_000n, []);
    expect((await balances(shop)).map(({ balance }) => balance)).toEqual([-80_000n, 0n, -20_000n]);
  });

  it('is not needed for what balances cover, also when recipients lack more than it', async () => {
    const [shop] = await openShops();
    const lacking = await sellBasket(shop, [1], 150_000n);
    await payOutAll(shop);
    await refundOf(lacking, 100_000n);
    await world.database.pool.query('update price_plan set overdraft = 0 where shop_id = $1::uuid', [shop.id]);
    const sale = await sellBasket(shop, [2], 5_000n, 5_000n);
    await refundOf(sale, 10_000n);
    expect((await balances(shop)).map(({ balance }) => balance)).toEqual([0n, 0n, -100_000n, 0n]);
    await expect(refundOf(lacking, 1n)).rejects.toMatchObject(tooLow);
  });

  it('is not helped by what the shop has and will be paid', async () => {
    const [shop] = await openShops();
    const sale = await sellBasket(shop, [1], 150_000n);
    await payOutAll(shop);
    await world.sell({ shop, amount: 500_000n });
    await expect(refundOf(sale, 100_001n)).rejects.toMatchObject(tooLow);
    await refundOf(sale, 100_000n);
    await payOutAll(shop);
    expect(await lackOf(shop)).toBe(100_000n);
  });

  it('is free again when a recipient sells or a refund of his is refused', async () => {
    const [shop] = await openShops();
    const sale = await sellBasket(shop, [1, 2], 150_000n);
    await payOutAll(shop);
    const [one = '', other = ''] = await recipientsOf(shop);
    const { refund } = await refundOf(sale, 100_000n, [{ recipientId: one, amount: 100_000n }]);
    const wish = [{ recipientId: other, amount: 50_000n }];
    await expect(refundOf(sale, 50_000n, wish)).rejects.toMatchObject(tooLow);
    await sellBasket(shop, [1], 50_000n);
    await refundOf(sale, 50_000n, wish);
    await expect(refundOf(sale, 1n, [{ recipientId: other, amount: 1n }])).rejects.toMatchObject(tooLow);
    await world.refunds.answering.submit({ refundId: refund.id, answer: { kind: 'rejected', code: 'x' } });
    await refundOf(sale, 50_000n, wish);
    expect(await lackOf(shop)).toBe(100_000n);
  });

  it('is told in advance by canRefund', async () => {
    const [shop] = await openShops();
    const sale = await sellBasket(shop, [1, 2], 150_000n);
    await payOutAll(shop);
    await refundOf(sale, 60_000n);
    const { id: transactionId } = sale.transaction;
    const ask = (amount: bigint) => checkRefund(world.refunds, actorOf(shop), { transactionId, amount });
    const { refusal } = await ask(40_002n);
    expect(refusal).toMatchObject(tooLow);
    await expect(refundOf(sale, 40_002n)).rejects.toMatchObject({ ...tooLow, message: refusal?.message });
    expect((await ask(40_000n)).refusal).toBeUndefined();
    await refundOf(sale, 40_000n);
  });
});

describe('Recipients whom two shops of a merchant share', () => {
  it('count against the overdraft of either, in one transaction', async () => {
    const [one, other] = await openShops();
    const sales = [await sellBasket(one, [1], 150_000n), await sellBasket(other, [2], 150_000n)] as const;
    await payOutAll(one);
    const wishes = [
      wishFor(sales[0], 60_000n),
      wishFor(sales[1], 40_001n),
      wishFor(sales[1], 40_000n),
      wishFor(sales[0], 1n),
    ];
    const outcomes = await inTransaction(world.database, (tx) => decideRefunds(tx, world.clock, wishes));
    expect(outcomes.map(inWord)).toEqual(['ordered', 'BALANCE_TOO_LOW', 'ordered', 'BALANCE_TOO_LOW']);
    expect(await lackOf(one)).toBe(100_000n);
  });

  it('count against it also when both shops refund at the same moment, from different recipients', async () => {
    const [one, other] = await openShops();
    const sales = [await sellBasket(one, [1], 60_000n), await sellBasket(other, [2], 60_000n)] as const;
    await payOutAll(one);
    expect(await decideInTurn(wishFor(sales[0], 60_000n), wishFor(sales[1], 60_000n))).toEqual([
      'ordered',
      'BALANCE_TOO_LOW',
    ]);
    expect(await lackOf(one)).toBe(60_000n);
  });

  it('never lack more than it after a hundred refunds at once through three gateways', async () => {
    const databases = [1, 2, 3].map(() => openDatabase({ url: world.database.url, connectionsMax: 4 }));
    const gateways = databases.map((database) => createRefundDeps({ ...world.deps, database }));
    const shops = await openShops();
    const places = [1, 2, 3, 4, 5, 6];
    const sales = [await sellBasket(shops[0], places, 100_000n), await sellBasket(shops[1], places, 100_000n)];
    await payOutAll(shops[0]);
    const recipients = await recipientsOf(shops[0]);
    const ends = await Promise.allSettled(
      Array.from({ length: 100 }, (_, place) => {
        const { shop, transaction } = sales[place % 2] as Sale;
        const amount = BigInt(3_000 + 7 * place);
        const shares = [{ recipientId: recipients[(place * 5) % recipients.length] ?? '', amount }];
        const input = { transactionId: transaction.id, idempotencyKey: randomUUID(), amount, shares };
        return createRefund(gateways[place % gateways.length] ?? world.refunds, actorOf(shop), input);
      }),
    );
    for (const database of databases) await database.close();
    const codes = new Set(ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : [])));
    expect([...codes]).toEqual(['BALANCE_TOO_LOW']);
    const lack = await lackOf(shops[0]);
    // The smallest that was refused did not fit any more.
    expect([lack > 96_000n, lack <= 100_000n]).toEqual([true, true]);
  });
});

type Draw = { readonly shop: number; readonly parts: readonly bigint[]; readonly rest: bigint };

/** Batches of refunds, by the place of the shop: what each of three recipients bears, and the shop. */
const batches = fc.array(
  fc.array(
    fc.record({
      shop: fc.nat({ max: 1 }),
      parts: fc.tuple(...[1, 2, 3].map(() => fc.oneof(fc.constant(0n), fc.bigInt(1n, 45_000n)))),
      rest: fc.oneof(fc.constant(0n), fc.bigInt(1n, 45_000n)),
    }),
    { minLength: 1, maxLength: 4 },
  ),
  { minLength: 1, maxLength: 6 },
);

describe('Whatever is refunded in whatever order', () => {
  it('shop and recipients lack more only within its overdraft, and what fits is ordered', { timeout: 120_000 }, () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.bigInt(0n, 40_000n), { minLength: 5, maxLength: 5 }),
        batches,
        async (kept, drawn) => {
          const shops = await openShops();
          const sales = [
            await sellBasket(shops[0], [1, 2, 3], 500_000n, 500_000n),
            await sellBasket(shops[1], [1, 2, 3], 500_000n, 500_000n),
          ] as const;
          const all = await balances(shops[0]);
          const shopIds = shops.map(({ id }) => id);
          for (const [place, { id, balance }] of all.entries()) {
            await payOut(world.database, { id, shopIds }, balance - (kept[place] ?? 0n));
          }
          const ids = await recipientsOf(shops[0]);
          let books = kept;
          for (const batch of drawn) {
            const wishes = batch.map((draw) => wishOf(sales[draw.shop] as Sale, draw, ids));
            const outcomes = await inTransaction(world.database, (tx) => decideRefunds(tx, world.clock, wishes));
            for (const [place, draw] of batch.entries()) {
              const next = taken(books, draw);
              const [before, after] = [lackedFrom(books, draw.shop), lackedFrom(next, draw.shop)];
              const fits = after <= before || after <= 100_000n;
              expect(inWord(outcomes[place] as Outcome<OrderedRefund>)).toBe(fits ? 'ordered' : 'BALANCE_TOO_LOW');
              if (fits) books = next;
            }
          }
          expect((await balances(shops[0])).map(({ balance }) => balance)).toEqual(books);
        },
      ),
      { ...runs(15), endOnFailure: true },
    ),
  );
});

function wishOf(sale: Sale, { parts, rest }: Draw, ids: readonly string[]): PreparedRefund {
  const shares = parts.flatMap((amount, place) => (amount > 0n ? [{ recipientId: ids[place] ?? '', amount }] : []));
  const amount = parts.reduce((sum, part) => sum + part, rest);
  // Who bears nothing cannot be asked for: a refund of nothing is one of one grosz of the shop's.
  return { ...wishFor(sale, amount || 1n), shares };
}

/** What two shops and three recipients have once one of the shops has refunded. */
function taken(books: readonly bigint[], { shop, parts, rest }: Draw): bigint[] {
  const own = parts.every((part) => part === 0n) && rest === 0n ? 1n : rest;
  return books.map((balance, place) => balance - (place === shop ? own : (parts[place - 2] ?? 0n)));
}

/** What recipients lack, and this one of the shops. */
function lackedFrom(books: readonly bigint[], shop: number): bigint {
  return books.reduce((sum, balance, place) => (balance < 0n && place !== 1 - shop ? sum - balance : sum), 0n);
}

describe('A shop that takes no payments', () => {
  const states = [
    ['is suspended', `update shop set status = 'SUSPENDED' where id = $1::uuid`],
    ['is closed', `update shop set status = 'CLOSED' where id = $1::uuid`],
    ['has a merchant whose contract has ended', `update merchant set status = 'TERMINATED' where id = $2`],
  ] as const;

  it.each(states)('because it %s has no overdraft, and refunds what balances cover', async (_, move) => {
    const [shop] = await openShops();
    const [sale, basket] = [await world.sell({ shop }), await sellBasket(shop, [1], 10_000n)];
    await payOut(world.database, shop, 9_000n);
    await payOut(world.database, { id: (await recipientsOf(shop))[0] ?? '', shopIds: [shop.id] }, 9_000n);
    // The state is that of the moment of the refund, and not what a process remembers of the shop.
    await world.database.pool.query(`with moved as (${move} returning 1) select $1::uuid, $2::text from moved`, [
      shop.id,
      shop.merchantId,
    ]);
    const end =
      'and a shop that takes no payments has no overdraft; refund what the balance covers, or pay the money back in another way.';
    const message = `The balance of 10.00 PLN does not cover this refund, ${end}`;
    const check = { transactionId: sale.transaction.id, amount: 1_001n };
    expect((await checkRefund(world.refunds, actorOf(shop), check)).refusal).toMatchObject({ ...tooLow, message });
    await expect(refundOf(sale, 1_001n)).rejects.toMatchObject({ ...tooLow, message });
    await refundOf(sale, 1_000n);
    await expect(refundOf(basket, 1_001n)).rejects.toMatchObject({
      ...tooLow,
      message: expect.stringContaining(`does not cover his part of this refund, ${end}`),
    });
    await refundOf(basket, 1_000n);
    expect(await lackOf(shop)).toBe(0n);
  });

  it('is none whose merchant has given notice: until the contract ends everything works', async () => {
    const [shop] = await openShops();
    const sale = await world.sell({ shop });
    await payOutAll(shop);
    await world.database.pool.query(`update merchant set status = 'NOTICE' where id = $1`, [shop.merchantId]);
    await refundOf(sale, 10_000n);
    expect(await lackOf(shop)).toBe(10_000n);
  });
});
