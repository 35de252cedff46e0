import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { askRefund } from '../../src/refunds/ask-refund.ts';
import { readTimers, readTypes } from '../payments/read-records.ts';
import { brokenInvariants } from '../support/invariants.ts';
import {
  decide,
  endOpenRefunds,
  openRefundWorld,
  type RefundWorld,
  readRefundBooks,
  refundNow,
  type Sale,
  untouched,
} from './world.ts';

let world: RefundWorld;

beforeAll(async () => {
  world = await openRefundWorld();
});

afterEach(async () => {
  world.acquirer.onMove(undefined);
  world.acquirer.onAskMovement({ kind: 'unheard' });
  world.acquirer.moved.length = 0;
  world.acquirer.askedMovements.length = 0;
  expect(await brokenInvariants(world.database)).toEqual([]);
  await endOpenRefunds(world);
});

afterAll(() => world.close());

const seconds = (count: number): { ms: number } => ({ ms: count * 1000 });

/** Leaves a refund as a process does that dies between its decision and its call. */
async function decideOnly(sale: Sale, amount: bigint): Promise<string> {
  const { refund } = await decide(world, sale, amount);
  return refund.id;
}

describe('A refund without an answer', () => {
  it.each([
    [{ kind: 'settled' }, 'SETTLED', 6_000],
    [{ kind: 'rejected', code: 'BLK-ERROR-210019' }, 'REJECTED', 10_000],
  ] as const)('is settled or refused by what the acquirer says when asked: %o', async (answer, status, balance) => {
    const sale = await world.sell();
    world.acquirer.onMove(new Error('time-out'));
    const { refund } = await world.refund(sale, { amount: 4_000n });
    expect(refund.status).toBe('UNKNOWN');
    world.acquirer.onAskMovement(answer);
    expect(await world.letPass({ ms: 14_999 })).toEqual([]);
    expect(await world.letPass({ ms: 1 })).toEqual(['ask-refund']);
    expect((await refundNow(world.database, refund.id)).status).toBe(status);
    expect(await readTypes(world.database, sale.shop.id, 5)).toEqual([
      'REFUND_PENDING',
      'REFUND_UNKNOWN',
      `REFUND_${status}`,
    ]);
    expect((await readRefundBooks(world.database, sale.transaction.id)).balance).toBe(balance);
    expect(await readTimers(world.database, refund.id)).toEqual([]);
    expect(world.acquirer.moved).toHaveLength(1);
  });

  it('is asked about after growing intervals for as long as it has none', async () => {
    const { refund } = await world.refund(await world.sell(), { amount: 1n });
    world.acquirer.onAskMovement({ kind: 'pending' });
    const waits: number[] = [];
    for (let round = 0; round < 9; round += 1) {
      const [, number, dueAt] = ((await readTimers(world.database, refund.id))[0] ?? '').split(' ');
      expect(number).toBe(String(round));
      const ms = new Date(dueAt ?? '').getTime() - world.clock.now().getTime();
      waits.push(ms / 1000);
      expect(await world.letPass({ ms: ms - 1 })).toEqual([]);
      expect(await world.letPass({ ms: 1 })).toEqual(['ask-refund']);
    }
    expect(waits).toEqual([15, 15, 30, 60, 120, 300, 3_600, 21_600, 21_600]);
    expect(world.acquirer.askedMovements).toEqual(waits.map(() => refund.id));
    expect(world.acquirer.moved).toHaveLength(1);
    expect((await refundNow(world.database, refund.id)).status).toBe('PENDING');
  });

  it('becomes unknown by silence, once, and is asked about again', async () => {
    const sale = await world.sell();
    const { refund } = await world.refund(sale, { amount: 1n });
    world.acquirer.onAskMovement(new Error('time-out'));
    await world.letPass(seconds(15));
    await world.letPass(seconds(15));
    expect(await readTypes(world.database, sale.shop.id, 5)).toEqual(['REFUND_PENDING', 'REFUND_UNKNOWN']);
    expect(await readTimers(world.database, refund.id)).toEqual([expect.stringContaining('ask-refund 2')]);
  });
});

describe('A refund that never reached the acquirer', () => {
  it('is sent when it is asked about, once, under its own id', async () => {
    const sale = await world.sell();
    const id = await decideOnly(sale, 4_000n);
    expect(world.acquirer.moved).toEqual([]);
    expect((await readRefundBooks(world.database, sale.transaction.id)).balance).toBe(6_000);
    expect(await world.letPass(seconds(15))).toEqual(['ask-refund']);
    expect(world.acquirer.moved).toEqual([
      expect.objectContaining({
        reference: id,
        transaction: sale.transaction.id,
        amount: 4_000n,
        note: 'sama decyzja',
      }),
    ]);
    world.acquirer.onAskMovement({ kind: 'settled' });
    expect(await world.letPass(seconds(15))).toEqual(['ask-refund']);
    expect((await refundNow(world.database, id)).status).toBe('SETTLED');
    expect(world.acquirer.moved).toHaveLength(1);
  });

  it('gives the shop its money back when it is refused then', async () => {
    const sale = await world.sell();
    const id = await decideOnly(sale, 4_000n);
    world.acquirer.onMove({ kind: 'rejected', code: 'BLK-ERROR-210020' });
    await world.letPass(seconds(15));
    expect(await refundNow(world.database, id)).toMatchObject({ status: 'REJECTED', acquirerCode: 'BLK-ERROR-210020' });
    expect(await readRefundBooks(world.database, sale.transaction.id)).toEqual({
      ...untouched,
      postings: ['REFUND_ORDERED SHOP REFUNDS 4000 PLN', 'REFUND_REJECTED REFUNDS SHOP 4000 PLN'],
    });
  });

  it('is sent again when that call had no answer either', async () => {
    const id = await decideOnly(await world.sell(), 4_000n);
    world.acquirer.onMove(new Error('connection refused'));
    await world.letPass(seconds(15));
    expect((await refundNow(world.database, id)).status).toBe('UNKNOWN');
    world.acquirer.onMove({ kind: 'settled' });
    await world.letPass(seconds(15));
    expect((await refundNow(world.database, id)).status).toBe('SETTLED');
    expect(world.acquirer.moved.map(({ reference }) => reference)).toEqual([id, id]);
  });
});

describe('A refund that is over', () => {
  it('is not asked about again, though the job was begun', async () => {
    const { refund } = await world.refund(await world.sell(), { amount: 1n });
    await world.refunds.answering.submit({ refundId: refund.id, answer: { kind: 'settled' } });
    await askRefund(world.refunds, refund.id, 0);
    await askRefund(world.refunds, randomUUID(), 0);
    expect(world.acquirer.askedMovements).toEqual([]);
  });

  it('sets no timer when its end was told just while it was asked about', async () => {
    const { refund } = await world.refund(await world.sell(), { amount: 1n });
    world.acquirer.onAskMovement({ kind: 'pending' });
    const { answering } = world.refunds;
    const meanwhile: typeof answering = {
      ...answering,
      submit: async (word) => {
        const applied = await answering.submit(word);
        await answering.submit({ refundId: refund.id, answer: { kind: 'settled' } });
        return applied;
      },
    };
    await askRefund({ ...world.refunds, answering: meanwhile }, refund.id, 0);
    expect(await readTimers(world.database, refund.id)).toEqual([]);
  });
});
