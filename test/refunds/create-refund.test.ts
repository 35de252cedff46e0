import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createRefund } from '../../src/refunds/create-refund.ts';
import { readLog, readTimers, readTypes } from '../payments/read-records.ts';
import { declined } from '../payments/world.ts';
import { actorOf, createPayment, payOut, startBlik, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { decide, openRefundWorld, type RefundWorld, readRefundBooks, refundNow, untouched } from './world.ts';

let world: RefundWorld;

beforeAll(async () => {
  world = await openRefundWorld();
});

afterEach(async () => {
  world.acquirer.onMove(undefined);
  world.acquirer.moved.length = 0;
  expect(await brokenInvariants(world.database)).toEqual([]);
});

afterAll(() => world.close());

const ordered = (amount: number): string => `REFUND_ORDERED SHOP REFUNDS ${amount} PLN`;

describe('A refund', () => {
  it('of the whole amount leaves nothing, on the transaction, its payment and the balance', async () => {
    const sale = await world.sell();
    const { refund, replayed } = await world.refund(sale, { amount: 10_000n, reason: 'zwrot butów' });
    expect(replayed).toBe(false);
    expect(refund).toMatchObject({
      shopId: sale.shop.id,
      transactionId: sale.transaction.id,
      status: 'PENDING',
      amount: 10_000n,
      currency: 'PLN',
      note: 'zwrot butów',
      acquirerCode: null,
      settledAt: null,
      createdAt: world.clock.now(),
    });
    expect(await refundNow(world.database, refund.id)).toEqual(refund);
    expect(await readRefundBooks(world.database, sale.transaction.id)).toEqual({
      postings: [ordered(10_000)],
      refunded: 10_000,
      paymentRefunded: 10_000,
      balance: 0,
    });
  });

  it('is sent to the acquirer under its own id, with what the shop noted', async () => {
    const sale = await world.sell();
    const { refund } = await world.refund(sale, { amount: 2_500n, reason: 'za duże' });
    const bare = await world.refund(sale, { amount: 1n });
    const order = {
      kind: 'refund',
      reference: refund.id,
      transaction: sale.transaction.id,
      amount: 2_500n,
      currency: 'PLN',
      settled: 10_000n,
      note: 'za duże',
      merchantId: sale.shop.merchantId,
      clockOffsetMs: 0,
      sandboxDelayMs: 0,
    };
    expect(world.acquirer.moved).toEqual([order, { ...order, reference: bare.refund.id, amount: 1n, note: '' }]);
  });

  it('is told in the log with the payment and the transaction, and watched by a timer', async () => {
    const sale = await world.sell();
    const { refund } = await world.refund(sale, { amount: 1n });
    const { rows } = await world.database.pool.query(
      `select number::int, type::text, payment_id, transaction_id, data from event where refund_id = $1`,
      [refund.id],
    );
    expect(rows).toEqual([
      {
        number: 6,
        type: 'REFUND_PENDING',
        payment_id: sale.payment.id,
        transaction_id: sale.transaction.id,
        data: { refund: { status: 'PENDING' } },
      },
    ]);
    const dueAt = new Date(world.clock.now().getTime() + 15_000);
    expect(await readTimers(world.database, refund.id)).toEqual([`ask-refund 0 ${dueAt.toISOString()}`]);
  });

  it('may be partial, and there may be several, down to the exact remainder and not one unit more', async () => {
    const sale = await world.sell();
    await world.refund(sale, { amount: 3_333n });
    await world.refund(sale, { amount: 3_333n });
    await expect(world.refund(sale, { amount: 3_335n })).rejects.toMatchObject({
      code: 'REFUND_EXCEEDS_AMOUNT',
      message: expect.stringContaining('3334'),
    });
    await world.refund(sale, { amount: 3_334n });
    await expect(world.refund(sale, { amount: 1n })).rejects.toMatchObject({ code: 'REFUND_EXCEEDS_AMOUNT' });
    expect(await readRefundBooks(world.database, sale.transaction.id)).toEqual({
      postings: [ordered(3_333), ordered(3_333), ordered(3_334)],
      refunded: 10_000,
      paymentRefunded: 10_000,
      balance: 0,
    });
    expect(world.acquirer.moved).toHaveLength(3);
  });

  it('settles at once when the acquirer says so at once', async () => {
    const sale = await world.sell();
    world.acquirer.onMove({ kind: 'settled' });
    const { refund } = await world.refund(sale, { amount: 4_000n });
    expect(refund).toMatchObject({ status: 'SETTLED', settledAt: world.clock.now() });
    expect(await readRefundBooks(world.database, sale.transaction.id)).toEqual({
      postings: [ordered(4_000), 'REFUND_SETTLED REFUNDS ACQUIRER 4000 PLN'],
      refunded: 4_000,
      paymentRefunded: 4_000,
      balance: 6_000,
    });
    expect(await readTypes(world.database, sale.shop.id, 5)).toEqual(['REFUND_PENDING', 'REFUND_SETTLED']);
    expect(await readTimers(world.database, refund.id)).toEqual([]);
  });

  it('that the acquirer refuses is an answer, and the shop has its money again', async () => {
    const sale = await world.sell();
    world.acquirer.onMove({ kind: 'rejected', code: 'BLK-ERROR-210020' });
    const { refund } = await world.refund(sale, { amount: 4_000n });
    expect(refund).toMatchObject({ status: 'REJECTED', acquirerCode: 'BLK-ERROR-210020', settledAt: null });
    expect(await readRefundBooks(world.database, sale.transaction.id)).toEqual({
      ...untouched,
      postings: [ordered(4_000), 'REFUND_REJECTED REFUNDS SHOP 4000 PLN'],
    });
    expect((await readLog(world.database, sale.shop.id)).slice(5).map(({ type, data }) => [type, data])).toEqual([
      ['REFUND_PENDING', { refund: { status: 'PENDING' } }],
      ['REFUND_REJECTED', { refund: { status: 'REJECTED', code: 'BLK-ERROR-210020' } }],
    ]);
    expect(await readTimers(world.database, refund.id)).toEqual([]);
    world.acquirer.onMove(undefined);
    expect((await world.refund(sale, { amount: 10_000n })).refund.status).toBe('PENDING');
  });

  it('that gets no answer is unknown: the money stays away from the balance', async () => {
    const sale = await world.sell();
    world.acquirer.onMove(new Error('time-out'));
    const { refund } = await world.refund(sale, { amount: 4_000n });
    expect(refund.status).toBe('UNKNOWN');
    const books = await readRefundBooks(world.database, sale.transaction.id);
    expect(books).toMatchObject({ postings: [ordered(4_000)], refunded: 4_000, balance: 6_000 });
    expect(await readTypes(world.database, sale.shop.id, 5)).toEqual(['REFUND_PENDING', 'REFUND_UNKNOWN']);
    expect(await readTimers(world.database, refund.id)).toHaveLength(1);
  });

  it('of money that came twice does not count on the payment', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop, { amount: 10_000n });
    const first = await startBlik(world.deps, shop, { paymentId: payment.id });
    await tellAnswer(world.deps, first.transaction.id, declined);
    const second = await startBlik(world.deps, shop, { paymentId: payment.id });
    await tellAnswer(world.deps, second.transaction.id, { kind: 'settled', amount: 10_000n });
    const surplus = await tellAnswer(world.deps, first.transaction.id, { kind: 'settled', amount: 10_000n });
    expect(surplus.transaction.surplus).toBe(true);
    await world.refund({ shop, ...surplus }, { amount: 10_000n });
    expect(await readRefundBooks(world.database, surplus.transaction.id)).toMatchObject({
      refunded: 10_000,
      paymentRefunded: 0,
      balance: 10_000,
    });
    await world.refund({ shop, ...second }, { amount: 10_000n });
    expect(await readRefundBooks(world.database, second.transaction.id)).toMatchObject({
      refunded: 10_000,
      paymentRefunded: 10_000,
      balance: 0,
    });
    world.alarms.length = 0;
  });
});

