import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createEventFeed, type FeedOptions } from '../../src/realtime/follow-events.ts';
import { type FaultProxy, openFaultProxy } from '../faults/fault-proxy.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createShop } from '../support/factories.ts';
import { plain, writeEvents } from '../support/write-events.ts';
import { createScriptedBus, never, takeNumbers } from './take-events.ts';

let home: TestDatabase;
let near: Database;
/** The same database behind a network, of which a silent connection is never given up. */
let far: Database;
let network: FaultProxy;
let shopId: string;

beforeEach(async () => {
  home = await createTestDatabase();
  near = openDatabase({ url: home.url });
  const address = new URL(home.url);
  const port = Number(address.port);
  network = await openFaultProxy(() => port);
  address.port = String(network.port);
  far = openDatabase({ url: address.href, answerWithinMs: never });
  shopId = (await createShop(near)).shop.id;
});
afterEach(async () => {
  network.calm();
  await Promise.all([near.close(), far.close()]);
  await network.close();
  await home.drop();
});

/** Who follows the shop, from a number or from now on, by a feed on the far database. */
async function follow(after: bigint | undefined, options: Partial<FeedOptions>, onTestFinished: AtTheEnd) {
  const feed = createEventFeed({
    ...{ database: far, log: createLog('silent'), hints: createScriptedBus(), sweepEveryMs: never },
    ...options,
  });
  onTestFinished(() => feed.close());
  // The only connection that there is yet.
  await far.pool.query('select');
  return { feed, events: await feed.follow({ shopId, after }) };
}
type AtTheEnd = (close: () => Promise<void>) => void;

describe('While one connection to the database is silent and the others work, a follower', () => {
  it('begins', async ({ onTestFinished }) => {
    const { feed } = await follow(undefined, {}, onTestFinished);
    network.swallow();
    const events = await feed.follow({ shopId });
    await writeEvents(near, shopId, plain(1));
    expect(feed.followers()).toBe(2);
    await events.return();
  });

  it('is given what hints tell of', async ({ onTestFinished }) => {
    const hints = createScriptedBus();
    const { events } = await follow(undefined, { hints }, onTestFinished);
    await writeEvents(near, shopId, plain(2));
    network.swallow();
    hints.hint(shopId, 2n);
    expect(await takeNumbers(events, 2)).toEqual([1, 2]);
  });

  it('is given what no hint told of', async ({ onTestFinished }) => {
    const { events } = await follow(undefined, { sweepEveryMs: 50 }, onTestFinished);
    // A sweep that began before there was any connection has opened one more, which would fall silent with the first.
    while (far.pool.totalCount > 1) (await far.pool.connect()).release(true);
    network.swallow();
    await writeEvents(near, shopId, plain(2));
    expect(await takeNumbers(events, 2)).toEqual([1, 2]);
  });

  it('is given what was there before', async ({ onTestFinished }) => {
    await writeEvents(near, shopId, plain(2));
    const { events } = await follow(0n, {}, onTestFinished);
    network.swallow();
    expect(await takeNumbers(events, 2)).toEqual([1, 2]);
  });
});
