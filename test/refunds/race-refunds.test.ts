import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/kernel/db/database.ts';
import { createRefund } from '../../src/refunds/create-refund.ts';
import type { RefundDeps } from '../../src/refunds/deps.ts';
import { readTypes } from '../payments/read-records.ts';
import { actorOf, createRefundDeps, payOut } from '../support/factories.ts';
import { brokenInvariants } from '../support/invariants.ts';
import { openRefundWorld, type RefundWorld, readRefundBooks, refundNow } from './world.ts';

let world: RefundWorld;
/** Four gateways on one database, each with lanes and connections of its own. */
let gateways: RefundDeps[];
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  world = await openRefundWorld();
  gateways = [1, 2, 3, 4].map(() => {
    const database = openDatabase({ url: world.database.url, connectionsMax: 4 });
    opened.push(database);
    return createRefundDeps({ ...world.deps, database });
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

const gatewayOf = (place: number): RefundDeps => gateways[place % gateways.length] as RefundDeps;

describe('Twenty refunds at once through four gateways', () => {
  it.each([
    [700n, 14, 'REFUND_EXCEEDS_AMOUNT'],
    [500n, 20, 'none'],
    [10_000n, 1, 'REFUND_EXCEEDS_AMOUNT'],
  ] as const)('of %s each never exceed what was settled: %i are ordered', async (amount, count, code) => {
    const sale = await world.sell();
    const ends = await Promise.allSettled(
      Array.from({ length: 20 }, (_, place) =>
        createRefund(gatewayOf(place), actorOf(sale.shop), {
          transactionId: sale.transaction.id,
          idempotencyKey: randomUUID(),
          amount,
        }),
      ),
    );
    const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []));
    expect(refused).toEqual(Array.from({ length: 20 - count }, () => code));
    const refunded = Number(amount) * count;
    const books = await readRefundBooks(world.database, sale.transaction.id);
    expect(books).toMatchObject({ refunded, paymentRefunded: refunded, balance: 10_000 - refunded });
    expect(books.postings).toHaveLength(count);
    expect(world.acquirer.moved).toHaveLength(count);
    expect(new Set(world.acquirer.moved.map(({ reference }) => reference)).size).toBe(count);
  });

  it('never take more than balance and overdraft cover', async () => {
    const sale = await world.sell({ amount: 400_000n });
    await payOut(world.database, sale.shop, 400_000n);
    const ends = await Promise.allSettled(
      Array.from({ length: 20 }, (_, place) =>
        createRefund(gatewayOf(place), actorOf(sale.shop), {
          transactionId: sale.transaction.id,
          idempotencyKey: randomUUID(),
          amount: 15_000n,
        }),
      ),
    );
    const refused = ends.flatMap((end) => (end.status === 'rejected' ? [end.reason.code] : []));
    expect(refused).toEqual(Array.from({ length: 14 }, () => 'BALANCE_TOO_LOW'));
    expect((await readRefundBooks(world.database, sale.transaction.id)).balance).toBe(-90_000);
  });

  it('under one key are one refund', async () => {
    const sale = await world.sell();
    const input = { transactionId: sale.transaction.id, idempotencyKey: 'jeden', amount: 100n };
    const ends = await Promise.all(
      Array.from({ length: 20 }, (_, place) => createRefund(gatewayOf(place), actorOf(sale.shop), input)),
    );
    expect(new Set(ends.map(({ refund }) => refund.id)).size).toBe(1);
    expect(ends.filter(({ replayed }) => !replayed)).toHaveLength(1);
    expect(world.acquirer.moved).toHaveLength(1);
  });

  it('of which every other one is refused leave the balance as the others made it', async () => {
    const sale = await world.sell();
    const ends = await Promise.all(
      Array.from({ length: 20 }, async (_, place) => {
        const deps = gatewayOf(place);
        const { refund } = await createRefund(deps, actorOf(sale.shop), {
          transactionId: sale.transaction.id,
          idempotencyKey: randomUUID(),
          amount: 500n,
        });
        const kind = place % 2 ? ('settled' as const) : ('rejected' as const);
        const answer = kind === 'settled' ? { kind } : { kind, code: 'BLK-ERROR-210019' };
        return gatewayOf(place + 1).answering.submit({ refundId: refund.id, answer });
      }),
    );
    expect(ends.every(({ changed }) => changed)).toBe(true);
    const books = await readRefundBooks(world.database, sale.transaction.id);
    expect(books).toMatchObject({ refunded: 5_000, paymentRefunded: 5_000, balance: 5_000 });
  });
});

describe('One word told to four gateways at once', () => {
  it('is applied once', async () => {
    const sale = await world.sell();
    const { refund } = await world.refund(sale, { amount: 4_000n });
    const word = { refundId: refund.id, answer: { kind: 'rejected', code: 'BLK-ERROR-210019' } } as const;
    const ends = await Promise.all(gateways.map((deps) => deps.answering.submit(word)));
    expect(ends.filter(({ changed }) => changed)).toHaveLength(1);
    expect((await refundNow(world.database, refund.id)).status).toBe('REJECTED');
    expect((await readRefundBooks(world.database, sale.transaction.id)).balance).toBe(10_000);
    expect(await readTypes(world.database, sale.shop.id, 5)).toEqual(['REFUND_PENDING', 'REFUND_REJECTED']);
  });
});
