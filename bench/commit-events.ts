import { inTransaction, openDatabase } from '../src/kernel/db/database.ts';
import { appendEvents, lockShops } from '../src/kernel/events/append-events.ts';
import { createLog } from '../src/kernel/log.ts';
import { listenForHints } from '../src/realtime/listen-hints.ts';
import type { Bench } from './run-bench.ts';
import type { Seeded } from './seed-shops.ts';

/** Commits one event of a shop, and hints it to the servers as a process of the gateway does. */
export type CommitEvent = () => Promise<void>;

/** Opens what commits the events of the first shop of a database. */
export function openCommits(bench: Bench, { url, shopIds }: Seeded): CommitEvent {
  const database = openDatabase({ url, connectionsMax: 1 });
  const hints = listenForHints({ url, log: createLog('silent') });
  database.onNews((news) => hints.publish(news));
  bench.later(async () => {
    await hints.close();
    await database.close();
  });
  const [shopId = ''] = shopIds;
  return () =>
    inTransaction(database, async (tx) => {
      await lockShops(tx, [shopId]);
      await appendEvents(tx, [{ shopId, type: 'PAYMENT_CREATED', at: new Date(), data: { status: 'NEW' } }]);
    });
}
