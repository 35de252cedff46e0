import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Acquirer, MovementKind } from '../../src/acquirers/port.ts';
import { inTransaction } from '../../src/kernel/db/database.ts';
import { askMovement } from '../../src/payments/ask-movement.ts';
import { startTransaction } from '../../src/payments/start-transaction.ts';
import { type MovementTable, readMovement } from '../../src/transactions/sql/keep-movements.ts';
import { createPayment, startBlik, tellAnswer } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { type Authorized, authorize, capture, transactionNow, voidAll } from './authorized.ts';
import { readBooks, readTypes } from './read-records.ts';
import { openWorld, paid, paymentNow, type World } from './world.ts';

let world: World;

beforeAll(async () => {
  world = await openWorld(['blik', 'ecom3ds']);
});

afterEach(async () => {
  world.acquirer.onMove(undefined);
  world.acquirer.onAskMovement({ kind: 'unheard' });
  world.acquirer.moved.length = 0;
  world.alarms.length = 0;
  expect(await brokenInvariants(world.database)).toEqual([]);
});

afterAll(() => world.close());

const settled = { kind: 'settled' } as const;
/** What the guard of an acquirer that is down says: nothing was sent. */
const unheard = { kind: 'unheard' } as const;
const minute = { ms: 60_000 };

/** An attempt whose money is reserved, and an earlier one of the same payment that may still bring money. */
async function authorizeSecond(): Promise<Authorized & { readonly firstId: string }> {
  const shop = await world.openShop();
  const { id: paymentId } = await createPayment(world.deps, shop, { amount: 10_000n, captureMode: 'MANUAL' });
  const { transaction: first } = await startBlik(world.deps, shop, { paymentId });
  world.clock.pass({ ms: 130_000 });
  world.acquirer.onStart({ kind: 'authorized', amount: 10_000n });
  const card = { token: 'a token', fingerprint: 'a card' };
  const wish = { paymentId, idempotencyKey: randomUUID(), method: 'CARD', supersede: true, card } as const;
  const { transaction, payment } = await startTransaction(world.deps, { shop, source: 'WEB' }, wish);
  world.acquirer.onStart(undefined);
  return { shop, payment, transaction, firstId: first.id };
}

async function movementNow(table: MovementTable, id: string) {
  return inTransaction(world.database, (tx) => readMovement(tx, table, id));
}

const sent = (): MovementKind[] => world.acquirer.moved.map(({ kind }) => kind);

/** The acquirer is back, and would do what it is sent. */
async function comeBack(): Promise<void> {
  world.acquirer.moved.length = 0;
  world.acquirer.onMove(settled);
  await world.letPass(minute);
}

describe('A capture that never reached the acquirer', () => {
  it.each([
    ['was not sent', unheard, 'PENDING'],
    ['had no answer', new Error('no answer in time'), 'UNKNOWN'],
  ])('and %s is not sent once another attempt has paid: its money is released', async (...given) => {
    const [, answer, status] = given;
    const held = await authorizeSecond();
    world.acquirer.onMove(answer);
    const { capture: row } = await capture(world, held);
    expect(row.status).toBe(status);
    await tellAnswer(world.deps, held.firstId, paid(held.payment));
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'SUBMITTED' });
    await comeBack();
    expect(sent()).toEqual([]);
    expect(world.alarms).toEqual([]);
    expect(await movementNow('capture', row.id)).toMatchObject({ status: 'REJECTED', acquirerCode: null });
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({
      ...{ status: 'CANCELLED', reason: 'SUPERSEDED', capturedAmount: 0n },
    });
    expect(world.acquirer.stopped).toContain(held.transaction.id);
    expect((await readBooks(world.database, held.shop.id)).balance).toBe(10_000);
    expect(await world.letPass(minute)).not.toContain('ask-capture');
  });

  it('is sent although the payment has money, when it is that of an earlier capture of the same attempt', async () => {
    const held = await authorizeSecond();
    world.acquirer.onMove(settled);
    await capture(world, held, { amount: 4_000n });
    world.acquirer.onMove(unheard);
    const { capture: rest } = await capture(world, held);
    await tellAnswer(world.deps, held.firstId, paid(held.payment));
    await comeBack();
    expect(sent()).toEqual(['capture']);
    expect(await movementNow('capture', rest.id)).toMatchObject({ status: 'SETTLED' });
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'SETTLED', surplus: false });
  });
});

