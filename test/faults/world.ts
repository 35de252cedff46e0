import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Demo } from '../../src/demo.ts';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { encodeCursor } from '../../src/kernel/events/cursor.ts';
import { createShop } from '../support/factories.ts';
import { startNats } from '../support/nats-server.ts';
import { type Buyers, createBuyers } from './buyers.ts';
import { type Chance, createChance } from './chance.ts';
import { type Cluster, openCluster } from './cluster.ts';
import { type FaultProxy, openFaultProxy } from './fault-proxy.ts';
import { type Fleet, openFleet } from './fleet.ts';
import type { Scale } from './scale.ts';
import { type FaultyShop, openFaultyShop } from './shop.ts';
import { type Follower, followEvents } from './subscribers.ts';

/** The server by which processes hint each other, and which may go away. */
export type Nats = { readonly url: string; setAway(isAway: boolean): Promise<void> };

/** Everything that takes part in a storm. */
export type World = {
  readonly scale: Scale;
  /** The chance by which faults are chosen; buyers and the shop have theirs. */
  readonly chance: Chance;
  readonly cluster: Cluster;
  /** Between the processes and PostgreSQL. */
  readonly wire: FaultProxy;
  /** Undefined where processes hint each other by NOTIFY. */
  readonly nats: Nats | undefined;
  readonly fleet: Fleet;
  readonly shop: FaultyShop;
  readonly shopIds: readonly string[];
  readonly followers: readonly Follower[];
  readonly buyers: Buyers;
  /** A look into the database past the proxy; another one after each restart of PostgreSQL. */
  look<Result>(work: (database: Database) => Promise<Result>): Promise<Result>;
  end(): Promise<void>;
};

/** Three shops, so that batches hold more than one, and their locks have an order. */
const shopsCount = 3;
const roles = ['api', 'api', 'worker', 'worker'] as const;
/** The secret that also seals the service keys of the shops that the test makes (test/support/factories.ts). */
const secret = 'a secret for tests only, long enough to be one';
const sandboxDelayMs = 50;

/**
 * Finds the library that shows a process another time.
 * @throws Error when it is missing: a storm in which no clock jumps would say too much.
 */
function findClockLibrary(): string {
  const folders = existsSync('/usr/lib') ? readdirSync('/usr/lib').map((name) => join('/usr/lib', name)) : [];
  const file = folders.map((folder) => join(folder, 'faketime/libfaketimeMT.so.1')).find((path) => existsSync(path));
  if (file === undefined)
    throw new Error('There is no libfaketime on this machine; install the Debian package faketime.');
  return file;
}

/** Starts PostgreSQL, the processes, the shop and the subscribers; the folder keeps all that they leave behind. */
export async function openWorld(folder: string, scale: Scale): Promise<World> {
  const chance = createChance(scale.seed);
  const parts = { buyers: createChance(chance.below(2 ** 31)), shop: createChance(chance.below(2 ** 31)) };
  const cluster = await openCluster(folder);
  const wire = await openFaultProxy(cluster.port);
  const clockLibrary = findClockLibrary();
  const nats = scale.byNotify ? undefined : await openNats();
  const fleet = await openFleet({
    ...{ folder, roles, clockLibrary },
    settings: {
      ...(nats ? { NATS_URL: nats.url } : {}),
      ...{ DATABASE_URL: cluster.addressAt(wire.port), BRAMKA_SECRET: secret },
      ...{ RATE_LIMIT_PER_KEY: '0', RATE_LIMIT_PER_ADDRESS: '0' },
    },
  });
  const shop = await openFaultyShop({ chance: parts.shop, forgetful: scale.plant === 'swallow-webhook' });
  await Promise.all(fleet.members.map((member) => member.ready()));
  const look = <Result>(work: (database: Database) => Promise<Result>): Promise<Result> => lookInto(cluster, work);
  const { merchantId, apiKey } = JSON.parse(readFileSync(join(folder, 'data', 'demo.json'), 'utf8')) as Demo;
  const shopIds = await look((database) => openShops(database, { merchantId, notificationUrl: shop.url }));
  const address = addressesOf(fleet, parts.buyers);
  const followers = shopIds.flatMap((shopId) => followShop(shopId, { apiKey, address, scale }));
  const buyers = createBuyers({
    ...{ chance: parts.buyers, shopIds, apiKey, address, count: scale.payments, clients: scale.clients },
    forgetful: scale.plant === 'forget-key',
  });
  return {
    ...{ scale, chance, cluster, wire, nats, fleet, shop, shopIds, followers, buyers, look },
    end: async () => {
      await Promise.all(followers.map((follower) => follower.end()));
      await fleet.end();
      await Promise.all([shop.close(), wire.close(), nats?.setAway(true)]);
      await cluster.end();
    },
  };
}

async function openNats(): Promise<Nats> {
  let server = await startNats();
  let isThere = true;
  const { url, port } = server;
  /** One change after the other, in the order in which they were asked for. */
  let changes: Promise<void> = Promise.resolve();
  const setAway = async (isAway: boolean): Promise<void> => {
    if (isAway !== isThere) return;
    isThere = !isAway;
    if (isAway) await server.stop();
    else server = await startNats({ port });
  };
  return {
    url,
    setAway: (isAway) => {
      changes = changes.then(() => setAway(isAway));
      return changes;
    },
  };
}

async function lookInto<Result>(cluster: Cluster, work: (database: Database) => Promise<Result>): Promise<Result> {
  const port = cluster.port();
  if (port === undefined) throw new Error('PostgreSQL does not run.');
  const database = openDatabase({ url: cluster.addressAt(port), connectionsMax: 2 });
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

async function openShops(
  database: Database,
  values: { readonly merchantId: string; readonly notificationUrl: string },
): Promise<readonly string[]> {
  const shopIds: string[] = [];
  for (let count = 0; count < shopsCount; count += 1) {
    const { shop } = await createShop(database, { ...values, sandboxDelayMs });
    shopIds.push(shop.id);
  }
  return shopIds;
}

/** Gives the address of one process after the other, as a client does that knows several. */
function addressesOf(fleet: Fleet, chance: Chance): () => string {
  return () => `http://127.0.0.1:${chance.pick(fleet.apis).proxy?.port}`;
}

type Following = { readonly apiKey: string; readonly address: () => string; readonly scale: Scale };

function followShop(shopId: string, { apiKey, address, scale }: Following): Follower[] {
  const start = encodeCursor(shopId, 0n);
  const common = { shopId, apiKey, address, forgetful: scale.plant === 'forget-cursor' };
  const types = ['TRANSACTION_SETTLED', 'REFUND_SETTLED'];
  return [
    followEvents({ ...common, transport: 'WebSocket' }, start),
    followEvents({ ...common, transport: 'SSE' }, start),
    followEvents({ ...common, transport: 'WebSocket', types }, start),
    followEvents({ ...common, transport: 'SSE', types }, start),
  ];
}
