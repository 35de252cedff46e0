import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { Actor, Scope } from '../../src/auth/actor.ts';
import { checkEveryMs, type KeyHolder, watchKeys } from '../../src/auth/watch-keys.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const holderWith = (...scopes: Scope[]): KeyHolder => ({
  authorization: 'Bearer one',
  actor: { keyId: 'key', merchantId: 'merchant', shopId: undefined, scopes: new Set(scopes) },
});

/** Somebody who uses a key, and how often he heard that it is lost. */
const createUser = () => ({ onKeyLost: vi.fn<() => void>() });

/** A watch over one key, of which the test decides what it may do. */
function watchOver(first: KeyHolder) {
  let actor: Actor | undefined = first.actor;
  let asked = 0;
  const keyWatch = watchKeys({
    authenticate: async () => {
      asked += 1;
      return actor;
    },
    forget: () => {},
  });
  return {
    keyWatch,
    asked: () => asked,
    change: (holder: KeyHolder | undefined) => {
      actor = holder?.actor;
    },
  };
}

it('gives all who use a key one holder', () => {
  const first = holderWith('payments:read');
  const { keyWatch } = watchOver(first);
  expect(keyWatch.watch(first, createUser())).toBe(first);
  expect(keyWatch.watch(holderWith('payments:read'), createUser())).toBe(first);
});

it('gives nobody what his key has lost, although others still hold it, and tells only these', async () => {
  const first = holderWith('payments:read', 'refunds:write');
  const { keyWatch, change } = watchOver(first);
  const [holding, coming] = [createUser(), createUser()];
  keyWatch.watch(first, holding);
  const narrowed = holderWith('payments:read');
  change(narrowed);
  expect(keyWatch.watch(narrowed, coming)).toBe(narrowed);
  await vi.advanceTimersByTimeAsync(3 * checkEveryMs);
  expect([holding.onKeyLost.mock.calls.length, coming.onKeyLost.mock.calls.length]).toEqual([1, 0]);
});

it('looks once for all who use a key, tells each once of what it lost, and nobody who has left', async () => {
  const first = holderWith('payments:read');
  const { keyWatch, asked, change } = watchOver(first);
  const [staying, leaving] = [createUser(), createUser()];
  keyWatch.watch(first, staying);
  const other = holderWith('payments:read');
  keyWatch.watch(other, leaving);
  await vi.advanceTimersByTimeAsync(checkEveryMs);
  expect(asked()).toBe(1);
  keyWatch.unwatch(other, leaving);
  change(undefined);
  await vi.advanceTimersByTimeAsync(3 * checkEveryMs);
  expect([staying.onKeyLost.mock.calls.length, leaving.onKeyLost.mock.calls.length]).toEqual([1, 0]);
});

it('waits a second for a look that is not answered before it looks again, and tells once of a loss that both have seen', async () => {
  const first = holderWith('payments:read');
  const answers: PromiseWithResolvers<Actor | undefined>[] = [];
  const keyWatch = watchKeys({
    authenticate: () => {
      const answer = Promise.withResolvers<Actor | undefined>();
      answers.push(answer);
      return answer.promise;
    },
    forget: () => {},
  });
  const user = createUser();
  keyWatch.watch(first, user);
  await vi.advanceTimersByTimeAsync(3 * checkEveryMs);
  expect(answers).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(checkEveryMs);
  expect(answers).toHaveLength(2);
  for (const answer of answers) answer.resolve(undefined);
  await vi.advanceTimersByTimeAsync(2 * checkEveryMs);
  expect([answers.length, user.onKeyLost.mock.calls.length]).toEqual([2, 1]);
});

it('looks about once a second at all keys together while no look is answered, and no more when all have left', async () => {
  const looks: string[] = [];
  const keyWatch = watchKeys({
    authenticate: async (authorization = '') => {
      looks.push(`${authorization} at ${performance.now()}`);
      // As those that wait in vain for a connection, each until another moment.
      await new Promise((resolve) => setTimeout(resolve, 10_000 + 7 * looks.length));
      throw new Error('The database is away.');
    },
    forget: () => {},
  });
  const holders = ['one', 'two'].map((authorization) => {
    const { actor } = holderWith('payments:read');
    return { authorization, actor: { ...actor, keyId: authorization } };
  });
  const user = createUser();
  for (const holder of holders) keyWatch.watch(holder, user);
  await vi.advanceTimersByTimeAsync(60_000);
  const moments = (name: string) => looks.filter((look) => look.startsWith(name)).map((look) => look.split(' at ')[1]);
  expect(moments('one')).toEqual(moments('two'));
  expect([looks.length > 2 * 40, looks.length <= 2 * 60]).toEqual([true, true]);
  for (const holder of holders) keyWatch.unwatch(holder, user);
  const before = looks.length;
  await vi.advanceTimersByTimeAsync(60_000);
  expect([looks.length, user.onKeyLost.mock.calls.length]).toEqual([before, 0]);
});

it('looks once at a key that was shown in several spellings', async () => {
  const first = holderWith('payments:read');
  const { keyWatch, asked } = watchOver(first);
  keyWatch.watch(first, createUser());
  for (const authorization of ['bearer one', 'Bearer  one']) {
    expect(keyWatch.watch({ ...first, authorization }, createUser())).toBe(first);
  }
  await vi.advanceTimersByTimeAsync(checkEveryMs);
  expect(asked()).toBe(1);
});

it('looks at a key no more when all have left', async () => {
  const first = holderWith('payments:read');
  const { keyWatch, asked } = watchOver(first);
  const users = [createUser(), createUser()];
  for (const user of users) keyWatch.watch(first, user);
  for (const user of users) keyWatch.unwatch(first, user);
  await vi.advanceTimersByTimeAsync(3 * checkEveryMs);
  expect(asked()).toBe(0);
});

it('knows how many use a key, in whatever way it was shown', async () => {
  const first = holderWith('payments:read');
  const { keyWatch, change } = watchOver(first);
  const other = { ...first, authorization: 'bearer one' };
  const [one, two, three] = [createUser(), createUser(), createUser()];
  keyWatch.watch(first, one);
  keyWatch.watch(first, two);
  keyWatch.watch(other, three);
  expect([keyWatch.users('key'), keyWatch.users('another')]).toEqual([3, 0]);
  keyWatch.unwatch(first, one);
  keyWatch.unwatch(first, one);
  expect(keyWatch.users('key')).toBe(2);
  change(undefined);
  await vi.advanceTimersByTimeAsync(2 * checkEveryMs);
  expect(keyWatch.users('key')).toBe(0);
  keyWatch.unwatch(other, three);
  expect(keyWatch.users('key')).toBe(0);
});
