import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { AcquirerAnswer } from '../../src/acquirers/port.ts';
import { createPayment, startBlik, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { noBooks, readBooks, readLog, readTimers, readTypes } from './read-records.ts';
import { declined, openWorld, paid, startedPayment, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld();
});

afterEach(() => {
  world.acquirer.onStart(undefined);
  world.alarms.length = 0;
});

afterAll(() => world.close());

const oneSale = {
  postings: ['SALE ACQUIRER SHOP 10000 PLN'],
  captures: ['SETTLED 10000'],
  commissions: ['10000 15900 159'],
  balance: 10_000,
};

describe('Money that has arrived', () => {
  it('settles the attempt and its payment', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop, { amount: 10_000n });
    world.clock.pass({ ms: 1_000 });
    const applied = await tellAnswer(world.deps, transaction.id, paid(payment));
    const now = world.clock.now();
    expect(applied.changed).toBe(true);
    expect(applied.transaction).toMatchObject({
      status: 'SETTLED',
      settledAmount: 10_000n,
      settledAt: now,
      updatedAt: now,
      late: false,
      surplus: false,
    });
    expect(applied.payment).toMatchObject({ status: 'SETTLED', settledAt: now, updatedAt: now });
  });

  it('is told: the attempt first, then the payment', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    await tellAnswer(world.deps, transaction.id, paid(payment));
    const at = world.clock.now();
    expect((await readLog(world.database, shop.id)).slice(3)).toEqual([
      {
        number: 4,
        type: 'TRANSACTION_SETTLED',
        paymentId: payment.id,
        transactionId: transaction.id,
        at,
        data: { transaction: { status: 'SETTLED' }, payment: { status: 'SETTLED' } },
      },
      {
        number: 5,
        type: 'PAYMENT_SETTLED',
        paymentId: payment.id,
        transactionId: null,
        at,
        data: { payment: { status: 'SETTLED' } },
      },
    ]);
  });

  it('is booked: one capture, one posting from the acquirer to the shop, one commission, and the balance', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop, { amount: 10_000n });
    expect(await readBooks(world.database, shop.id)).toEqual(noBooks);
    await tellAnswer(world.deps, transaction.id, paid(payment));
    expect(await readBooks(world.database, shop.id)).toEqual(oneSale);
  });

  it('clears the timers of the attempt and of the payment', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop);
    await tellAnswer(world.deps, transaction.id, paid(payment));
    expect(await readTimers(world.database, transaction.id, payment.id)).toEqual([]);
  });
});

/** What was posted into suspense and out of it for an attempt. */
async function readHeld(transactionId: string): Promise<string[]> {
  const { rows } = await world.database.pool.query<{ line: string }>(
    `select p.kind || ' ' || f.kind || ' ' || t.kind || ' ' || p.amount as line from posting p
     join account f on f.id = p.from_id join account t on t.id = p.to_id where p.held_for_id = $1 order by p.id`,
    [transactionId],
  );
  return rows.map((row) => row.line);
}

describe('What is told twice', () => {
  it('is booked once, whether in one batch or in two', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop, { amount: 10_000n });
    const tell = (): Promise<{ changed: boolean }> => tellAnswer(world.deps, transaction.id, paid(payment));
    const together = await Promise.all([tell(), tell(), tell()]);
    const later = await tell();
    expect([...together, later].map((one) => one.changed)).toEqual([true, false, false, false]);
    expect(await readBooks(world.database, shop.id)).toEqual(oneSale);
    expect(await readTypes(world.database, shop.id, 3)).toEqual(['TRANSACTION_SETTLED', 'PAYMENT_SETTLED']);
    expect(world.alarms).toEqual([]);
  });

  it('is told once when it was no', async () => {
    const shop = await world.openShop();
    const { transaction } = await startedPayment(world, shop);
    await tellAnswer(world.deps, transaction.id, declined);
    expect(await tellAnswer(world.deps, transaction.id, declined)).toMatchObject({ changed: false });
    expect(await readTypes(world.database, shop.id, 3)).toEqual(['TRANSACTION_REJECTED', 'PAYMENT_NEW']);
  });
});

