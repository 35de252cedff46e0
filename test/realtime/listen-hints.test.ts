import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Database, type News, openDatabase } from '../../src/kernel/db/database.ts';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createEventFeed, type FeedOptions } from '../../src/realtime/follow-events.ts';
import { type HintBus, listenForHints } from '../../src/realtime/listen-hints.ts';
import { openFaultProxy } from '../faults/fault-proxy.ts';
import { createInbox } from '../start/inbox.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createShop } from '../support/factories.ts';
import { openPooler } from '../support/pooler.ts';
import { plain, writeEvents } from '../support/write-events.ts';
import { createScriptedBus, never, take, takeNumbers, watchReads } from './take-events.ts';

const log = createLog('silent');
let home: TestDatabase;
let database: Database;
let otherDatabase: Database;
let shopId: string;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  home = await createTestDatabase();
  database = openDatabase({ url: home.url });
  otherDatabase = openDatabase({ url: home.url });
});
afterAll(async () => {
  await Promise.all([database?.close(), otherDatabase?.close()]);
  await home?.drop();
});
beforeEach(async () => {
  shopId = (await createShop(database)).shop.id;
});
afterEach(async () => {
  await Promise.all(open.splice(0).map((each) => each.close()));
});

/** Opens a bus as a process does, and gives it with the function that awaits its next connection. */
async function openBus(url = home.url): Promise<{ bus: HintBus; connected: () => Promise<void> }> {
  let connections = 0;
  let awaited = 0;
  let wake = (): void => {};
  const onListening = (): void => {
    connections += 1;
    wake();
  };
  const bus = listenForHints({ url, log, retryAfterMs: 1, onListening });
  open.push(bus);
  const connected = async (): Promise<void> => {
    awaited += 1;
    while (connections < awaited) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  await connected();
  return { bus, connected };
}

function openFeed(options: Partial<FeedOptions> = {}) {
  const feed = createEventFeed({ database, log, hints: createScriptedBus(), sweepEveryMs: never, ...options });
  open.push(feed);
  return feed;
}

/** Resolves with all that was heard, once a hint for this shop came. */
function heardUntil(bus: HintBus, lastShopId: string): Promise<News[]> {
  const heard: News[] = [];
  return new Promise((resolve) => {
    bus.subscribe((news) => {
      heard.push(news);
      if (news.has(lastShopId)) resolve(heard);
    });
  });
}

describe('Hints between processes', () => {
  it('reach the others, but not the sender', async () => {
    const [{ bus: one }, { bus: other }] = [await openBus(), await openBus()];
    const hints = heardUntil(other, shopId);
    const atSender: News[] = [];
    one.subscribe((news) => void atSender.push(news));
    one.publish(new Map([[shopId, 7n]]));
    expect(await hints).toEqual([new Map([[shopId, 7n]])]);
    const answer = randomUUID();
    const back = heardUntil(one, answer);
    other.publish(new Map([[answer, 1n]]));
    await back;
    expect(atSender).toEqual([new Map([[answer, 1n]])]);
  });

  it('reach the sender neither behind a pooler, which gives connections numbers of its own', async () => {
    const pooler = await openPooler(home.url, 'session');
    const [{ bus: one }, { bus: other }] = [await openBus(pooler.url), await openBus()];
    const hints = heardUntil(other, shopId);
    const atSender: News[] = [];
    one.subscribe((news) => void atSender.push(news));
    one.publish(new Map([[shopId, 7n]]));
    await hints;
    const answer = randomUUID();
    const back = heardUntil(one, answer);
    other.publish(new Map([[answer, 1n]]));
    await back;
    expect(atSender).toEqual([new Map([[answer, 1n]])]);
    await one.close();
    await pooler.close();
  });

  it('of many shops travel in as few messages as hold them', async () => {
    const [{ bus: one }, { bus: other }] = [await openBus(), await openBus()];
    const news = new Map(Array.from({ length: 500 }, () => [randomUUID() as string, 2n ** 63n - 1n]));
    const last = [...news.keys()].at(-1) as string;
    const hints = heardUntil(other, last);
    one.publish(news);
    const heard = await hints;
    expect(heard.length).toBe(4);
    expect(new Map(heard.flatMap((each) => [...each]))).toEqual(news);
  });

  it('are gathered while one is on its way, the highest number of each shop', async () => {
    const [{ bus: one }, { bus: other }] = [await openBus(), await openBus()];
    const last = randomUUID();
    const hints = heardUntil(other, last);
    for (const number of [1n, 3n, 2n]) one.publish(new Map([[shopId, number]]));
    one.publish(new Map([[last, 1n]]));
    expect(await hints).toEqual([
      new Map([[shopId, 1n]]),
      new Map([
        [shopId, 3n],
        [last, 1n],
      ]),
    ]);
  });

  it('that are still to be sent are sent when the bus is closed', async () => {
    const [{ bus: one }, { bus: other }] = [await openBus(), await openBus()];
    const last = randomUUID();
    const hints = heardUntil(other, last);
    one.publish(new Map([[shopId, 1n]]));
    one.publish(new Map([[last, 1n]]));
    await one.close();
    expect(await hints).toEqual([new Map([[shopId, 1n]]), new Map([[last, 1n]])]);
  });

  it('go on after the connection was lost', async () => {
    const [one, other] = [await openBus(), await openBus()];
    await database.pool.query(
      `select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and query ~ '^(listen|select pg_notify)' and pid <> pg_backend_pid()`,
    );
    await Promise.all([one.connected(), other.connected()]);
    const hints = heardUntil(other.bus, shopId);
    one.bus.publish(new Map([[shopId, 7n]]));
    expect(await hints).toEqual([new Map([[shopId, 7n]])]);
  });

  it('end when they are to, although the network to the database has fallen silent', async () => {
    const network = await openFaultProxy(() => Number(new URL(home.url).port));
    open.push(network);
    const url = Object.assign(new URL(home.url), { port: network.port }).href;
    const { promise: connected, resolve: onListening } = Promise.withResolvers<void>();
    const bus = listenForHints({ url, log, onListening });
    await connected;
    network.swallow();
    await bus.close();
  });

  it('are sent to nobody while no other process is there, and from when one is', async () => {
    const watcher = new pg.Client({ connectionString: home.url });
    open.push({ close: () => watcher.end() });
    await watcher.connect();
    await watcher.query('listen bramka_hint');
    const said = createInbox<string>();
    watcher.on('notification', ({ payload = '' }) => said.put(payload));
    const bus = listenForHints({ url: home.url, log, hereEveryMs: 5 });
    open.push(bus);
    const turns = async (count: number): Promise<readonly string[]> => {
      const before = said.items.length;
      return (await said.until((all) => all.length >= before + count)).slice(before);
    };
    await turns(8);
    bus.publish(new Map([[shopId, 1n]]));
    expect(new Set(await turns(3))).toEqual(new Set(['here']));
    const hints = heardUntil((await openBus()).bus, shopId);
    // It may not have heard of the other one yet.
    while (!said.items.includes(`${shopId}:2`)) {
      bus.publish(new Map([[shopId, 2n]]));
      await turns(1);
    }
    // Said as often as it took, and nothing of what was published before.
    expect(new Set((await hints).map((news) => news.get(shopId)))).toEqual(new Set([2n]));
  });

  it('that are none are passed over', async () => {
    const { bus } = await openBus();
    const hints = heardUntil(bus, shopId);
    const rubbish = `,:,${shopId}:-1,${shopId},${shopId}:1e3,x:1,'; drop,${shopId}:5`;
    await database.pool.query('select pg_notify($1, $2)', ['bramka_hint', rubbish]);
    expect(await hints).toEqual([new Map([[shopId, 5n]])]);
  });
});

describe('A follower', () => {
  it('is woken by what another process commits', async () => {
    const [{ bus: here }, { bus: there }] = [await openBus(), await openBus()];
    const feed = openFeed({ hints: here });
    openFeed({ database: otherDatabase, hints: there });
    const events = await feed.follow({ shopId });
    const taking = takeNumbers(events, 3);
    await writeEvents(otherDatabase, shopId, plain(2));
    await writeEvents(otherDatabase, shopId, plain(1));
    expect(await taking).toEqual([1, 2, 3]);
  });

  it('is woken with the feed’s own connection, when none is given', async () => {
    const feed = createEventFeed({ database, log, sweepEveryMs: 10 });
    open.push(feed);
    const taking = takeNumbers(await feed.follow({ shopId }), 1);
    await writeEvents(otherDatabase, shopId, plain(1));
    expect(await taking).toEqual([1]);
  });

  it('gets everything when every hint is lost, by the sweep', async () => {
    const feed = openFeed({ sweepEveryMs: 10 });
    const events = await feed.follow({ shopId });
    for (const number of [1, 2, 3]) {
      const taking = takeNumbers(events, 1);
      await writeEvents(otherDatabase, shopId, plain(1));
      expect(await taking).toEqual([number]);
    }
  });

  it('gets everything when no connection for hints can be made', async () => {
    const unreachable = listenForHints({ url: 'postgresql://127.0.0.1:1/none', log, retryAfterMs: 1 });
    const feed = openFeed({ hints: unreachable, sweepEveryMs: 10 });
    const taking = takeNumbers(await feed.follow({ shopId }), 1);
    await writeEvents(otherDatabase, shopId, plain(1));
    expect(await taking).toEqual([1]);
  });

  it('gets everything after reads have failed, and a replaying one is told from where to go on', async () => {
    let failures = 2;
    const failing = watchReads(database, (name) => {
      if (name === 'read-events' && failures > 0) {
        failures -= 1;
        throw new Error('The database is away.');
      }
    });
    await writeEvents(database, shopId, plain(1));
    const feed = openFeed({ database: failing, sweepEveryMs: 10 });
    const replaying = take(await feed.follow({ shopId, after: 0n }), 1);
    await expect(replaying).rejects.toMatchObject({
      ...{ name: 'LogUnread', cursor: encodeCursor(shopId, 0n) },
      cause: { cause: new Error('The database is away.') },
    });
    const taking = takeNumbers(await feed.follow({ shopId }), 1);
    await writeEvents(database, shopId, plain(1));
    expect(await taking).toEqual([2]);
    expect(failures).toBe(0);
  });

  it('is not misled by hints that are wrong, nor are they believed for long', async () => {
    const reads: string[] = [];
    const bus = createScriptedBus();
    const feed = openFeed({ database: watchReads(database, (name) => reads.push(name)), hints: bus });
    const events = await feed.follow({ shopId });
    reads.length = 0;
    bus.hint(shopId, 10n ** 15n);
    bus.hint(randomUUID(), 5n);
    const taking = takeNumbers(events, 2);
    await writeEvents(database, shopId, plain(1));
    await writeEvents(database, shopId, plain(1));
    expect(await taking).toEqual([1, 2]);
    expect(reads.length).toBeLessThanOrEqual(4);
    reads.length = 0;
    bus.hint(shopId, 1n);
    expect(reads).toEqual([]);
  });

  it('that other processes may have is hinted about what this one wrote, once for each commit', async () => {
    const bus = createScriptedBus();
    openFeed({ hints: bus });
    await writeEvents(database, shopId, plain(3));
    expect(bus.published).toEqual([new Map([[shopId, 3n]])]);
  });
});