describe('A void that never reached the acquirer', () => {
  it('is sent for as long as the money is authorised', async () => {
    const held = await authorize(world);
    world.acquirer.onMove(unheard);
    await voidAll(world, held);
    await comeBack();
    expect(sent()).toEqual(['void']);
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'CANCELLED', reason: 'VOIDED' });
  });

  it('is not sent once the money was taken: it is the shop’s, and nobody gives it back', async () => {
    const held = await authorize(world);
    world.acquirer.onMove(unheard);
    const { row } = await voidAll(world, held);
    await tellAnswer(world.deps, held.transaction.id, paid(held.payment));
    await comeBack();
    expect(sent()).toEqual([]);
    expect(world.alarms).toEqual([]);
    expect(await movementNow('void', row.id)).toMatchObject({ status: 'REJECTED', acquirerCode: null });
    expect(await readTypes(world.database, held.shop.id, 8)).toEqual(['VOID_REJECTED']);
    expect(await paymentNow(world.database, held.payment.id)).toMatchObject({ status: 'SETTLED' });
    expect((await readBooks(world.database, held.shop.id)).balance).toBe(10_000);
    expect(await world.letPass(minute)).not.toContain('ask-void');
  });

  it('is not sent once its time is over: the acquirer is told to release the money then', async () => {
    const held = await authorize(world);
    world.acquirer.onMove(unheard);
    const { row } = await voidAll(world, held);
    world.acquirer.onAskMovement({ kind: 'pending' });
    await world.letPass({ ms: 7 * 24 * 3_600_000 });
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'EXPIRED' });
    world.acquirer.onAskMovement(unheard);
    await world.letPass({ ms: 300_000 });
    expect(sent()).toEqual(['void']);
    expect(await movementNow('void', row.id)).toMatchObject({ status: 'REJECTED' });
    expect(world.acquirer.stopped).toContain(held.transaction.id);
  });
});

describe('A process that stood still before it called for a movement', () => {
  /** The world of such a process: what others do meanwhile happens as soon as its order is committed. */
  function standStill(meanwhile: () => Promise<unknown>): Pick<World, 'deps'> {
    const { database } = world;
    let ordered = false;
    const connect = async () => {
      const client = await database.pool.connect();
      const query = async (queried: string | { readonly name: string }) => {
        const result = await client.query(queried as string);
        if (typeof queried !== 'string' && /^insert-(capture|void)$/.test(queried.name)) ordered = true;
        if (queried === 'commit' && ordered) {
          ordered = false;
          await meanwhile();
        }
        return result;
      };
      return { query, release: (error?: Error) => client.release(error) };
    };
    const query = database.pool.query.bind(database.pool);
    const pool = { connect, query } as unknown as typeof database.pool;
    return { deps: { ...world.deps, database: { ...database, pool } } };
  }

  it('leaves the capture to its timer, which sends it', async () => {
    const held = await authorize(world);
    const stalled = standStill(async () => world.clock.pass({ ms: 8_001 }));
    expect(await capture(stalled, held)).toMatchObject({ capture: { status: 'PENDING' } });
    expect(sent()).toEqual([]);
    await comeBack();
    expect(sent()).toEqual(['capture']);
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'SETTLED' });
  });

  it('sends no capture that was given up meanwhile since another attempt had paid', async () => {
    const held = await authorizeSecond();
    const stalled = standStill(async () => {
      await tellAnswer(world.deps, held.firstId, paid(held.payment));
      await world.letPass(minute);
    });
    world.acquirer.onMove(settled);
    expect(await capture(stalled, held)).toMatchObject({
      capture: { status: 'REJECTED' },
      transaction: { status: 'CANCELLED' },
    });
    expect(sent()).toEqual([]);
    expect(world.alarms).toEqual([]);
  });

  it('refuses nothing that another one may have sent since it asked', async () => {
    const held = await authorizeSecond();
    world.acquirer.onMove(unheard);
    const { capture: row } = await capture(world, held);
    await tellAnswer(world.deps, held.firstId, paid(held.payment));
    const movementStatus: Acquirer['movementStatus'] = async () => {
      world.clock.pass({ ms: 8_001 });
      return unheard;
    };
    const acquirers = new Map([[world.acquirer.name, { ...world.acquirer, movementStatus }]]);
    await askMovement({ ...world.deps, acquirers }, 'capture', { id: row.id, round: 0 });
    expect(await movementNow('capture', row.id)).toMatchObject({ status: 'PENDING' });
    await comeBack();
    expect(await movementNow('capture', row.id)).toMatchObject({ status: 'REJECTED' });
    expect(sent()).toEqual([]);
  });

  it('sends no void of money that was taken meanwhile', async () => {
    const held = await authorize(world);
    const stalled = standStill(async () => {
      await tellAnswer(world.deps, held.transaction.id, paid(held.payment));
      await world.letPass(minute);
    });
    world.acquirer.onMove(settled);
    expect(await voidAll(stalled, held)).toMatchObject({ row: { status: 'REJECTED' } });
    expect(sent()).toEqual([]);
    expect(world.alarms).toEqual([]);
  });
});