describe('The key of a refund', () => {
  it('makes equal amounts two refunds when it differs', async () => {
    const sale = await world.sell();
    const [one, other] = [await world.refund(sale, { amount: 100n }), await world.refund(sale, { amount: 100n })];
    expect(one.refund.id).not.toBe(other.refund.id);
    expect(await readRefundBooks(world.database, sale.transaction.id)).toMatchObject({ refunded: 200, balance: 9_800 });
    expect(world.acquirer.moved).toHaveLength(2);
  });

  it('gives the refund in its present state when it comes again, and nothing is ordered or sent', async () => {
    const sale = await world.sell();
    const input = { amount: 10_000n, idempotencyKey: 'zwrot 1', reason: 'raz' };
    const { refund } = await world.refund(sale, input);
    const again = await world.refund(sale, input);
    expect(again).toMatchObject({ refund: { id: refund.id, status: 'PENDING' }, replayed: true });
    await world.refunds.answering.submit({ refundId: refund.id, answer: { kind: 'settled' } });
    const later = await world.refund(sale, input);
    expect(later).toMatchObject({ refund: { id: refund.id, status: 'SETTLED' }, replayed: true });
    expect(world.acquirer.moved).toHaveLength(1);
    expect(await readRefundBooks(world.database, sale.transaction.id)).toMatchObject({ refunded: 10_000, balance: 0 });
  });

  it('orders once though it comes many times at once', async () => {
    const sale = await world.sell();
    const input = { amount: 1_000n, idempotencyKey: 'razem' };
    const all = await Promise.all(Array.from({ length: 10 }, () => world.refund(sale, input)));
    expect(new Set(all.map(({ refund }) => refund.id)).size).toBe(1);
    expect(all.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(world.acquirer.moved).toHaveLength(1);
  });

  it('is refused with another amount, another reason or another transaction', async () => {
    const sale = await world.sell();
    const other = await world.sell({ shop: sale.shop });
    const input = { amount: 100n, idempotencyKey: 'ten sam', reason: 'raz' };
    await world.refund(sale, input);
    const reused = { code: 'IDEMPOTENCY_KEY_REUSED' };
    await expect(world.refund(sale, { ...input, amount: 101n })).rejects.toMatchObject(reused);
    await expect(world.refund(sale, { ...input, reason: 'dwa' })).rejects.toMatchObject(reused);
    await expect(world.refund(other, input)).rejects.toMatchObject(reused);
    expect(world.acquirer.moved).toHaveLength(1);
  });

  it('is not consumed by a refusal', async () => {
    const sale = await world.sell();
    const key = { idempotencyKey: 'jeszcze raz' };
    await expect(world.refund(sale, { ...key, amount: 10_001n })).rejects.toMatchObject({
      code: 'REFUND_EXCEEDS_AMOUNT',
    });
    expect(await world.refund(sale, { ...key, amount: 10_000n })).toMatchObject({ replayed: false });
  });

  it('is another one in another shop', async () => {
    const [one, other] = [await world.sell(), await world.sell()];
    const input = { amount: 100n, idempotencyKey: 'wspólny' };
    expect(await world.refund(one, input)).toMatchObject({ replayed: false });
    expect(await world.refund(other, input)).toMatchObject({ replayed: false });
  });
});

describe('The balance of a shop', () => {
  it('and its overdraft of 1,000.00 must cover a refund, to the last unit', async () => {
    const sale = await world.sell({ amount: 300_000n });
    await payOut(world.database, sale.shop, 250_000n);
    const low = { code: 'BALANCE_TOO_LOW', field: ['amount'], message: expect.stringContaining('500.00 PLN') };
    await expect(world.refund(sale, { amount: 150_001n })).rejects.toMatchObject(low);
    await world.refund(sale, { amount: 150_000n });
    expect((await readRefundBooks(world.database, sale.transaction.id)).balance).toBe(-100_000);
    await expect(world.refund(sale, { amount: 1n })).rejects.toMatchObject({ code: 'BALANCE_TOO_LOW' });
  });

  it('covers refunds again when a sale settles or a refund is refused', async () => {
    const sale = await world.sell({ amount: 200_000n });
    await payOut(world.database, sale.shop, 200_000n);
    const { refund } = await world.refund(sale, { amount: 100_000n });
    await expect(world.refund(sale, { amount: 1n })).rejects.toMatchObject({ code: 'BALANCE_TOO_LOW' });
    await world.sell({ shop: sale.shop, amount: 5n });
    await world.refund(sale, { amount: 5n });
    await expect(world.refund(sale, { amount: 1n })).rejects.toMatchObject({ code: 'BALANCE_TOO_LOW' });
    await world.refunds.answering.submit({ refundId: refund.id, answer: { kind: 'rejected', code: 'x' } });
    await world.refund(sale, { amount: 99_995n });
    expect((await readRefundBooks(world.database, sale.transaction.id)).balance).toBe(-99_995);
  });

  it('is one for all refunds of a batch', async () => {
    const sale = await world.sell({ amount: 300_000n });
    await payOut(world.database, sale.shop, 300_000n);
    const ends = await Promise.allSettled([60_000n, 60_000n, 40_000n].map((amount) => decide(world, sale, amount)));
    expect(ends.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect((await readRefundBooks(world.database, sale.transaction.id)).balance).toBe(-100_000);
  });

  it('may go as far below zero as the plan in force allows', async () => {
    const sale = await world.sell();
    await payOut(world.database, sale.shop, 10_000n);
    await world.database.pool.query('update price_plan set overdraft = 0 where shop_id = $1::uuid', [sale.shop.id]);
    await expect(world.refund(sale, { amount: 1n })).rejects.toMatchObject({ code: 'BALANCE_TOO_LOW' });
  });
});

describe('A refund is refused', () => {
  it('before its transaction has settled, and of one that was declined', async () => {
    const shop = await world.openShop();
    const payment = await createPayment(world.deps, shop, { amount: 10_000n });
    const { transaction } = await startBlik(world.deps, shop, { paymentId: payment.id });
    const sale = { shop, payment, transaction };
    const unsettled = { code: 'TRANSACTION_NOT_SETTLED', field: ['transactionId'] };
    await expect(world.refund(sale, { amount: 1n })).rejects.toMatchObject(unsettled);
    await tellAnswer(world.deps, transaction.id, declined);
    await expect(world.refund(sale, { amount: 1n })).rejects.toMatchObject(unsettled);
    expect(world.acquirer.moved).toEqual([]);
  });

  it.each([0n, -1n])('for the amount %s', async (amount) => {
    const sale = await world.sell();
    await expect(world.refund(sale, { amount })).rejects.toMatchObject({ code: 'INVALID_INPUT', field: ['amount'] });
  });

  it('for an amount beyond every range', async () => {
    const sale = await world.sell();
    await expect(world.refund(sale, { amount: 10n ** 30n })).rejects.toMatchObject({ code: 'REFUND_EXCEEDS_AMOUNT' });
  });

  it('with a reason that is empty, too long, broken or holds a card number, or an empty key', async () => {
    const sale = await world.sell();
    for (const reason of ['', 'x'.repeat(256), 'a\nb', '\ud800', 'to 4111 1111 1111 1111']) {
      await expect(world.refund(sale, { reason })).rejects.toMatchObject({ code: 'INVALID_INPUT', field: ['reason'] });
    }
    await expect(world.refund(sale, { idempotencyKey: '' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect((await world.refund(sale, { reason: 'ż'.repeat(255) })).refund.note).toHaveLength(255);
  });

  it('to whoever does not own the transaction, or may not refund', async () => {
    const sale = await world.sell();
    const stranger = await world.openShop();
    const input = { transactionId: sale.transaction.id, idempotencyKey: randomUUID(), amount: 1n };
    const notFound = { code: 'NOT_FOUND' };
    await expect(createRefund(world.refunds, actorOf(stranger), input)).rejects.toMatchObject(notFound);
    const boundElsewhere = actorOf(sale.shop, { shopId: stranger.id });
    await expect(createRefund(world.refunds, boundElsewhere, input)).rejects.toMatchObject(notFound);
    const reader = actorOf(sale.shop, { scopes: ['payments:read', 'payments:write'] });
    await expect(createRefund(world.refunds, reader, input)).rejects.toMatchObject({ code: 'FORBIDDEN' });
    for (const transactionId of [randomUUID(), 'ORDER-1', '']) {
      const lost = createRefund(world.refunds, actorOf(sale.shop), { ...input, transactionId });
      await expect(lost).rejects.toMatchObject(notFound);
    }
    expect(await readRefundBooks(world.database, sale.transaction.id)).toEqual(untouched);
  });

  it('once its time is over, which a merchant’s clock alone decides', async () => {
    const [sale, other] = [await world.sell(), await world.sell()];
    const year = 365 * 24 * 3_600_000;
    const move = async (ms: number): Promise<void> => {
      const values = [sale.shop.merchantId, ms];
      await world.database.pool.query('update merchant set clock_offset_ms = $2 where id = $1', values);
      world.refunds.shops.forget(sale.shop.id);
    };
    await move(year - 1);
    expect((await world.refund(sale, { amount: 1n })).refund.status).toBe('PENDING');
    await move(year);
    const closed = { code: 'REFUND_WINDOW_CLOSED', field: ['transactionId'] };
    await expect(world.refund(sale, { amount: 1n })).rejects.toMatchObject(closed);
    expect((await world.refund(other, { amount: 1n })).refund.status).toBe('PENDING');
  });
});
