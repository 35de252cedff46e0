import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import type { Database } from '../../../src/kernel/db/database.ts';
import { findTogether } from '../../../src/kernel/db/find-together.ts';

/** A table whose reads are counted, and a finder of its rows. */
function createTable() {
  const rows = new Map<string, string>();
  const reads: string[][] = [];
  let broken = false;
  const find = findTogether(async (_database, ids) => {
    reads.push([...ids]);
    if (broken) throw new Error('no database');
    return [...rows].filter(([id]) => ids.includes(id)).map(([id, name]) => ({ id, name }));
  });
  const breakDown = (value: boolean): void => {
    broken = value;
  };
  return { rows, reads, find, breakDown };
}

const database = {} as Database;

describe('What is looked for at the same time', () => {
  it('is read by one statement, each its own row, whatever the order and however often', async () => {
    const { rows, reads, find } = createTable();
    rows.set('b', 'second').set('a', 'first');
    const found = await Promise.all([
      find(database, 'a'),
      find(database, 'none'),
      find(database, 'b'),
      find(database, 'a'),
    ]);
    expect(found).toEqual([
      { id: 'a', name: 'first' },
      undefined,
      { id: 'b', name: 'second' },
      { id: 'a', name: 'first' },
    ]);
    expect(reads).toEqual([['a', 'none', 'b', 'a']]);
  });

  it('is what is asked for in one turn, be it each at the end of its own microtasks', async () => {
    const { rows, reads, find } = createTable();
    rows.set('a', 'first');
    const asks = Array.from({ length: 3 }, () => Promise.withResolvers<unknown>());
    for (const { resolve } of asks)
      process.nextTick(() => void Promise.resolve().then(() => resolve(find(database, 'a'))));
    await Promise.all(asks.map(({ promise }) => promise));
    expect(reads).toEqual([['a', 'a', 'a']]);
  });

  it('is read anew in the next turn, so that nobody sees what was there before he asked', async () => {
    const { rows, reads, find } = createTable();
    rows.set('a', 'before');
    expect(await find(database, 'a')).toMatchObject({ name: 'before' });
    const asked = find(database, 'a');
    rows.set('a', 'after');
    expect(await asked).toMatchObject({ name: 'after' });
    await turn();
    expect(reads).toHaveLength(2);
  });

  it('fails together, and alone', async () => {
    const { rows, find, breakDown } = createTable();
    rows.set('a', 'first');
    breakDown(true);
    const failed = await Promise.allSettled([find(database, 'a'), find(database, 'b')]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    breakDown(false);
    expect(await find(database, 'a')).toMatchObject({ name: 'first' });
  });

  it('is read from its own database', async () => {
    const { reads, find } = createTable();
    await Promise.all([find(database, 'a'), find({} as Database, 'b')]);
    expect(reads).toEqual([['a'], ['b']]);
  });
});
