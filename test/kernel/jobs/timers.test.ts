import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, inTransaction, openDatabase, type Tx } from '../../../src/kernel/db/database.ts';
import { clearTimers, setTimers, takeDueTimers } from '../../../src/kernel/jobs/timers.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createMerchant } from '../../support/factories.ts';

const now = new Date('2026-03-02T10:00:00Z');
const nextYear = new Date('2027-03-02T10:00:00Z');

let storage: TestDatabase;
let database: Database;
let merchantId: string;

beforeAll(async () => {
  storage = await createTestDatabase();
  // One connection, which keeps its plans.
  database = openDatabase({ url: storage.url, connectionsMax: 1 });
  merchantId = await createMerchant(database);
});

afterAll(async () => {
  await database.close();
  await storage.drop();
});

const named = (kind: string, dueAt: Date) => ({ kind, subject: 'x', merchantId, dueAt });

/** Rows of the table of timers that a work reads. */
function rowsReadBy(work: (tx: Tx) => Promise<unknown>): Promise<number> {
  return inTransaction(database, async (tx) => {
    await work(tx);
    const [read] = await tx.query<{ rows: bigint }>({
      name: 'rows-read',
      text: `select seq_tup_read + idx_tup_fetch as rows from pg_stat_xact_user_tables where relname = 'timer'`,
      values: [],
    });
    return Number(read?.rows);
  });
}

describe('Timers that wait', () => {
  it('cost nothing when others are taken or cleared, also on a connection that knew the table when it was empty', async () => {
    const takeAndClear = async (tx: Tx): Promise<void> => {
      await setTimers(tx, [named('due', now), named('cleared', now)]);
      await clearTimers(tx, [{ kind: 'cleared', subject: 'x' }]);
      expect(await takeDueTimers(tx, now, 500)).toMatchObject([{ kind: 'due' }]);
    };
    for (let times = 0; times < 10; times += 1) await inTransaction(database, takeAndClear);
    const subjects = Array.from({ length: 30_000 }, (_, place) => `${place}`);
    await inTransaction(database, (tx) =>
      setTimers(
        tx,
        subjects.map((subject) => ({ ...named('waiting', nextYear), subject })),
      ),
    );
    expect(await rowsReadBy(takeAndClear)).toBeLessThan(50);
  });
});
