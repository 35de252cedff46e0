import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type Actor, Unauthenticated } from '../../src/auth/actor.ts';
import { checkEveryMs, watchKeys } from '../../src/auth/watch-keys.ts';
import type { GraphContext } from '../../src/graphql/context.ts';
import type { Event } from '../../src/kernel/db/generated/prisma/client.ts';
import { over, sourceOf } from '../../src/kernel/source.ts';
import { liveEvents } from '../../src/realtime/graphql/live-events.ts';
import type { Followed } from '../../src/realtime/walk-log.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const actor: Actor = { keyId: 'key', merchantId: 'merchant', shopId: undefined, scopes: new Set(['payments:read']) };

/** A subscription of one key, of which the test decides when it is lost, and when it is known where the events begin. */
function subscribe() {
  let isGood = true;
  const keyWatch = watchKeys({ authenticate: async () => (isGood ? actor : undefined), forget: () => {} });
  const start = Promise.withResolvers<Followed>();
  let ended = false;
  const walk: Followed = sourceOf<Event, { from: bigint }>({
    take: () => (ended ? over : undefined),
    wait: () => {},
    end: () => {
      ended = true;
    },
    from: 0n,
  });
  const app = { feed: { follow: () => start.promise }, keyWatch, openPerKey: 0 };
  const context = { app, authorization: 'Bearer one' } as unknown as GraphContext;
  return {
    live: liveEvents(context, actor, { shopId: 'shop' }),
    begin: () => start.resolve(walk),
    refuse: start.reject,
    loseKey: () => {
      isGood = false;
    },
    users: () => keyWatch.users(actor.keyId),
    ended: () => ended,
  };
}

it('A subscription whose key is lost while it begins ends, and says why', async () => {
  const { live, begin, loseKey, users, ended } = subscribe();
  loseKey();
  await vi.advanceTimersByTimeAsync(checkEveryMs);
  expect(users()).toBe(0);
  begin();
  const events = await live;
  expect(events.take()).toEqual({ done: false, value: { end: expect.any(Unauthenticated) } });
  expect([events.take(), ended()]).toEqual([over, true]);
});

it('A subscription that cannot begin is none of those that its key has open', async () => {
  const { live, refuse, users } = subscribe();
  expect(users()).toBe(1);
  refuse(new Error('The log cannot be read.'));
  await expect(live).rejects.toThrow('The log cannot be read.');
  expect(users()).toBe(0);
});

it('A subscription that has ended is none of those that its key has open', async () => {
  const { live, begin, users } = subscribe();
  begin();
  const events = await live;
  expect(users()).toBe(1);
  events.end();
  expect(users()).toBe(0);
});
