import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { MovementAnswer } from '../../src/acquirers/port.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { type AppliedRefundAnswer, applyRefundAnswers } from '../../src/refunds/apply-refund-answer.ts';
import { readLog, readTimers, readTypes } from '../payments/read-records.ts';
import { blikAcquirer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { openRefundWorld, type RefundWorld, readRefundBooks, refundNow, untouched } from './world.ts';

let world: RefundWorld;

beforeAll(async () => {
  world = await openRefundWorld();
});

afterEach(async () => {
  world.alarms.length = 0;
  expect(await brokenInvariants(world.database)).toEqual([]);
});

afterAll(() => world.close());

const refused: MovementAnswer = { kind: 'rejected', code: 'BLK-ERROR-210019' };
const settled: MovementAnswer = { kind: 'settled' };

const tell = (refundId: string, answer: MovementAnswer): Promise<AppliedRefundAnswer> =>
  world.refunds.answering.submit({ refundId, answer });

const settledPostings = ['REFUND_ORDERED SHOP REFUNDS 4000 PLN', 'REFUND_SETTLED REFUNDS ACQUIRER 4000 PLN'];
const refusedPostings = ['REFUND_ORDERED SHOP REFUNDS 4000 PLN', 'REFUND_REJECTED REFUNDS SHOP 4000 PLN'];

describe('A refund that reached the payer', () => {
  it('is settled: told, posted, its timer gone', async () => {
    const sale = await world.sell();
    const { refund } = await world.refund(sale, { amount: 4_000n });
    world.clock.pass({ ms: 1_000 });
    const now = world.clock.now();
    const applied = await tell(refund.id, settled);
    expect(applied).toEqual({
      refund: { ...refund, status: 'SETTLED', settledAt: now, updatedAt: now },
      changed: true,
    });
    expect(await refundNow(world.database, refund.id)).toEqual(applied.refund);
    expect((await readLog(world.database, sale.shop.id)).slice(6)).toEqual([
      {
        number: 7,
        type: 'REFUND_SETTLED',
        paymentId: sale.payment.id,
        transactionId: sale.transaction.id,
        at: now,
        data: { refund: { status: 'SETTLED' } },
      },
    ]);
    expect(await readRefundBooks(world.database, sale.transaction.id)).toEqual({
      postings: settledPostings,
      refunded: 4_000,
      paymentRefunded: 4_000,
      balance: 6_000,
    });
    expect(await readTimers(world.database, refund.id)).toEqual([]);
  });
});

describe('A refund that is refused days later', () => {
  it('gives back the balance and what was counted, and the whole amount can be refunded again', async () => {
    const sale = await world.sell();
    const { refund } = await world.refund(sale, { amount: 4_000n });
    await world.refund(sale, { amount: 6_000n });
    expect((await tell(refund.id, refused)).refund).toMatchObject({ status: 'REJECTED', settledAt: null });
    const books = await readRefundBooks(world.database, sale.transaction.id);
    expect(books).toMatchObject({ refunded: 6_000, paymentRefunded: 6_000, balance: 4_000 });
    await expect(world.refund(sale, { amount: 4_001n })).rejects.toMatchObject({ code: 'REFUND_EXCEEDS_AMOUNT' });
    await world.refund(sale, { amount: 4_000n });
  });
});

describe('What is told twice', () => {
  it.each([
    ['settled', settled, settledPostings, 'REFUND_SETTLED'],
    ['refused', refused, refusedPostings, 'REFUND_REJECTED'],
  ] as const)('is posted and told once: %s', async (_name, answer, postings, type) => {
    const sale = await world.sell();
    const { refund } = await world.refund(sale, { amount: 4_000n });
    const together = await Promise.all([tell(refund.id, answer), tell(refund.id, answer)]);
    const later = await tell(refund.id, answer);
    expect([...together, later].map(({ changed }) => changed)).toEqual([true, false, false]);
    expect((await readRefundBooks(world.database, sale.transaction.id)).postings).toEqual(postings);
    expect(await readTypes(world.database, sale.shop.id, 5)).toEqual(['REFUND_PENDING', type]);
    expect(world.alarms).toEqual([]);
  });
});

describe('A contradiction', () => {
  it.each([
    [
      'settled, then refused',
      [settled, refused],
      { postings: settledPostings, refunded: 4_000, paymentRefunded: 4_000, balance: 6_000 },
    ],
    ['refused, then settled', [refused, settled], { ...untouched, postings: refusedPostings }],
  ] as const)('changes nothing and calls people: %s', async (_name, [first, second], books) => {
    const sale = await world.sell();
    const { refund } = await world.refund(sale, { amount: 4_000n });
    const { refund: ended } = await tell(refund.id, first);
    expect(await tell(refund.id, second)).toEqual({ refund: ended, changed: false });
    expect(await readRefundBooks(world.database, sale.transaction.id)).toEqual(books);
    expect(await readTypes(world.database, sale.shop.id, 5)).toHaveLength(2);
    expect(world.alarms).toEqual(['the acquirer contradicts itself']);
  });

  it('in one batch: the first word counts', async () => {
    const sale = await world.sell();
    const { refund } = await world.refund(sale, { amount: 4_000n });
    const [first, second] = await Promise.all([tell(refund.id, refused), tell(refund.id, settled)]);
    expect([first?.changed, second?.changed]).toEqual([true, false]);
    expect((await refundNow(world.database, refund.id)).status).toBe('REJECTED');
    expect(world.alarms).toEqual(['the acquirer contradicts itself']);
  });
});

describe('A silence and a word in one batch', () => {
  it('are applied one after the other, each by its own event', async () => {
    const sale = await world.sell();
    const { refund } = await world.refund(sale, { amount: 4_000n });
    await Promise.all([tell(refund.id, { kind: 'silent' }), tell(refund.id, settled)]);
    expect(await readTypes(world.database, sale.shop.id, 5)).toEqual([
      'REFUND_PENDING',
      'REFUND_UNKNOWN',
      'REFUND_SETTLED',
    ]);
  });
});

describe('Words about one refund in one transaction', () => {
  it('are each judged by what the one before has made of it', async () => {
    const sale = await world.sell();
    const { refund } = await world.refund(sale, { amount: 4_000n });
    const words = [{ kind: 'silent' }, settled, settled, refused] as const;
    const outcomes = await inTransaction(world.database, (tx) =>
      applyRefundAnswers(
        tx,
        world.deps,
        words.map((answer) => ({ refundId: refund.id, answer })),
      ),
    );
    expect(
      outcomes.map((outcome) => 'value' in outcome && [outcome.value.changed, outcome.value.refund.status]),
    ).toEqual([
      [true, 'UNKNOWN'],
      [true, 'SETTLED'],
      [false, 'SETTLED'],
      [false, 'SETTLED'],
    ]);
    expect((await readRefundBooks(world.database, sale.transaction.id)).postings).toEqual(settledPostings);
    expect(world.alarms).toEqual(['the acquirer contradicts itself']);
  });
});

describe('A batch of words', () => {
  it('is applied shop by shop with dense numbers, and refuses alone what nobody knows', async () => {
    const sales = await Promise.all([1, 2, 3].map(() => world.sell()));
    const refunds = await Promise.all(
      sales.flatMap((sale) => [1n, 2n].map((amount) => world.refund(sale, { amount }))),
    );
    const lost = tell(randomUUID(), settled).catch((error: unknown) => error);
    const ends = await Promise.all(refunds.map(({ refund }, place) => tell(refund.id, place % 2 ? settled : refused)));
    expect(await lost).toMatchObject({ code: 'NOT_FOUND' });
    expect(ends.map(({ refund }) => refund.status)).toEqual(
      refunds.map((_, place) => (place % 2 ? 'SETTLED' : 'REJECTED')),
    );
    for (const sale of sales) {
      const log = await readLog(world.database, sale.shop.id);
      expect(log.map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
      expect((await readRefundBooks(world.database, sale.transaction.id)).balance).toBe(9_998);
    }
  });
});

describe('A word that an acquirer says on its own account', () => {
  it('is taken of its own refunds only', async () => {
    const { refund } = await world.refund(await world.sell(), { amount: 1n });
    const say = (acquirer: string): Promise<AppliedRefundAnswer> =>
      world.refunds.answering.submit({ refundId: refund.id, answer: settled, acquirer });
    await expect(say('other-acquirer')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    expect((await refundNow(world.database, refund.id)).status).toBe('PENDING');
    expect(await say(blikAcquirer)).toMatchObject({ changed: true });
  });
});

describe('The time of a word', () => {
  it('is that of its merchant', async () => {
    const sale = await world.sell();
    const { refund } = await world.refund(sale, { amount: 1n });
    const values = [sale.shop.merchantId];
    await world.database.pool.query('update merchant set clock_offset_ms = 60000 where id = $1::text', values);
    const { refund: ended } = await tell(refund.id, settled);
    expect(ended.settledAt).toEqual(new Date(world.clock.now().getTime() + 60_000));
  });
});
