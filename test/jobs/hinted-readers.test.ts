import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { webhookReader } from '../../src/jobs/registry.ts';
import { startReaders } from '../../src/jobs/run-readers.ts';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { createLog } from '../../src/kernel/log.ts';
import { createEventFeed } from '../../src/realtime/follow-events.ts';
import { listenForHints } from '../../src/realtime/listen-hints.ts';
import { parseNatsUrl } from '../../src/realtime/parse-nats-url.ts';
import { relayHints } from '../../src/realtime/relay-hints.ts';
import { never } from '../realtime/take-events.ts';
import { createInbox } from '../start/inbox.ts';
import { createPaymentDeps, createSale, createShop } from '../support/factories.ts';
import { type NatsServer, startNats } from '../support/nats-server.ts';
import { openWorld, type World } from '../webhooks/world.ts';

const log = createLog('silent');
const stops: (() => Promise<void>)[] = [];
let nats: NatsServer;
/** What the process that serves writes by; that which works has the database of the world. */
let serving: Database;
let world: World;

beforeAll(async () => {
  nats = await startNats();
  world = await openWorld();
  serving = openDatabase({ url: world.database.url });
});
afterEach(async () => {
  for (const stop of stops.splice(0).reverse()) await stop();
});
afterAll(async () => {
  await serving?.close();
  await world?.close();
  await nats?.stop();
});

/** Opens what carries hints for one process; `connected` resolves when it hears them. */
function openBus(by: string) {
  const { promise: connected, resolve: onListening } = Promise.withResolvers<void>();
  const servers = parseNatsUrl(nats.url);
  const bus =
    by === 'NATS' && servers
      ? relayHints({ nats: servers, log, onListening })
      : listenForHints({ url: world.database.url, log, onListening });
  return { bus, connected };
}

/** Starts a process's reader of webhooks, whose sweep looks once and never again; gives the states that it tells of. */
async function startReading(by: string) {
  const { bus, connected } = openBus(by);
  const told = createInbox<string>();
  const swept = Promise.withResolvers<void>();
  const reader = webhookReader(world.deps);
  const readers = startReaders({
    ...{ database: world.database, log, hints: bus, sweepEveryMs: never },
    readers: [
      {
        name: 'webhooks',
        reads: reader.reads,
        behind: async () => {
          swept.resolve();
          return [];
        },
        passOver: reader.passOver,
        run: async (shopIds) => {
          const left = await reader.run(shopIds);
          for (const shopId of shopIds) {
            for (const { body } of await world.deliveries(shopId)) told.put(JSON.parse(body).transaction?.status);
          }
          return left;
        },
      },
    ],
  });
  // In the order of a process that stops: its hints end before its readers.
  stops.push(readers.stop, bus.close);
  await Promise.all([connected, swept.promise]);
  return told;
}

describe.each(['PostgreSQL', 'NATS'])('With hints by %s', (by) => {
  it('webhooks of what another process has written are made at once, and not by the sweep', async () => {
    const told = await startReading(by);
    const { bus, connected } = openBus(by);
    const feed = createEventFeed({ database: serving, log, hints: bus });
    stops.push(feed.close);
    await connected;
    const { shop } = await createShop(world.database, { notificationUrl: 'https://shop.example/n' });
    await createSale(createPaymentDeps(serving, { clock: world.clock }), shop);
    expect(await told.until((all) => all.includes('settled'))).toContain('settled');
  });
});
