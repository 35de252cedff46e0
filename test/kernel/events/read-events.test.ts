import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/kernel/db/database.ts';
import { CursorExpired, CursorInvalid } from '../../../src/kernel/events/errors.ts';
import {
  readEvents,
  readEventsBehind,
  readLastNumbers,
  readLogEnds,
  readLogStart,
  readManyLogEnds,
  requireReplayable,
} from '../../../src/kernel/events/read-events.ts';
import { watchReads } from '../../realtime/take-events.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createShop } from '../../support/factories.ts';
import { dropPartition, ensurePartition, plain, takeOver, writeEvents } from '../../support/write-events.ts';

let home: TestDatabase;
let database: Database;
let shopId: string;

beforeAll(async () => {
  home = await createTestDatabase();
  database = openDatabase({ url: home.url });
});
afterAll(async () => {
  await database?.close();
  await home?.drop();
});
beforeEach(async () => {
  ({
    shop: { id: shopId },
  } = await createShop(database));
});

const numbersOf = async (range: Partial<Parameters<typeof readEvents>[1]>): Promise<number[]> => {
  const events = await readEvents(database, { shopId, after: 0n, limit: 100, ...range });
  return events.map((event) => Number(event.number));
};

describe('Reading a shop’s log', () => {
  it('gives the whole row, as it was written', async () => {
    const at = new Date('2026-03-02T10:00:00.123Z');
    const ids = { paymentId: randomUUID(), transactionId: randomUUID() };
    await writeEvents(database, shopId, [{ type: 'TRANSACTION_SETTLED', at, ...ids, data: { amount: '1234' } }]);
    expect(await readEvents(database, { shopId, after: 0n, limit: 1 })).toEqual([
      {
        ...{ shopId, number: 1n, type: 'TRANSACTION_SETTLED', at, ...ids, data: { amount: '1234' } },
        ...{ refundId: null, payoutId: null, profileId: null, captureId: null, voidId: null },
      },
    ]);
  });

  it('goes on after a number, in order, for as many as are asked for', async () => {
    await writeEvents(database, shopId, plain(7));
    expect(await numbersOf({})).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await numbersOf({ after: 2n, limit: 3 })).toEqual([3, 4, 5]);
    expect(await numbersOf({ after: 2n, before: 5n })).toEqual([3, 4]);
    expect(await numbersOf({ after: 7n })).toEqual([]);
  });

  it('gives the end of a range when it reads backwards, and still in order', async () => {
    await writeEvents(database, shopId, plain(7));
    expect(await numbersOf({ limit: 2, backwards: true })).toEqual([6, 7]);
    expect(await numbersOf({ before: 6n, limit: 2, backwards: true })).toEqual([4, 5]);
    expect(await numbersOf({ after: 4n, before: 6n, limit: 2, backwards: true })).toEqual([5]);
  });

  it('leaves out other types, other payments and other shops', async () => {
    const { shop: other } = await createShop(database);
    const paymentId = randomUUID();
    await writeEvents(database, other.id, [{ paymentId }]);
    await writeEvents(database, shopId, [
      { type: 'PAYMENT_CREATED', paymentId },
      { type: 'PAYMENT_SETTLED', paymentId },
      { type: 'PAYMENT_SETTLED', paymentId: randomUUID() },
      { type: 'PAYOUT_SENT' },
    ]);
    expect(await numbersOf({ types: ['PAYMENT_SETTLED', 'PAYOUT_SENT'] })).toEqual([2, 3, 4]);
    expect(await numbersOf({ paymentId })).toEqual([1, 2]);
    expect(await numbersOf({ paymentId, types: ['PAYMENT_SETTLED'], backwards: true })).toEqual([2]);
    expect(await numbersOf({ types: [] })).toEqual([]);
  });
});

describe('Writing to a log', () => {
  it('fails for a shop that has none, and then writes nothing for the others either', async () => {
    const writing = writeEvents(database, shopId, [{}, { shopId: randomUUID() } as object]);
    await expect(writing).rejects.toThrow('A fact is about a shop that has no counter.');
    expect(await numbersOf({})).toEqual([]);
  });
});

describe('A log whose end may have been lost with another server', () => {
  it('goes on behind all numbers that can have been given there, once, and no cursor leads past what comes', async () => {
    await writeEvents(database, shopId, plain(3));
    await takeOver(database, shopId);
    // He has seen two that are lost.
    const lost = 5n;
    const ends = await readLogEnds(database, shopId);
    expect(ends).toEqual({ first: 1n, last: 1_000_003n });
    requireReplayable(ends, lost);
    await writeEvents(database, shopId, plain(2));
    await writeEvents(database, shopId, plain(1));
    expect(await numbersOf({})).toEqual([1, 2, 3, 1_000_004, 1_000_005, 1_000_006]);
    expect(await readLogEnds(database, shopId)).toEqual({ first: 1n, last: 1_000_006n });
    const behind = await readEventsBehind(database, { shopId, after: lost, limit: 10 });
    expect(behind.map(({ number }) => number)).toEqual([1_000_004n, 1_000_005n, 1_000_006n]);
    expect(await readLogStart(database, shopId)).toBe(0n);
  });

  it('refuses all its cursors when nothing of it is left', async () => {
    await takeOver(database, shopId);
    expect(await readLogStart(database, shopId)).toBe(1_000_000n);
    const ends = await readLogEnds(database, shopId);
    expect(() => requireReplayable(ends, 5n)).toThrow(CursorExpired);
    await writeEvents(database, shopId, plain(1));
    expect(await numbersOf({})).toEqual([1_000_001]);
  });

  it('leaves out no more where somebody has done so by hand', async () => {
    await takeOver(database, shopId);
    const byHand = 'update shop_counter set last_number = last_number + 1000000 where shop_id = $1';
    await database.pool.query(byHand, [shopId]);
    await writeEvents(database, shopId, plain(1));
    expect(await numbersOf({})).toEqual([1_000_001]);
  });
});

