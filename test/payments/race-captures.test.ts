import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { inTransaction, openDatabase } from '../../src/kernel/db/database.ts';
import { applyCaptureAnswer } from '../../src/payments/apply-capture-answer.ts';
import { captureTransaction } from '../../src/payments/capture-transaction.ts';
import { expireAuthorization } from '../../src/payments/expire-authorization.ts';
import { voidTransaction } from '../../src/payments/void-transaction.ts';
import { actorOf } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { type Authorized, authorize, capture, transactionNow } from './authorized.ts';
import { readBooks } from './read-records.ts';
import { openWorld, type World } from './world.ts';

let world: World;
/** Four gateways on one database, each with connections of its own. */
let gateways: World['deps'][];
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  world = await openWorld(['blik', 'ecom3ds']);
  gateways = [1, 2, 3, 4].map(() => {
    const database = openDatabase({ url: world.database.url, connectionsMax: 4 });
    opened.push(database);
    return { ...world.deps, database };
  });
});

afterEach(async () => {
  world.acquirer.onMove(undefined);
  world.acquirer.moved.length = 0;
  expect(await brokenInvariants(world.database)).toEqual([]);
});

afterAll(async () => {
  for (const database of opened) await database.close();
  await world.close();
});

const gatewayOf = (place: number): World['deps'] => gateways[place % gateways.length] as World['deps'];
const codesOf = (ends: readonly PromiseSettledResult<unknown>[]): string[] =>
  ends.map((end) => (end.status === 'rejected' ? String(end.reason.code) : 'done')).sort();

function captures(held: Authorized, count: number, wish: { amount?: bigint; key?: string }) {
  return Array.from({ length: count }, (_, place) =>
    captureTransaction(gatewayOf(place), actorOf(held.shop), {
      transactionId: held.transaction.id,
      idempotencyKey: wish.key ?? randomUUID(),
      amount: wish.amount,
    }),
  );
}

const voids = (held: Authorized, count: number) =>
  Array.from({ length: count }, (_, place) =>
    voidTransaction(gatewayOf(place), actorOf(held.shop), {
      transactionId: held.transaction.id,
      idempotencyKey: randomUUID(),
    }),
  );

describe('Twenty captures at once through four gateways', () => {
  it.each([
    [700n, 14],
    [500n, 20],
    [10_000n, 1],
  ] as const)('of %s each never exceed what was authorised: %i are ordered', async (amount, count) => {
    const held = await authorize(world);
    const ends = await Promise.allSettled(captures(held, 20, { amount }));
    expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(count);
    expect((await transactionNow(world, held.transaction.id)).capturedAmount).toBe(amount * BigInt(count));
    expect(world.acquirer.moved).toHaveLength(count);
  });

  it('under one key are one', async () => {
    const held = await authorize(world);
    const ends = await Promise.all(captures(held, 20, { amount: 500n, key: 'ship' }));
    expect(new Set(ends.map((end) => end.capture.id)).size).toBe(1);
    expect(ends.filter((end) => !end.replayed)).toHaveLength(1);
    expect(world.acquirer.moved).toHaveLength(1);
  });
});

describe('A capture and a void at once', () => {
  it('are never both done: whichever comes first shuts the other out', async () => {
    for (let round = 0; round < 8; round += 1) {
      world.acquirer.onMove({ kind: 'settled' });
      const held = await authorize(world);
      const both =
        round % 2 === 0 ? [...captures(held, 1, {}), ...voids(held, 1)] : [...voids(held, 1), ...captures(held, 1, {})];
      const ends = await Promise.allSettled(both);
      expect(ends.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      const { status, settledAmount } = await transactionNow(world, held.transaction.id);
      expect([`SETTLED ${10_000n}`, `CANCELLED ${0n}`]).toContain(`${status} ${settledAmount}`);
    }
  });

  it('of many, one void is ordered', async () => {
    const held = await authorize(world);
    const ends = await Promise.allSettled(voids(held, 8));
    expect(codesOf(ends)).toEqual([...Array(7).fill('NOT_VOIDABLE'), 'done']);
  });
});

describe('The word about a capture', () => {
  it('that comes by several ways at once is booked once', async () => {
    const held = await authorize(world);
    const { capture: row } = await capture(world, held);
    const word = { id: row.id, answer: { kind: 'settled' } } as const;
    await Promise.all(gateways.map((deps) => inTransaction(deps.database, (tx) => applyCaptureAnswer(tx, deps, word))));
    expect((await readBooks(world.database, held.shop.id)).postings).toHaveLength(1);
  });

  it('and the end of the authorisation at once leave a transaction that has ended once', async () => {
    const held = await authorize(world);
    const { capture: row } = await capture(world, held, { amount: 1n });
    world.clock.pass({ ms: 7 * 24 * 3_600_000 });
    const word = { id: row.id, answer: { kind: 'settled' } } as const;
    await Promise.all([
      ...gateways.map((deps) => inTransaction(deps.database, (tx) => applyCaptureAnswer(tx, deps, word))),
      ...gateways.map((deps) => expireAuthorization(deps, held.transaction.id)),
    ]);
    expect(await transactionNow(world, held.transaction.id)).toMatchObject({ status: 'SETTLED', settledAmount: 1n });
  });
});