describe('Words that contradict each other', () => {
  it('in one batch: money wins over no, in either order', async () => {
    const shop = await world.openShop();
    const [one, other] = [await startedPayment(world, shop), await startedPayment(world, shop)];
    await Promise.all([
      tellAnswer(world.deps, one.transaction.id, declined),
      tellAnswer(world.deps, one.transaction.id, paid(one.payment)),
      tellAnswer(world.deps, other.transaction.id, paid(other.payment)),
      tellAnswer(world.deps, other.transaction.id, declined),
    ]);
    const log = await readLog(world.database, shop.id);
    const told = (id: string): string[] => log.filter((entry) => entry.paymentId === id).map((entry) => entry.type);
    expect(told(one.payment.id).slice(3)).toEqual([
      'TRANSACTION_REJECTED',
      'PAYMENT_NEW',
      'TRANSACTION_SETTLED',
      'PAYMENT_SETTLED',
    ]);
    expect(told(other.payment.id).slice(3)).toEqual(['TRANSACTION_SETTLED', 'PAYMENT_SETTLED']);
    expect(world.alarms).toEqual(['the acquirer rejected an attempt it had settled']);
  });

  it('about the amount: the money is held, the attempt waits, and people are called', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop, { amount: 10_000n });
    const less: AcquirerAnswer = { kind: 'settled', amount: 9_999n };
    const applied = await tellAnswer(world.deps, transaction.id, less);
    expect([applied.transaction.status, applied.payment.status]).toEqual(['UNKNOWN', 'PENDING']);
    expect(await readBooks(world.database, shop.id)).toEqual(noBooks);
    expect(world.alarms).toEqual(['the acquirer settled another amount than was asked']);
    expect(await readTypes(world.database, shop.id, 3)).toEqual(['TRANSACTION_UNKNOWN', 'TRANSACTION_HELD']);
    expect(await readHeld(transaction.id)).toEqual(['MONEY_HELD ACQUIRER SUSPENSE 9999']);
    await tellAnswer(world.deps, transaction.id, less);
    await tellAnswer(world.deps, transaction.id, paid(payment));
    expect(await readBooks(world.database, shop.id)).toEqual(oneSale);
    expect(await readHeld(transaction.id)).toEqual([
      'MONEY_HELD ACQUIRER SUSPENSE 9999',
      'HELD_RETURNED SUSPENSE ACQUIRER 9999',
    ]);
    expect(world.alarms).toHaveLength(1);
  });

  it('about the amount after it has settled: people are called, and nothing changes', async () => {
    const shop = await world.openShop();
    const { transaction, payment } = await startedPayment(world, shop, { amount: 10_000n });
    await tellAnswer(world.deps, transaction.id, paid(payment));
    const again = await tellAnswer(world.deps, transaction.id, { kind: 'settled', amount: 20_000n });
    expect(again).toMatchObject({ changed: false, transaction: { status: 'SETTLED', settledAmount: 10_000n } });
    expect(world.alarms).toEqual(['the acquirer settled another amount than it had told before']);
    expect(await readBooks(world.database, shop.id)).toEqual(oneSale);
  });
});

describe('A batch of words', () => {
  it('is applied shop by shop with dense numbers', async () => {
    const shops = await Promise.all([1, 2, 3].map(() => world.openShop()));
    const attempts = await Promise.all(shops.flatMap((shop) => [1, 2, 3].map(() => startedPayment(world, shop))));
    await Promise.all(attempts.map((one) => tellAnswer(world.deps, one.transaction.id, paid(one.payment))));
    for (const shop of shops) {
      const log = await readLog(world.database, shop.id);
      expect(log.map((entry) => entry.number)).toEqual(Array.from({ length: 15 }, (_, place) => place + 1));
      expect((await readBooks(world.database, shop.id)).balance).toBe(3 * 1_234);
    }
  });

  it('fails alone where it cannot be booked, and refuses alone what nobody knows', async () => {
    const [shop, bare] = [await world.openShop(), await world.openShop()];
    await world.database.pool.query(
      'delete from price_rate where plan_id in (select id from price_plan where shop_id = $1::uuid)',
      [bare.id],
    );
    await world.database.pool.query('delete from price_plan where shop_id = $1::uuid', [bare.id]);
    const [good, bad] = [await startedPayment(world, shop), await startedPayment(world, bare)];
    const results = await Promise.allSettled([
      tellAnswer(world.deps, bad.transaction.id, paid(bad.payment)),
      tellAnswer(world.deps, randomUUID(), declined),
      tellAnswer(world.deps, good.transaction.id, paid(good.payment)),
    ]);
    const words = results.map((one) =>
      one.status === 'fulfilled' ? one.value.transaction.status : one.reason.message,
    );
    expect(words).toEqual([`Shop ${bare.id} has no price plan.`, 'No transaction has this id.', 'SETTLED']);
    // What could not be booked has not happened: it can be told again.
    expect(await readTypes(world.database, bare.id, 3)).toEqual([]);
    expect((await readBooks(world.database, shop.id)).balance).toBe(1_234);
  });

  it('keeps the clocks of merchants apart', async () => {
    const shop = await world.openShop();
    await world.database.pool.query('update merchant set clock_offset_ms = 60000 where id = $1::text', [
      shop.merchantId,
    ]);
    const payment = await createPayment(world.deps, shop);
    const { transaction } = await startBlik(world.deps, shop, { paymentId: payment.id });
    const applied = await tellAnswer(world.deps, transaction.id, paid(payment));
    expect(applied.transaction.settledAt).toEqual(new Date(world.clock.now().getTime() + 60_000));
  });

  it('leaves every invariant as it was', async () => {
    expect(await brokenInvariants(world.database)).toEqual([]);
  });
});
