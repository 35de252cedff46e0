import { describe, expect, it, vi } from 'vitest';
import type { Event } from '../../src/kernel/db/generated/prisma/client.ts';
import { createRing } from '../../src/realtime/model.ts';
import { createTail } from '../../src/realtime/tail-log.ts';

const at = new Date('2026-03-02T12:00:00.000Z');
const subject = {
  ...{ paymentId: null, transactionId: null, refundId: null, payoutId: null, profileId: null },
  ...{ captureId: null, voidId: null },
};
const event = (number: bigint): Event => ({ shopId: 's', number, type: 'PAYMENT_CREATED', at, ...subject, data: {} });

/** A tail on a log of which the test decides when a read ends, and where the log ended when it was read. */
function createScript(pageSize = 100) {
  const reads: { readonly after: bigint; readonly answer: (last: bigint) => void }[] = [];
  let left = 0;
  const tail = createTail({
    pageSize,
    recentMax: 10,
    onError: (error) => {
      throw error;
    },
    onLeft: () => {
      left += 1;
    },
    readAfter: (after) =>
      new Promise((resolve) => {
        const answer = (last: bigint): void => {
          const numbers = Array.from({ length: Number(last - after) }, (_, index) => after + BigInt(index + 1));
          resolve(numbers.slice(0, pageSize).map(event));
        };
        reads.push({ after, answer });
      }),
  });
  /** Ends the read under way, and lets the tail do what follows. */
  const answer = async (last: bigint): Promise<void> => {
    reads.at(-1)?.answer(last);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { tail, reads, answer, left: () => left };
}

describe('The tail of a log', () => {
  it('reads again when it hears, during a read, of an event that the read did not see', async () => {
    const { tail, reads, answer } = createScript();
    tail.join({ wake: () => {} });
    tail.open(0n);
    tail.hear(1n);
    tail.hear(2n);
    await answer(1n);
    expect(reads.map((read) => read.after)).toEqual([0n, 1n]);
    await answer(2n);
    expect(tail.end()).toBe(2n);
    expect(reads).toHaveLength(2);
  });

  it('does not read again for what the read under way has seen', async () => {
    const { tail, reads, answer } = createScript();
    tail.join({ wake: () => {} });
    tail.open(0n);
    tail.hear(1n);
    tail.hear(2n);
    await answer(3n);
    tail.hear(3n);
    expect(tail.end()).toBe(3n);
    expect(reads).toHaveLength(1);
  });

  it('reads nothing before it knows where to begin, and then what it heard of meanwhile', () => {
    const { tail, reads } = createScript();
    tail.join({ wake: () => {} });
    tail.hear(9n);
    expect(reads).toEqual([]);
    tail.open(7n);
    expect(reads.map((read) => read.after)).toEqual([7n]);
  });

  it('has heard of what it read when it wakes its followers, although hints said less', async () => {
    const { tail, answer } = createScript();
    const heard: bigint[] = [];
    tail.join({ wake: () => void heard.push(tail.heard()) });
    tail.open(0n);
    tail.hear(1n);
    await answer(3n);
    expect(heard).toEqual([3n]);
  });

  it('reads beside a read that is silent, and gives nothing twice when that answers late, with less or with more', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    const { tail, reads, answer } = createScript();
    const woken: bigint[] = [];
    tail.join({ wake: () => void woken.push(tail.end()) });
    tail.open(0n);
    for (const late of [1n, 9n]) {
      const before = reads.length;
      tail.hear(tail.end() + 2n);
      await vi.advanceTimersByTimeAsync(1_000);
      expect(reads.slice(before).map((read) => read.after)).toEqual([tail.end(), tail.end()]);
      await answer(tail.end() + 2n);
      reads[before]?.answer(late);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect([tail.end(), woken, reads.length]).toEqual([4n, [2n, 4n], 4]);
    vi.useRealTimers();
  });

  it('stops in the middle when nobody follows any more', async () => {
    const { tail, reads, answer, left } = createScript(2);
    const followers = [{ wake: () => {} }, { wake: () => {} }] as const;
    for (const follower of followers) tail.join(follower);
    tail.open(0n);
    tail.hear(6n);
    tail.leave(followers[0]);
    tail.leave(followers[0]);
    expect(left()).toBe(0);
    tail.leave(followers[1]);
    expect(left()).toBe(1);
    await answer(6n);
    expect(reads).toHaveLength(1);
  });
});

describe('The ring of recent events', () => {
  it('keeps as many as it has room for', () => {
    const ring = createRing(3);
    for (const number of [5n, 6n, 7n, 8n]) ring.add(event(number));
    expect([4n, 5n, 6n, 7n, 8n, 9n].map((number) => ring.get(number)?.number)).toEqual([
      ...[undefined, undefined, 6n, 7n, 8n, undefined],
    ]);
  });

  it('forgets what came before a hole, so that nobody walks across it', () => {
    const ring = createRing(3);
    for (const number of [5n, 6n, 8n]) ring.add(event(number));
    expect([5n, 6n, 7n, 8n].map((number) => ring.get(number)?.number)).toEqual([undefined, undefined, undefined, 8n]);
  });

  it('keeps fewer when there may be fewer, and holds on to none of the others', () => {
    let most = 4;
    const ring = createRing(4, () => most);
    const kept = (): bigint[] => [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n].filter((number) => ring.get(number));
    for (const number of [1n, 2n, 3n, 4n]) ring.add(event(number));
    most = 2;
    ring.add(event(5n));
    expect(kept()).toEqual([4n, 5n]);
    most = 4;
    for (const number of [6n, 7n, 8n]) ring.add(event(number));
    expect(kept()).toEqual([5n, 6n, 7n, 8n]);
    most = 1;
    ring.trim();
    expect(kept()).toEqual([8n]);
  });
});
