import { describe, expect, it } from 'vitest';
import { createLane, type Outcome, outcomeOf } from '../../src/kernel/batch.ts';
import { DatabaseUnavailable } from '../../src/kernel/db/database.ts';
import { NotFound } from '../../src/kernel/errors.ts';

const double = (items: readonly number[]): Outcome<number>[] => items.map((item) => ({ value: item * 2 }));

describe('A lane', () => {
  it('does what arrives together in one batch, and gives everybody his own result', async () => {
    const sizes: number[] = [];
    const lane = createLane<number, number>(async (items) => {
      sizes.push(items.length);
      return double(items);
    });
    expect(await Promise.all([1, 2, 3].map((item) => lane.submit(item)))).toEqual([2, 4, 6]);
    expect(sizes).toEqual([3]);
  });

  it('has one batch in flight, and the next takes all that came meanwhile', async () => {
    const gates: PromiseWithResolvers<void>[] = [];
    const batches: (readonly number[])[] = [];
    const started = Promise.withResolvers<void>();
    const lane = createLane<number, number>(async (items) => {
      batches.push(items);
      const gate = Promise.withResolvers<void>();
      gates.push(gate);
      started.resolve();
      if (batches.length === 1) await gate.promise;
      return double(items);
    });
    const first = lane.submit(1);
    await started.promise;
    const others = [2, 3, 4].map((item) => lane.submit(item));
    expect(batches).toEqual([[1]]);
    gates[0]?.resolve();
    expect(await Promise.all([first, ...others])).toEqual([2, 4, 6, 8]);
    expect(batches).toEqual([[1], [2, 3, 4]]);
  });

  it('never takes more than 512 at once', async () => {
    const sizes: number[] = [];
    const lane = createLane<number, number>(async (items) => {
      sizes.push(items.length);
      return double(items);
    });
    const results = await Promise.all(Array.from({ length: 1_300 }, (_, item) => lane.submit(item)));
    expect(results).toEqual(Array.from({ length: 1_300 }, (_, item) => item * 2));
    expect(sizes).toEqual([512, 512, 276]);
  });

  it('tells a refusal to its sender alone', async () => {
    const lane = createLane<number, number>(async (items) =>
      items.map((item) => (item === 2 ? { refusal: new NotFound('No 2.') } : { value: item })),
    );
    const results = await Promise.allSettled([1, 2, 3].map((item) => lane.submit(item)));
    expect(results.map((one) => (one.status === 'fulfilled' ? one.value : one.reason.message))).toEqual([
      1,
      'No 2.',
      3,
    ]);
  });

  it('lets bad items fail alone, in the order of the others', async () => {
    const done: number[] = [];
    const lane = createLane<number, number>(async (items) => {
      if (items.some((item) => item % 40 === 7)) throw new Error('bad item');
      done.push(...items);
      return double(items);
    });
    const results = await Promise.allSettled(Array.from({ length: 100 }, (_, item) => lane.submit(item)));
    const failed = results.flatMap((one, item) => (one.status === 'rejected' ? [item] : []));
    expect(failed).toEqual([7, 47, 87]);
    expect(done).toEqual(Array.from({ length: 100 }, (_, item) => item).filter((item) => !failed.includes(item)));
  });

  it('goes on after a batch that failed as a whole', async () => {
    let broken = true;
    const lane = createLane<number, number>(async (items) => {
      if (broken) throw new Error('away');
      return double(items);
    });
    await expect(lane.submit(1)).rejects.toThrow('away');
    broken = false;
    expect(await lane.submit(2)).toBe(4);
  });

  it('fails at once, not half by half, while there is no database', async () => {
    let runs = 0;
    const lane = createLane<number, number>(async () => {
      runs += 1;
      throw new DatabaseUnavailable('away');
    });
    const results = await Promise.allSettled(Array.from({ length: 100 }, (_, item) => lane.submit(item)));
    expect(results.filter((one) => one.status === 'rejected')).toHaveLength(100);
    expect(runs).toBe(1);
  });

  it('says so when a batch forgets an item', async () => {
    const lane = createLane<number, number>(async (items) => double(items.slice(1)));
    const results = await Promise.allSettled([lane.submit(1), lane.submit(2)]);
    expect(results.map((one) => one.status)).toEqual(['fulfilled', 'rejected']);
  });

  it('is idle once everything is done', async () => {
    const done: number[] = [];
    const lane = createLane<number, number>(async (items) => {
      done.push(...items);
      return double(items);
    });
    await lane.idle();
    void lane.submit(1);
    void lane.submit(2);
    await lane.idle();
    expect(done).toEqual([1, 2]);
  });
});

describe('A check that may refuse', () => {
  it('gives its value, or its refusal, and lets our own errors pass', () => {
    const refusal = new NotFound('Nothing.');
    expect(outcomeOf(() => 1)).toEqual({ value: 1 });
    expect(
      outcomeOf(() => {
        throw refusal;
      }),
    ).toEqual({ refusal });
    expect(() =>
      outcomeOf(() => {
        throw new TypeError('our bug');
      }),
    ).toThrow('our bug');
  });
});
