import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type Database, DatabaseUnavailable, openDatabase } from '../../src/kernel/db/database.ts';
import { createMemoryCount, createSharedCount } from '../../src/kernel/limits.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';

const start = new Date('2026-03-02T10:00:00.000Z');
const later = (ms: number) => vi.setSystemTime(Date.now() + ms);

afterEach(() => {
  vi.useRealTimers();
});

describe('A count in memory', () => {
  beforeEach(() => {
    vi.useFakeTimers({ now: start, toFake: ['Date', 'setTimeout', 'clearTimeout'] });
  });

  it('is over from the first that is too many until its window ends, each key for itself', async () => {
    const count = createMemoryCount({ max: 2, windowMs: 60_000, keysMax: 10 });
    expect(await count('a')).toMatchObject({ count: 1, over: false, msLeft: 60_000 });
    later(10_000);
    expect([await count('a'), await count('a')]).toMatchObject([
      { count: 2, over: false, msLeft: 50_000 },
      { count: 3, over: true, msLeft: 50_000 },
    ]);
    expect(await count('b')).toMatchObject({ count: 1, over: false });
    later(50_000);
    expect(await count('a')).toMatchObject({ count: 1, over: false });
  });

  it('forgets the key whose window began first when there are too many keys', async () => {
    const count = createMemoryCount({ max: 1, windowMs: 60_000, keysMax: 3 });
    for (const key of ['a', 'b', 'c', 'a', 'd', 'c', 'd']) await count(key);
    expect([(await count('b')).over, (await count('d')).over, (await count('c')).over]).toEqual([true, true, true]);
    expect(await count('a')).toMatchObject({ count: 1, over: false });
    expect(await count('b')).toMatchObject({ count: 1, over: false });
  });

  it('takes back what was counted, once and in its window alone', async () => {
    const count = createMemoryCount({ max: 1, windowMs: 60_000, keysMax: 10 });
    const first = await count('a');
    const second = await count('a');
    later(1_000);
    for (let times = 0; times < 3; times += 1) await first.giveBack();
    expect(await count('a')).toMatchObject({ count: 2, over: true });
    later(59_000);
    await second.giveBack();
    expect(await count('a')).toMatchObject({ count: 1, over: false });
    await second.giveBack();
    expect(await count('a')).toMatchObject({ count: 2, over: true });
  });

  it('keeps no more than it may of a hundred thousand addresses', async () => {
    const count = createMemoryCount({ max: 1, windowMs: 60_000, keysMax: 100 });
    for (let address = 0; address < 100_000; address += 1) await count(`198.51.100.${address}`);
    // Each key that is kept has a timer that would drop it at the end of its window.
    expect(vi.getTimerCount()).toBe(100);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('A count in the database', () => {
  const rule = { name: 'test', max: 3, windowMs: 600_000, stopMs: 3_600_000 };
  let home: TestDatabase;
  let database: Database;

  beforeAll(async () => {
    home = await createTestDatabase();
    database = openDatabase({ url: home.url });
  });
  afterAll(async () => {
    await database.close();
    await home.drop();
  });
  beforeEach(async () => {
    await database.pool.query('delete from abuse_count');
    vi.useFakeTimers({ now: start, toFake: ['Date'] });
  });

  it('is shared by all who count the same, and loses none of those who come at once', async () => {
    const { stopMs: _, ...unstopped } = rule;
    const [one, other] = [createSharedCount(database, unstopped), createSharedCount(database, unstopped)];
    const tallies = await Promise.all(Array.from({ length: 40 }, (_, index) => (index % 2 ? one : other).add('a')));
    expect(tallies.map((tally) => tally.count).sort((a, b) => a - b)).toEqual(tallies.map((_, index) => index + 1));
    expect(tallies.filter((tally) => !tally.over)).toHaveLength(3);
    expect((await one.read('a')).over).toBe(true);
    expect(await one.read('b')).toEqual({ count: 0, over: false, msLeft: 0 });
    expect(await createSharedCount(database, { ...rule, name: 'other' }).read('a')).toMatchObject({ count: 0 });
  });

  it('begins anew when its window ends', async () => {
    const count = createSharedCount(database, rule);
    expect(await count.add('a')).toEqual({ count: 1, over: false, msLeft: 600_000 });
    later(599_999);
    expect(await count.add('a')).toEqual({ count: 2, over: false, msLeft: 1 });
    expect(await count.read('a')).toEqual({ count: 2, over: false, msLeft: 1 });
    later(1);
    expect(await count.read('a')).toEqual({ count: 0, over: false, msLeft: 0 });
    expect(await count.add('a')).toEqual({ count: 1, over: false, msLeft: 600_000 });
  });

  it('stays over for the time of the stop, which more of the same does not prolong', async () => {
    const count = createSharedCount(database, rule);
    for (let times = 0; times < 3; times += 1) await count.add('a');
    later(300_000);
    expect(await count.add('a')).toEqual({ count: 4, over: true, msLeft: 3_600_000 });
    later(3_599_999);
    expect(await count.add('a')).toEqual({ count: 5, over: true, msLeft: 1 });
    later(1);
    expect(await count.read('a')).toMatchObject({ over: false });
  });

  it('is stopped once by all who come at once', async () => {
    const count = createSharedCount(database, rule);
    const tallies = await Promise.all(Array.from({ length: 40 }, () => count.add('a')));
    expect(tallies.filter((tally) => !tally.over)).toHaveLength(3);
    expect(await count.read('a')).toMatchObject({ over: true, msLeft: 3_600_000 });
  });

  it('tells whoever counts that the database cannot be asked', async () => {
    const gone = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' });
    const count = createSharedCount(gone, rule);
    await expect(count.add('a')).rejects.toThrow(DatabaseUnavailable);
    await expect(count.read('a')).rejects.toThrow(DatabaseUnavailable);
    await gone.close();
  });
});
