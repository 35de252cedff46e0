import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import { lockMerchants } from '../../src/merchants/sql/lock-merchants.ts';
import { applyCaptureAnswer } from '../../src/payments/apply-capture-answer.ts';
import { cancelPayment } from '../../src/payments/cancel-payment.ts';
import { expireAuthorization } from '../../src/payments/expire-authorization.ts';
import { createShopFinder } from '../../src/shops/find-shop.ts';
import { actorOf, createSale } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { authorize, capture, transactionNow, voidAll } from './authorized.ts';
import { readBooks, readTypes } from './read-records.ts';
import { openWorld, paymentNow, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['blik', 'ecom3ds']);
});

afterEach(() => {
  world.acquirer.onMove(undefined);
  world.acquirer.onAskMovement({ kind: 'unheard' });
  world.alarms.length = 0;
});

afterAll(async () => {
  expect(await brokenInvariants(world.database)).toEqual([]);
  await world.close();
});

const settled = { kind: 'settled' } as const;
const refused = { kind: 'rejected', code: 'CODE_57' } as const;

/** Tells what became of a capture, as a notification does. */
const tell = (id: string, answer: typeof settled | typeof refused) =>
  inTransaction(world.database, (tx) => applyCaptureAnswer(tx, world.deps, { id, answer }));

describe('An authorised payment', () => {
  it('is reserved: nothing is booked, and it neither expires nor can be cancelled', async () => {
    const { shop, payment, transaction } = await authorize(world);
    expect(transaction).toMatchObject({ status: 'AUTHORIZED', settledAmount: 0n, capturedAmount: 0n });
    expect(transaction.authorizedUntil).toEqual(new Date(world.clock.now().getTime() + 7 * 24 * 3_600_000));
    expect(payment.status).toBe('AUTHORIZED');
    expect((await readBooks(world.database, shop.id)).postings).toEqual([]);
    const types = ['TRANSACTION_AUTHORIZED', 'PAYMENT_AUTHORIZED'];
    expect(await readTypes(world.database, shop.id, 3)).toEqual(types);
    await expect(cancelPayment(world.deps, actorOf(shop), payment.id)).rejects.toMatchObject({
      code: 'PAYMENT_NOT_PAYABLE',
    });
  });

  it('is asked for by hand only where it was wished, and only of acquirers that can', async () => {
    const { transaction } = await authorize(world);
    const started = world.acquirer.started.find((order) => order.reference === transaction.id);
    expect(started).toMatchObject({ captureMode: 'MANUAL', cardToken: 'a token' });
    const sale = await createSale(world.deps, await world.openShop());
    const other = world.acquirer.started.find((order) => order.reference === sale.transaction.id);
    expect(other).toMatchObject({ captureMode: 'AUTOMATIC', cardToken: undefined });
  });
});

describe('A capture of all', () => {
  it('settles when the acquirer says so, at once or later, and is booked once', async () => {
    const held = await authorize(world);
    const ordered = await capture(world, held);
    expect(ordered).toMatchObject({
      capture: { status: 'PENDING', amount: 10_000n },
      transaction: { status: 'SUBMITTED' },
    });
    expect((await readBooks(world.database, held.shop.id)).postings).toEqual([]);
    await tell(ordered.capture.id, settled);
    await tell(ordered.capture.id, settled);
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({
      status: 'SETTLED',
      settledAmount: 10_000n,
    });
    expect(await paymentNow(world.database, held.payment.id)).toMatchObject({ status: 'SETTLED' });
    expect(await readBooks(world.database, held.shop.id)).toMatchObject({
      captures: ['SETTLED 10000'],
      commissions: ['10000 14000 140'],
      balance: 10_000,
    });
    expect(await readTypes(world.database, held.shop.id, 5)).toEqual([
      ...['CAPTURE_PENDING', 'TRANSACTION_SUBMITTED'],
      ...['CAPTURE_SETTLED', 'TRANSACTION_SETTLED', 'PAYMENT_SETTLED'],
    ]);
  });

  it('may be settled by the very answer', async () => {
    world.acquirer.onMove(settled);
    const held = await authorize(world);
    const done = await capture(world, held);
    expect(done).toMatchObject({ capture: { status: 'SETTLED' }, transaction: { status: 'SETTLED' }, replayed: false });
  });

  it('is sent to the acquirer under its own id', async () => {
    const held = await authorize(world);
    const { capture: row } = await capture(world, held, { amount: 1n });
    expect(world.acquirer.moved.find((order) => order.reference === row.id)).toEqual({
      ...{
        kind: 'capture',
        reference: row.id,
        transaction: held.transaction.id,
        amount: 1n,
        currency: 'PLN',
        settled: 0n,
        note: '',
      },
      ...{ merchantId: held.shop.merchantId, clockOffsetMs: 0, sandboxDelayMs: 0 },
    });
  });

  it('that the acquirer refuses leaves the authorisation standing, and can be ordered again', async () => {
    const held = await authorize(world);
    const { capture: row } = await capture(world, held);
    await tell(row.id, refused);
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({
      status: 'AUTHORIZED',
      capturedAmount: 0n,
    });
    expect(await paymentNow(world.database, held.payment.id)).toMatchObject({ status: 'AUTHORIZED' });
    expect(await readTypes(world.database, held.shop.id, 7)).toEqual(['CAPTURE_REJECTED', 'TRANSACTION_AUTHORIZED']);
    world.acquirer.onMove(settled);
    expect((await capture(world, held)).transaction.status).toBe('SETTLED');
  });
});