describe('The ends of a shop’s log', () => {
  it('are 1 and 0 as long as nothing happened, also for a shop that does not exist', async () => {
    expect(await readLogEnds(database, shopId)).toEqual({ first: 1n, last: 0n });
    expect(await readLogEnds(database, randomUUID())).toEqual({ first: 1n, last: 0n });
  });

  it('move up as events are written and as old months are dropped', async () => {
    await ensurePartition(database, '2025-01');
    await ensurePartition(database, '2025-02');
    const january = new Date('2025-01-10T00:00:00.000Z');
    const february = new Date('2025-02-10T00:00:00.000Z');
    await writeEvents(database, shopId, [{ at: january }, { at: january }, { at: february }]);
    expect(await readLogEnds(database, shopId)).toEqual({ first: 1n, last: 3n });
    await dropPartition(database, '2025-01');
    expect(await readLogEnds(database, shopId)).toEqual({ first: 3n, last: 3n });
    await dropPartition(database, '2025-02');
    expect(await readLogEnds(database, shopId)).toEqual({ first: 4n, last: 3n });
    expect(await readLogStart(database, shopId)).toBe(3n);
  });

  it('leave a place behind which all are kept, though moments were not in the order of the log', async () => {
    await ensurePartition(database, '2025-03');
    const march = { at: new Date('2025-03-31T23:59:59.999Z') };
    await writeEvents(database, shopId, [march, {}, march, {}, {}]);
    expect(await readLogStart(database, shopId)).toBe(0n);
    await dropPartition(database, '2025-03');
    const place = await readLogStart(database, shopId);
    expect(place).toBe(3n);
    expect((await readEventsBehind(database, { shopId, after: place, limit: 10 })).map(({ number }) => number)).toEqual(
      [4n, 5n],
    );
    await expect(readEventsBehind(database, { shopId, after: 1n, limit: 10 })).rejects.toThrow(CursorExpired);
    // As after a restore: nothing was ever there.
    await database.pool.query('update shop_counter set last_number = 1000000 where shop_id = $1', [shopId]);
    await writeEvents(database, shopId, [{}]);
    expect(await readLogStart(database, shopId)).toBe(3n);
    expect(await readEventsBehind(database, { shopId, after: place, limit: 10 })).toHaveLength(3);
  });

  it('are read for many shops at once', async () => {
    const { shop: other } = await createShop(database);
    await writeEvents(database, shopId, plain(2));
    const asked = [shopId, other.id, randomUUID()];
    expect(await readManyLogEnds(database, asked)).toEqual(
      new Map([
        [shopId, { first: 1n, last: 2n }],
        [other.id, { first: 1n, last: 0n }],
      ]),
    );
    expect(await readLastNumbers(database, asked)).toEqual(
      new Map([
        [shopId, 2n],
        [other.id, 0n],
      ]),
    );
  });
});

describe('A place in the log', () => {
  const ends = { first: 4n, last: 6n };

  it.each([3n, 4n, 6n])('can be gone on from when all events after it are kept: after %s of 4 to 6', (after) => {
    expect(() => requireReplayable(ends, after)).not.toThrow();
  });

  it('has expired when the next event is no longer kept', () => {
    expect(() => requireReplayable(ends, 2n)).toThrow(CursorExpired);
  });

  it('is invalid when the log never came so far', () => {
    expect(() => requireReplayable(ends, 7n)).toThrow(CursorInvalid);
  });

  it.each([1, 2])(
    'has expired when a month behind it is dropped before statement %i of those who read on',
    async (at) => {
      await ensurePartition(database, '2025-01');
      await ensurePartition(database, '2025-02');
      const [january, february] = [new Date('2025-01-10T00:00:00.000Z'), new Date('2025-02-10T00:00:00.000Z')];
      await writeEvents(database, shopId, [{ at: january }, { at: january }, { at: february }]);
      let statements = 0;
      const dropping = watchReads(database, async () => {
        statements += 1;
        if (statements === at) await dropPartition(database, '2025-01');
      });
      await expect(readEventsBehind(dropping, { shopId, after: 0n, limit: 10 })).rejects.toThrow(CursorExpired);
    },
  );

  it('is good at the end of a log of which nothing is kept', () => {
    expect(() => requireReplayable({ first: 7n, last: 6n }, 6n)).not.toThrow();
    expect(() => requireReplayable({ first: 7n, last: 6n }, 5n)).toThrow(CursorExpired);
  });
});
