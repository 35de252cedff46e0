import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { applyVoidAnswer } from '../../src/payments/apply-void-answer.ts';
import { applyMovementAnswer } from '../../src/payments/ask-movement.ts';
import { createSale, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { authorize, capture, transactionNow, voidAll } from './authorized.ts';
import { readBooks, readTypes } from './read-records.ts';
import { openWorld, paid, paymentNow, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['blik', 'ecom3ds']);
});

afterEach(() => {
  world.acquirer.onMove(undefined);
  world.acquirer.onAskMovement({ kind: 'unheard' });
  world.acquirer.onAsk({ kind: 'unheard' });
  world.alarms.length = 0;
});

afterAll(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
  await world.close();
});

const settled = { kind: 'settled' } as const;
const refused = { kind: 'rejected', code: 'CODE_57' } as const;
const week = 7 * 24 * 3_600_000;

describe('A void', () => {
  it('releases all, and cancels the transaction and its payment', async () => {
    world.acquirer.onMove(settled);
    const held = await authorize(world);
    const done = await voidAll(world, held);
    expect(done).toMatchObject({
      row: { status: 'SETTLED', amount: 10_000n },
      transaction: { status: 'CANCELLED', reason: 'VOIDED' },
    });
    expect(await paymentNow(world.database, held.payment.id)).toMatchObject({ status: 'CANCELLED', settledAt: null });
    expect((await readBooks(world.database, held.shop.id)).postings).toEqual([]);
    expect(await readTypes(world.database, held.shop.id, 5)).toEqual([
      ...['VOID_PENDING', 'VOID_SETTLED'],
      ...['TRANSACTION_CANCELLED', 'PAYMENT_CANCELLED'],
    ]);
  });

  it('of what is left after captures settles the transaction with what they took, commission included', async () => {
    world.acquirer.onMove(settled);
    const held = await authorize(world);
    await capture(world, held, { amount: 2_500n });
    const done = await voidAll(world, held);
    expect(done).toMatchObject({ row: { amount: 7_500n }, transaction: { status: 'SETTLED', settledAmount: 2_500n } });
    expect(await paymentNow(world.database, held.payment.id)).toMatchObject({ status: 'SETTLED' });
    expect(await readBooks(world.database, held.shop.id)).toMatchObject({
      balance: 2_500,
      commissions: ['2500 14000 35'],
    });
  });

  it('that the acquirer refuses leaves the authorisation standing', async () => {
    world.acquirer.onMove(refused);
    const held = await authorize(world);
    expect(await voidAll(world, held)).toMatchObject({
      row: { status: 'REJECTED', acquirerCode: 'CODE_57' },
      transaction: { status: 'AUTHORIZED' },
    });
    world.acquirer.onMove(settled);
    expect((await capture(world, held)).transaction.status).toBe('SETTLED');
  });

  it('is made once for one key', async () => {
    const held = await authorize(world);
    const first = await voidAll(world, held, 'void-1');
    expect(await voidAll(world, held, 'void-1')).toMatchObject({ replayed: true, row: { id: first.row.id } });
    const other = await authorize(world, { shop: held.shop });
    await expect(voidAll(world, other, 'void-1')).rejects.toMatchObject({ code: 'IDEMPOTENCY_KEY_REUSED' });
  });

  it('without an answer is UNKNOWN while the transaction stays authorised, and ends when the acquirer is asked', async () => {
    world.acquirer.onMove(new Error('no answer in time'));
    const held = await authorize(world);
    expect(await voidAll(world, held)).toMatchObject({
      row: { status: 'UNKNOWN' },
      transaction: { status: 'AUTHORIZED' },
    });
    await expect(voidAll(world, held)).rejects.toThrow('being released already');
    world.acquirer.onAskMovement(settled);
    expect(await world.letPass({ ms: 15_000 })).toContain('ask-void');
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'CANCELLED' });
  });

  it('raises an alarm when the acquirer contradicts itself, and nothing changes', async () => {
    world.acquirer.onMove(settled);
    const held = await authorize(world);
    const { row } = await voidAll(world, held);
    await inTransaction(world.database, (tx) => applyVoidAnswer(tx, world.deps, { id: row.id, answer: refused }));
    expect(world.alarms).toEqual(['the acquirer contradicts itself']);
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'CANCELLED' });
  });
});

