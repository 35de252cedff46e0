import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import type { PaymentDeps } from '../../src/payments/deps.ts';
import type { Shop } from '../../src/shops/model.ts';
import { createTestDatabase } from '../support/database.ts';
import { createPaymentDeps, createShop, createTestClock, type TestClock } from '../support/factories.ts';

/** Several gateways on one database, each with its own connections and its own lanes, as if in processes of their own. */
export type Processes = {
  readonly gateways: readonly PaymentDeps[];
  readonly shops: readonly Shop[];
  readonly clock: TestClock;
  /** A connection of the test's own. */
  readonly database: Database;
  /** How many deadlocks the database has ever broken up, those that were retried as well. */
  countDeadlocks(): Promise<bigint>;
  close(): Promise<void>;
};

/** Starts them. */
export async function startProcesses(counts: {
  readonly gateways: number;
  readonly shops: number;
}): Promise<Processes> {
  const home = await createTestDatabase();
  const clock = createTestClock();
  const open = (): Database => openDatabase({ url: home.url, connectionsMax: 8 });
  const database = open();
  const databases = Array.from({ length: counts.gateways }, open);
  const shops: Shop[] = [];
  for (let place = 0; place < counts.shops; place += 1) shops.push((await createShop(database)).shop);
  return {
    gateways: databases.map((own) => createPaymentDeps(own, { clock })),
    shops,
    clock,
    database,
    countDeadlocks: async () => {
      // A session reports what it counted when it has been idle for a second, or when it is told to, as here.
      await Promise.all(databases.flatMap((own) => Array.from({ length: 8 }, () => own.pool.query(flush))));
      await database.pool.query(flush);
      const { rows } = await database.pool.query<{ deadlocks: bigint }>(
        'select deadlocks from pg_stat_database where datname = current_database()',
      );
      return rows[0]?.deadlocks ?? 0n;
    },
    close: async () => {
      await Promise.all([database, ...databases].map((own) => own.close()));
      await home.drop();
    },
  };
}

const flush = 'select pg_stat_force_next_flush()';

/** Numbers that look random and are the same in every run (mulberry32). */
export function createDice(seed: number): (sides: number) => number {
  let state = seed;
  return (sides) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % sides;
  };
}