describe('Captures of parts', () => {
  it('are booked one by one, and the transaction settles with the last', async () => {
    world.acquirer.onMove(settled);
    const held = await authorize(world);
    const first = await capture(world, held, { amount: 3_000n });
    expect(first.transaction).toMatchObject({ status: 'AUTHORIZED', settledAmount: 3_000n, capturedAmount: 3_000n });
    expect(await readBooks(world.database, held.shop.id)).toMatchObject({ balance: 3_000, commissions: [] });
    const second = await capture(world, held, { amount: 6_999n });
    expect(second.transaction).toMatchObject({ status: 'AUTHORIZED', settledAmount: 9_999n });
    const last = await capture(world, held);
    expect(last).toMatchObject({ capture: { amount: 1n }, transaction: { status: 'SETTLED', settledAmount: 10_000n } });
    const books = await readBooks(world.database, held.shop.id);
    expect([...books.captures].sort()).toEqual(['SETTLED 1', 'SETTLED 3000', 'SETTLED 6999']);
    expect(books).toMatchObject({
      commissions: ['10000 14000 140'],
      balance: 10_000,
    });
  });

  it('that are all under way settle the transaction only when none is left open', async () => {
    const held = await authorize(world);
    const one = await capture(world, held, { amount: 4_000n });
    const two = await capture(world, held);
    expect(two.transaction.status).toBe('SUBMITTED');
    await tell(two.capture.id, settled);
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({
      status: 'SUBMITTED',
      settledAmount: 6_000n,
    });
    await tell(one.capture.id, refused);
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({
      status: 'AUTHORIZED',
      capturedAmount: 6_000n,
    });
    world.acquirer.onMove(settled);
    expect((await capture(world, held)).transaction).toMatchObject({ status: 'SETTLED', settledAmount: 10_000n });
  });

  it('never exceed together what was authorised, to the last unit', async () => {
    const held = await authorize(world);
    await capture(world, held, { amount: 9_999n });
    for (const amount of [0n, -1n, 2n, 10_000n]) {
      await expect(capture(world, held, { amount })).rejects.toMatchObject({
        code: 'AMOUNT_OUT_OF_RANGE',
        field: ['amount'],
      });
    }
    await capture(world, held, { amount: 1n });
    await expect(capture(world, held, { amount: 1n })).rejects.toMatchObject({ code: 'NOT_CAPTURABLE' });
  });
});

describe('The same capture once more', () => {
  it('is the capture there is, in its present state, while it is under way and afterwards', async () => {
    const held = await authorize(world);
    const wish = { idempotencyKey: 'ship-1', amount: 500n };
    const first = await capture(world, held, wish);
    const again = await capture(world, held, wish);
    expect(again).toMatchObject({ replayed: true, capture: { id: first.capture.id, status: 'PENDING' } });
    await tell(first.capture.id, settled);
    expect(await capture(world, held, wish)).toMatchObject({ replayed: true, capture: { status: 'SETTLED' } });
    expect(world.acquirer.moved.filter((order) => order.reference === first.capture.id)).toHaveLength(1);
  });

  it('is refused under its key with another input, and made under another key', async () => {
    const held = await authorize(world);
    const first = await capture(world, held, { idempotencyKey: 'ship-2', amount: 500n });
    for (const amount of [501n, undefined]) {
      await expect(capture(world, held, { idempotencyKey: 'ship-2', amount })).rejects.toMatchObject({
        code: 'IDEMPOTENCY_KEY_REUSED',
      });
    }
    const second = await capture(world, held, { idempotencyKey: 'ship-3', amount: 500n });
    expect(second.capture.id).not.toBe(first.capture.id);
  });
});