describe('Money that the acquirer both takes and releases', () => {
  const tellVoid = (id: string) => applyMovementAnswer(world.deps, 'void', { id, answer: settled });

  it('counts as taken, with an alarm, when it was taken while the void was under way', async () => {
    const held = await authorize(world);
    const { row } = await voidAll(world, held);
    await tellAnswer(world.deps, held.transaction.id, paid(held.payment));
    expect(world.alarms).toEqual([]);
    await tellVoid(row.id);
    await tellVoid(row.id);
    expect(world.alarms).toEqual(['the acquirer released an attempt that it had settled']);
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({
      status: 'SETTLED',
      settledAmount: 10_000n,
    });
    expect((await readBooks(world.database, held.shop.id)).balance).toBe(10_000);
  });

  it('counts as taken, with an alarm, when it was taken after the void', async () => {
    world.acquirer.onMove(settled);
    const held = await authorize(world);
    await voidAll(world, held);
    await tellAnswer(world.deps, held.transaction.id, paid(held.payment));
    await tellAnswer(world.deps, held.transaction.id, paid(held.payment));
    expect(world.alarms).toEqual(['the acquirer settled an attempt that it had released']);
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'SETTLED', late: true });
    expect((await readBooks(world.database, held.shop.id)).balance).toBe(10_000);
  });

  it('counts as taken, with an alarm, when time ended the attempt before the void had its end, in whichever order', async () => {
    const lapse = async () => {
      const held = await authorize(world);
      const { row } = await voidAll(world, held);
      world.acquirer.onAskMovement({ kind: 'pending' });
      await world.letPass({ ms: week });
      expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'EXPIRED', reason: null });
      return { held, voidId: row.id };
    };
    const released = await lapse();
    await tellVoid(released.voidId);
    expect(world.alarms).toEqual([]);
    await tellAnswer(world.deps, released.held.transaction.id, paid(released.held.payment));
    expect(world.alarms).toEqual(['the acquirer settled an attempt that it had released']);
    world.alarms.length = 0;
    const taken = await lapse();
    await tellAnswer(world.deps, taken.held.transaction.id, paid(taken.held.payment));
    expect(world.alarms).toEqual([]);
    await tellVoid(taken.voidId);
    expect(world.alarms).toEqual(['the acquirer released an attempt that it had settled']);
    for (const { held } of [released, taken]) {
      expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'SETTLED', late: true });
      expect((await readBooks(world.database, held.shop.id)).balance).toBe(10_000);
    }
  });

  it('is no such money where captures took a part, and time or the void released the rest', async () => {
    const held = await authorize(world);
    world.acquirer.onMove(settled);
    await capture(world, held, { amount: 2_500n });
    world.acquirer.onMove(undefined);
    const { row } = await voidAll(world, held);
    world.acquirer.onAskMovement({ kind: 'pending' });
    await world.letPass({ ms: week });
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({
      status: 'SETTLED',
      settledAmount: 2_500n,
    });
    await tellVoid(row.id);
    expect(world.alarms).toEqual([]);
  });
});

describe('A void is refused', () => {
  it('of what is not authorised, with its state', async () => {
    const shop = await world.openShop();
    const sale = { shop, ...(await createSale(world.deps, shop)) };
    await expect(voidAll(world, sale)).rejects.toThrow('it is settled');
  });

  it('while a capture is under way', async () => {
    const held = await authorize(world);
    await capture(world, held, { amount: 1n });
    await expect(voidAll(world, held)).rejects.toMatchObject({ code: 'NOT_VOIDABLE' });
  });

  it('to strangers', async () => {
    const held = await authorize(world);
    await expect(voidAll(world, { ...held, shop: await world.openShop() })).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  });
});

describe('An authorisation', () => {
  it('runs out after seven days with nothing captured, and the acquirer is told to release it', async () => {
    const held = await authorize(world);
    await world.letPass({ ms: week - 1 });
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'AUTHORIZED' });
    await world.letPass({ ms: 1 });
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'EXPIRED' });
    expect(await paymentNow(world.database, held.payment.id)).toMatchObject({ status: 'EXPIRED' });
    expect(world.acquirer.stopped).toContain(held.transaction.id);
  });

  it('that was captured in part settles with that part when it runs out', async () => {
    world.acquirer.onMove(settled);
    const held = await authorize(world);
    await capture(world, held, { amount: 1_000n });
    await world.letPass({ ms: week });
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({
      status: 'SETTLED',
      settledAmount: 1_000n,
    });
    expect(await paymentNow(world.database, held.payment.id)).toMatchObject({ status: 'SETTLED' });
  });

  it('waits for a capture that is undecided when it runs out', async () => {
    world.acquirer.onAskMovement({ kind: 'pending' });
    const held = await authorize(world);
    await capture(world, held, { amount: 1_000n });
    await world.letPass({ ms: week });
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'AUTHORIZED' });
    world.acquirer.onAskMovement(refused);
    await world.letPass({ ms: 3_600_000 });
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'EXPIRED', capturedAmount: 0n });
  });
});
