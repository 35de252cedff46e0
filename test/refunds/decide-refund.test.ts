import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Outcome } from '../../src/kernel/batch.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { applyRefundAnswers } from '../../src/refunds/apply-refund-answer.ts';
import { decideRefunds, type OrderedRefund, type PreparedRefund } from '../../src/refunds/decide-refund.ts';
import { readTypes } from '../payments/read-records.ts';
import { payOut } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { openRefundWorld, type RefundWorld, readRefundBooks, type Sale } from './world.ts';

let world: RefundWorld;

beforeAll(async () => {
  world = await openRefundWorld();
});

afterEach(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
});

afterAll(() => world.close());

function wishFor({ shop, transaction }: Sale, amount: bigint, idempotencyKey: string = randomUUID()): PreparedRefund {
  const inputHash = Buffer.alloc(32, String(amount));
  return { shop, transactionId: transaction.id, idempotencyKey, inputHash, amount, shares: undefined, note: null };
}

/** Decides in one transaction, without the lane that would try the halves of a batch that failed. */
function decideTogether(wishes: readonly PreparedRefund[]): Promise<readonly Outcome<OrderedRefund>[]> {
  return inTransaction(world.database, (tx) => decideRefunds(tx, world.clock, wishes));
}

/** An outcome in a word: what was ordered, replayed or refused. */
function inWord(outcome: Outcome<OrderedRefund>): string {
  if ('refusal' in outcome) return outcome.refusal.code;
  return outcome.value.replayed ? 'replayed' : `ordered ${outcome.value.refund.amount}`;
}

describe('Refunds that are decided in one transaction', () => {
  it('each see what those before have left of the transaction', async () => {
    const sale = await world.sell();
    const outcomes = await decideTogether([6_000n, 4_001n, 4_000n, 1n].map((amount) => wishFor(sale, amount)));
    expect(outcomes.map(inWord)).toEqual([
      'ordered 6000',
      'REFUND_EXCEEDS_AMOUNT',
      'ordered 4000',
      'REFUND_EXCEEDS_AMOUNT',
    ]);
    expect(await readRefundBooks(world.database, sale.transaction.id)).toMatchObject({ refunded: 10_000, balance: 0 });
    expect(await readTypes(world.database, sale.shop.id, 5)).toEqual(['REFUND_PENDING', 'REFUND_PENDING']);
  });

  it('each see what those before have left of the balance, also of other transactions', async () => {
    const one = await world.sell({ amount: 80_000n });
    const other = await world.sell({ shop: one.shop, amount: 80_000n });
    await payOut(world.database, one.shop, 160_000n);
    const outcomes = await decideTogether([wishFor(one, 70_000n), wishFor(other, 30_001n), wishFor(other, 30_000n)]);
    expect(outcomes.map(inWord)).toEqual(['ordered 70000', 'BALANCE_TOO_LOW', 'ordered 30000']);
  });

  it('each see the keys of those before', async () => {
    const sale = await world.sell();
    const outcomes = await decideTogether([
      wishFor(sale, 100n, 'ten sam'),
      wishFor(sale, 100n, 'ten sam'),
      wishFor(sale, 200n, 'ten sam'),
      wishFor(sale, 100n, 'inny'),
    ]);
    expect(outcomes.map(inWord)).toEqual(['ordered 100', 'replayed', 'IDEMPOTENCY_KEY_REUSED', 'ordered 100']);
    expect((await readRefundBooks(world.database, sale.transaction.id)).refunded).toBe(200);
  });

  it('are those of several shops, each by its own books', async () => {
    const [one, other] = [await world.sell(), await world.sell()];
    const foreign = { ...wishFor(one, 1n), shop: other.shop };
    const wishes = [wishFor(one, 10_000n), foreign, wishFor(other, 10_000n), wishFor(one, 1n)];
    expect((await decideTogether(wishes)).map(inWord)).toEqual([
      'ordered 10000',
      'NOT_FOUND',
      'ordered 10000',
      'REFUND_EXCEEDS_AMOUNT',
    ]);
  });
});

describe('Words that are applied in one transaction', () => {
  it('each see what those before have made of the refund', async () => {
    const sale = await world.sell();
    const { refund } = await world.refund(sale, { amount: 4_000n });
    const say = (kind: 'silent' | 'settled') => ({ refundId: refund.id, answer: { kind } });
    const words = [say('silent'), say('silent'), say('settled'), say('settled')];
    const applied = await inTransaction(world.database, (tx) => applyRefundAnswers(tx, world.deps, words));
    const ends = applied.map((outcome) => 'value' in outcome && [outcome.value.refund.status, outcome.value.changed]);
    expect(ends).toEqual([
      ['UNKNOWN', true],
      ['UNKNOWN', false],
      ['SETTLED', true],
      ['SETTLED', false],
    ]);
  });
});