describe('A capture is refused', () => {
  it('of what is not authorised (any more), with its state', async () => {
    const shop = await world.openShop();
    const sale = { shop, ...(await createSale(world.deps, shop)) };
    await expect(capture(world, sale)).rejects.toThrow('it is settled');
    const held = await authorize(world);
    world.acquirer.onMove(settled);
    await voidAll(world, held);
    await expect(capture(world, held)).rejects.toMatchObject({ code: 'NOT_CAPTURABLE' });
  });

  it('under a key that only the gateway uses, lest it stands in the way of money', async () => {
    const authorized = await authorize(world);
    await expect(
      capture(world, authorized, { idempotencyKey: `settlement:${authorized.transaction.id}` }),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT', field: ['idempotencyKey'] });
  });

  it('while its money is being released', async () => {
    const held = await authorize(world);
    await voidAll(world, held);
    await expect(capture(world, held)).rejects.toThrow('being released');
  });

  it('when seven days are over, whether the job has come or not', async () => {
    const held = await authorize(world);
    world.clock.pass({ ms: 7 * 24 * 3_600_000 });
    await expect(capture(world, held)).rejects.toThrow('ran out');
  });

  it('to strangers, to keys without the scope, and for what does not exist', async () => {
    const held = await authorize(world);
    const stranger = await world.openShop();
    await expect(capture(world, { ...held, shop: stranger })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(capture(world, held, { transactionId: held.payment.id })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(capture(world, held, { transactionId: 'x' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(capture(world, held, { idempotencyKey: '' })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('A capture without an answer', () => {
  it('is UNKNOWN, is asked about after growing pauses, and settles when the acquirer says so', async () => {
    world.acquirer.onMove(new Error('no answer in time'));
    const held = await authorize(world);
    const { capture: row, transaction } = await capture(world, held);
    expect([row.status, transaction.status]).toEqual(['UNKNOWN', 'SUBMITTED']);
    world.acquirer.onAskMovement({ kind: 'silent' });
    expect(await world.letPass({ ms: 15_000 })).toContain('ask-capture');
    expect(await world.letPass({ ms: 14_999 })).not.toContain('ask-capture');
    world.acquirer.onAskMovement(settled);
    await world.letPass({ ms: 1 });
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'SETTLED' });
    expect((await readBooks(world.database, held.shop.id)).balance).toBe(10_000);
  });

  it('that never reached the acquirer is sent again under the same id', async () => {
    world.acquirer.onMove(new Error('the gateway died here'));
    const held = await authorize(world);
    const { capture: row } = await capture(world, held, { amount: 1n });
    world.acquirer.onMove(settled);
    await world.letPass({ ms: 15_000 });
    expect(world.acquirer.moved.filter((order) => order.reference === row.id)).toHaveLength(2);
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'AUTHORIZED', settledAmount: 1n });
  });

  it('raises an alarm when the acquirer contradicts itself, and nothing changes', async () => {
    const held = await authorize(world);
    const { capture: row } = await capture(world, held, { amount: 1n });
    await tell(row.id, settled);
    await tell(row.id, refused);
    expect(world.alarms).toEqual(['the acquirer contradicts itself']);
    expect((await readBooks(world.database, held.shop.id)).balance).toBe(1);
  });

  it('is heard of by its own acquirer alone', async () => {
    const held = await authorize(world);
    const { capture: row } = await capture(world, held, { amount: 1n });
    const foreign = inTransaction(world.database, (tx) =>
      applyCaptureAnswer(tx, world.deps, { id: row.id, answer: settled, acquirer: 'another' }),
    );
    await expect(foreign).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});

describe('An authorisation whose seven days are over', () => {
  it('settles with what was captured, and the acquirer is told to release the rest', async () => {
    const authorized = await authorize(world);
    world.acquirer.onMove(settled);
    await capture(world, authorized, { amount: 6_000n });
    await world.letPass({ ms: 7 * 24 * 3_600_000 });
    expect(await transactionNow(world, authorized.transaction.id)).toMatchObject({
      ...{ status: 'SETTLED', amount: 10_000n, settledAmount: 6_000n },
    });
    expect(world.acquirer.stopped).toContain(authorized.transaction.id);
    expect(world.alarms).toEqual([]);
  });

  it('is released when a capture that was under way is refused only then', async () => {
    const authorized = await authorize(world);
    const { capture: late } = await capture(world, authorized);
    world.clock.pass({ ms: 7 * 24 * 3_600_000 });
    await tell(late.id, refused);
    expect(await transactionNow(world, authorized.transaction.id)).toMatchObject({ status: 'EXPIRED' });
    await world.letPass({ ms: 0 });
    expect(world.acquirer.stopped).toContain(authorized.transaction.id);
  });

  it('ends without waiting for a merchant whose turnover nobody counts', async () => {
    const authorized = await authorize(world);
    world.clock.pass({ ms: 7 * 24 * 3_600_000 });
    await inTransaction(world.database, async (tx) => {
      await lockMerchants(tx, [authorized.shop.merchantId]);
      await expireAuthorization(world.deps, authorized.transaction.id);
    });
    expect(await transactionNow(world, authorized.transaction.id)).toMatchObject({ status: 'EXPIRED' });
    await world.letPass({ ms: 0 });
  });

  it('ends by one connection to the database, so that many at once do not wait for each other', async () => {
    const authorized = await authorize(world);
    world.clock.pass({ ms: 7 * 24 * 3_600_000 });
    const database = openDatabase({ url: world.url, connectionsMax: 1 });
    const shops = createShopFinder(database);
    await expireAuthorization({ ...world.deps, database, shops }, authorized.transaction.id);
    await database.close();
    expect(await transactionNow(world, authorized.transaction.id)).toMatchObject({ status: 'EXPIRED' });
    await world.letPass({ ms: 0 });
  });
});
