import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { readPatiently } from '../../src/kernel/read-patiently.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A read of which the test decides how each one ends. */
function script() {
  const reads: PromiseWithResolvers<string>[] = [];
  const read = (): Promise<string> => {
    const answer = Promise.withResolvers<string>();
    reads.push(answer);
    return answer.promise;
  };
  return { reads, answer: readPatiently(read) };
}

const aWhile = (): Promise<unknown> => vi.advanceTimersByTimeAsync(1_000);

describe('A read that is silent', () => {
  it('is done once more beside it, and whichever answers first counts', async () => {
    for (const [first, other] of [
      [0, 1],
      [1, 0],
    ] as const) {
      const { reads, answer } = script();
      await aWhile();
      reads[first]?.resolve('first');
      expect(await answer).toBe('first');
      reads[other]?.resolve('late');
    }
  });

  it('is not done ever more', async () => {
    const { reads, answer } = script();
    for (let times = 0; times < 5; times += 1) await aWhile();
    expect(reads).toHaveLength(2);
    reads.at(-1)?.resolve('at last');
    expect(await answer).toBe('at last');
  });

  it('has not failed while the other one may still answer, and fails for the reason of the first', async () => {
    const [saved, lost] = [script(), script()];
    const failure = expect(lost.answer).rejects.toThrow('first');
    await aWhile();
    for (const { reads } of [saved, lost]) reads[0]?.reject(new Error('first'));
    saved.reads[1]?.resolve('good');
    lost.reads[1]?.reject(new Error('second'));
    expect(await saved.answer).toBe('good');
    await failure;
  });
});

describe('A read that ends in time', () => {
  it('is the only one, whether it answers or fails', async () => {
    const [good, bad] = [script(), script()];
    const failure = expect(bad.answer).rejects.toThrow('no');
    good.reads[0]?.resolve('yes');
    bad.reads[0]?.reject(new Error('no'));
    expect(await good.answer).toBe('yes');
    await failure;
    await aWhile();
    expect([good.reads.length, bad.reads.length]).toEqual([1, 1]);
  });
});
