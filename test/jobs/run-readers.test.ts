import { setImmediate as immediate } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { type Reader, startReaders } from '../../src/jobs/run-readers.ts';
import type { Loop } from '../../src/jobs/start-loop.ts';
import type { Database, News } from '../../src/kernel/db/database.ts';
import type { EventType } from '../../src/kernel/db/generated/prisma/enums.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createListeners } from '../../src/realtime/listen-hints.ts';
import { never } from '../realtime/take-events.ts';
import { createInbox } from '../start/inbox.ts';

const open: Loop[] = [];

afterEach(async () => {
  await Promise.all(open.splice(0).map((readers) => readers.stop()));
});

/** What a reader does at its three steps, after what it was asked has been noted. */
type Steps = Partial<Pick<Reader, 'behind' | 'passOver' | 'run'>>;

/** Starts one reader that hears of shops what the test says, and notes of which shops it was asked what. */
function start(
  { behind = async () => [], passOver = async (ids) => [...ids], run = async () => [] }: Steps = {},
  sweepEveryMs = never,
) {
  const [swept, looked, read] = [createInbox<true>(), createInbox<string[]>(), createInbox<string[]>()];
  const others = createListeners();
  const own = new Set<Parameters<Database['onNews']>[0]>();
  const reader: Reader = {
    name: 'test',
    reads: new Set(['TRANSACTION_SETTLED']),
    behind: () => {
      swept.put(true);
      return behind();
    },
    passOver: (shopIds) => {
      looked.put([...shopIds]);
      return passOver(shopIds);
    },
    run: (shopIds) => {
      read.put([...shopIds]);
      return run(shopIds);
    },
  };
  // What readers use of a database, and no more.
  const database = {
    onNews: (listener: Parameters<Database['onNews']>[0]) => {
      own.add(listener);
      return () => own.delete(listener);
    },
  } as unknown as Database;
  const hints = { share: others.add };
  const readers = startReaders({ database, hints, log: createLog('silent'), readers: [reader], sweepEveryMs });
  open.push(readers);
  const hint = (...shopIds: string[]): void => others.tell(new Map(shopIds.map((id) => [id, 1n])) satisfies News);
  const commit = (shopId: string, type: EventType): void => {
    for (const listener of own) listener(new Map([[shopId, 1n]]), new Set([type]));
  };
  return { readers, hint, commit, swept, looked, read, listening: () => own.size + others.count() };
}

/** Resolves when a reader that rested before has done so: another one has rested since, after which it looks again. */
async function rest(): Promise<void> {
  const { hint, looked } = start();
  for (const [place, shopId] of ['one', 'two'].entries()) {
    hint(shopId);
    await looked.until((all) => all.length > place);
  }
}

describe('A reader of many logs', () => {
  it('reads in the logs in which something is left, also after it has passed over all that there was', async () => {
    const { hint, looked, read } = start({ passOver: async (ids) => ids.filter((id) => id === 'told') });
    hint('untold');
    await looked.until((all) => all.length === 1);
    hint('told');
    expect(await read.until((all) => all.length === 1)).toEqual([['told']]);
  });

  it('looks at once where there is something of a type that it reads, and passes over all else with the sweep', async () => {
    const { commit, looked, swept } = start();
    await swept.until((all) => all.length === 1);
    // The first sweep ends with what was asked for before.
    await immediate();
    commit('new payments', 'PAYMENT_CREATED');
    commit('settled', 'TRANSACTION_SETTLED');
    await looked.until((all) => all.length === 1);
    commit('settled', 'TRANSACTION_SETTLED');
    expect(await looked.until((all) => all.length === 2)).toEqual([['settled'], ['settled']]);
    const often = start({}, 1);
    often.commit('new payments', 'PAYMENT_CREATED');
    expect(await often.looked.until((all) => all.length === 1)).toEqual([['new payments']]);
  });

  it('does not pass over with the sweep what it has looked at since', async () => {
    const { commit, looked, swept } = start({}, 1);
    commit('shop', 'PAYMENT_CREATED');
    commit('shop', 'TRANSACTION_SETTLED');
    await looked.until((all) => all.length === 1);
    const sweeps = swept.items.length;
    await swept.until((all) => all.length > sweeps + 1);
    commit('other', 'TRANSACTION_SETTLED');
    expect(await looked.until((all) => all.length === 2)).toEqual([['shop'], ['other']]);
  });

  it('looks at others while it reads, but reads once at a time and does not look at who waits in line', async () => {
    const mayEnd = Promise.withResolvers<string[]>();
    const { hint, looked, read } = start({ run: () => mayEnd.promise });
    hint('first');
    await read.until((all) => all.length === 1);
    hint('second');
    await looked.until((all) => all.length === 2);
    hint('second', 'third');
    expect(await looked.until((all) => all.length === 3)).toEqual([['first'], ['second'], ['third']]);
    expect(read.items).toEqual([['first']]);
    mayEnd.resolve([]);
    expect((await read.until((all) => all.flat().length === 3)).flat()).toEqual(['first', 'second', 'third']);
  });

  it('looks again at the one that it is just reading when there is news of it, and reads it again', async () => {
    const mayEnd = Promise.withResolvers<string[]>();
    const { hint, looked, read } = start({ run: () => mayEnd.promise });
    hint('shop');
    await read.until((all) => all.length === 1);
    hint('shop');
    await looked.until((all) => all.length === 2);
    mayEnd.resolve([]);
    expect(await read.until((all) => all.length === 2)).toEqual([['shop'], ['shop']]);
  });

  it.each(['swept', 'looked', 'read'] as const)(
    'that is stopped while it has just %s ends that, and begins nothing more',
    async (at) => {
      const mayEnd = Promise.withResolvers<string[]>();
      const steps: string[] = [];
      const ends = async (): Promise<string[]> => {
        const shopIds = await mayEnd.promise;
        steps.push('work ended');
        return shopIds;
      };
      const work = { swept: { behind: ends }, looked: { passOver: ends }, read: { run: ends } }[at];
      const { readers, hint, ...noted } = start(work);
      if (at !== 'swept') hint('shop');
      await noted[at].until((all) => all.length === 1);
      if (at === 'looked') hint('next');
      const before = [noted.looked.items.length, noted.read.items.length];
      const stopping = readers.stop().then(() => steps.push('reader stopped'));
      await rest();
      mayEnd.resolve(['shop', 'other']);
      await stopping;
      expect(steps).toEqual(['work ended', 'reader stopped']);
      expect([noted.looked.items.length, noted.read.items.length]).toEqual(before);
    },
  );

  it('that is stopped does not try one by one what could not be read together', async () => {
    const mayFail = Promise.withResolvers<string[]>();
    const { readers, hint, read } = start({ passOver: async () => ['one', 'two'], run: () => mayFail.promise });
    hint('one');
    await read.until((all) => all.length === 1);
    const stopping = readers.stop();
    mayFail.reject(new Error('not today'));
    await stopping;
    expect(read.items).toEqual([['one', 'two']]);
  });

  it('hears nothing any more once it has stopped, so that hints go to those who still work', async () => {
    const { readers, listening } = start();
    expect(listening()).toBe(2);
    await readers.stop();
    expect(listening()).toBe(0);
  });
});
