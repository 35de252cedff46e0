import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { openCommits } from './commit-events.ts';
import { freePort, inspectedAt } from './read-heap.ts';
import type { Bench } from './run-bench.ts';
import { type Seeded, seedShops } from './seed-shops.ts';
import { startGatewayProcess } from './start-gateway-process.ts';
import { type Peer, startPeer } from './start-peer.ts';
import { type Running, startProcess } from './start-process.ts';

/** A server that sends events to whoever follows, and what has it do so. */
export type PushServer = {
  readonly name: string;
  readonly url: string;
  /** Where its heap can be read. */
  readonly inspector: number;
  /** What a socket says first, and is answered. */
  readonly hello: string;
  /** What makes a socket follow, where that takes more than `hello`. */
  readonly follow?: () => string;
  /** Has so many events sent, and is done when the last of them is on its way. */
  readonly send: (events: number) => Promise<void>;
  /** The number of the event that is sent next. */
  readonly nextNumber: () => number;
};

const query = 'subscription($shopId: ID!) { events(shopId: $shopId) { cursor number type at } }';

/** Starts the gateway, on a database of its own. */
export function startGateway(bench: Bench): Promise<PushServer> {
  return startOnDatabase(bench, 'gateway', ({ url }, inspected) =>
    startGatewayProcess({
      ...{ DATABASE_URL: url, BRAMKA_MODE: 'production', BRAMKA_DATA_DIR: join(bench.folder, 'push') },
      ...inspected,
    }),
  );
}

/** Starts a peer, on a database of its own. */
export function startPushPeer(bench: Bench, peer: Peer): Promise<PushServer> {
  return startOnDatabase(bench, peer, async ({ url }, inspected) => {
    if (peer === 'postgraphile') await runSql(url, join(import.meta.dirname, 'peers', 'notify-events.sql'));
    return startPeer(peer, url, inspected);
  });
}

async function startOnDatabase(
  bench: Bench,
  name: string,
  start: (seeded: Seeded, inspected: { readonly NODE_OPTIONS: string }) => Promise<Running>,
): Promise<PushServer> {
  const seeded = await seedShops(bench, { database: `push_${name}`, shops: 1, mode: 'live' });
  const inspector = await freePort();
  const { url, stop } = await start(seeded, inspectedAt(inspector));
  bench.later(stop);
  const commit = openCommits(bench, seeded);
  let committed = 0;
  const payload = { query, variables: { shopId: seeded.shopIds[0] } };
  return {
    ...{ name, url, inspector },
    hello: JSON.stringify({ type: 'connection_init', payload: { authorization: seeded.apiKey } }),
    follow: () => JSON.stringify({ type: 'subscribe', id: randomUUID(), payload }),
    send: async (events) => {
      for (let event = 0; event < events; event += 1) {
        await commit();
        committed += 1;
      }
    },
    nextNumber: () => committed + 1,
  };
}

async function runSql(url: string, file: string): Promise<void> {
  const client = new pg.Client(url);
  await client.connect();
  await client.query(await readFile(file, 'utf8'));
  await client.end();
}

/** Starts a bare `ws` that sends one and the same message. */
export async function startBare(bench: Bench, message: string): Promise<PushServer> {
  const inspector = await freePort();
  const script = join(import.meta.dirname, 'bare-sockets.ts');
  const { url, stop } = await startProcess(script, inspectedAt(inspector), /^ready: (\S+)$/);
  bench.later(stop);
  return {
    ...{ name: 'ws', url, inspector },
    hello: '{"type":"connection_init"}',
    send: async (events) => {
      await fetch(`${url}/?count=${events}`, { method: 'POST', body: message });
    },
    nextNumber: () => Number(/"number":(\d+)/.exec(message)?.[1]),
  };
}
