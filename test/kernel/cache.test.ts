import { describe, expect, it } from 'vitest';
import { createCache } from '../../src/kernel/cache.ts';

/** A source that counts what it is asked, and answers when it is told to. */
function createSource() {
  const asked: string[] = [];
  const held: PromiseWithResolvers<string | undefined>[] = [];
  return {
    asked,
    held,
    load: (key: string): Promise<string | undefined> => {
      asked.push(key);
      const answer = Promise.withResolvers<string | undefined>();
      held.push(answer);
      return answer.promise;
    },
    answerAll: (value: string | undefined) => {
      for (const answer of held.splice(0)) answer.resolve(value);
    },
  };
}

const longTime = 3_600_000;

describe('A cache', () => {
  it('asks once for a key, however many want it at once', async () => {
    const source = createSource();
    const cache = createCache({ load: source.load, ageMsMax: longTime, entriesMax: 10 });
    const answers = Promise.all(Array.from({ length: 100 }, () => cache.get('a')));
    source.answerAll('value');
    expect(await answers).toEqual(Array.from({ length: 100 }, () => 'value'));
    expect(await cache.get('a')).toBe('value');
    expect(source.asked).toEqual(['a']);
  });

  it('asks again once a value is too old', async () => {
    const asked: string[] = [];
    const load = async (key: string): Promise<string> => `${key}${asked.push(key)}`;
    const cache = createCache({ load, ageMsMax: 0, entriesMax: 10 });
    expect([await cache.get('a'), await cache.get('a')]).toEqual(['a1', 'a2']);
  });

  it('asks again for what does not exist, so that it is seen as soon as it is made', async () => {
    const source = createSource();
    const cache = createCache({ load: source.load, ageMsMax: longTime, entriesMax: 10 });
    const first = cache.get('a');
    source.answerAll(undefined);
    expect(await first).toBeUndefined();
    const second = cache.get('a');
    source.answerAll('made');
    expect(await second).toBe('made');
  });

  it('tells everybody of a failure, and asks again', async () => {
    const source = createSource();
    const cache = createCache({ load: source.load, ageMsMax: longTime, entriesMax: 10 });
    const failing = Promise.allSettled([cache.get('a'), cache.get('a')]);
    source.held.splice(0)[0]?.reject(new Error('away'));
    expect((await failing).map((one) => one.status)).toEqual(['rejected', 'rejected']);
    const again = cache.get('a');
    source.answerAll('back');
    expect(await again).toBe('back');
  });

  it('asks again for a key it was told to forget, even one that is being loaded', async () => {
    const source = createSource();
    const cache = createCache({ load: source.load, ageMsMax: longTime, entriesMax: 10 });
    const old = cache.get('a');
    cache.forget('a');
    const fresh = cache.get('a');
    source.held[0]?.resolve('before the change');
    source.held[1]?.resolve('after it');
    expect(await Promise.all([old, fresh])).toEqual(['before the change', 'after it']);
    expect(await cache.get('a')).toBe('after it');
  });

  it('lets the oldest go when there are too many', async () => {
    const asked: string[] = [];
    const load = async (key: string): Promise<string> => `${key}${asked.push(key)}`;
    const cache = createCache({ load, ageMsMax: longTime, entriesMax: 2 });
    for (const key of ['a', 'b', 'c', 'b', 'c', 'a']) await cache.get(key);
    expect(asked).toEqual(['a', 'b', 'c', 'a']);
  });
});
