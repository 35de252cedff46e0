import type { Database } from '../../src/kernel/db/database.ts';
import { inTransaction, read } from '../../src/kernel/db/database.ts';
import { appendEvents, type Fact, lockShops } from '../../src/kernel/events/append-events.ts';

const noon = new Date('2026-03-02T12:00:00.000Z');

/** Commits events of one shop in one transaction, as a verb does; each element says how its event differs. */
export async function writeEvents(
  database: Database,
  shopId: string,
  facts: readonly Partial<Omit<Fact, 'shopId'>>[],
): Promise<void> {
  await inTransaction(database, async (tx) => {
    await lockShops(tx, [shopId]);
    const plain = { shopId, type: 'PAYMENT_CREATED', at: noon, data: { status: 'NEW' } } as const;
    await appendEvents(
      tx,
      facts.map((fact) => ({ ...plain, ...fact })),
    );
  });
}

/** So many events of the plainest kind. */
export function plain(count: number): Partial<Fact>[] {
  return Array.from({ length: count }, () => ({}));
}

/** Makes the partition of a month, such as `2026-01`. */
export async function ensurePartition(database: Database, month: string): Promise<void> {
  await read(database, { name: 'ensure', text: 'select ensure_event_partition($1::date)', values: [`${month}-01`] });
}

/** Drops the partition of a month, as the retention of events does. */
export async function dropPartition(database: Database, month: string): Promise<void> {
  await database.pool.query(`drop table event_${month.replace('-', '_')}`);
}

/** Commits so many events of a shop that the retention has dropped by now. */
export async function writeDropped(database: Database, shopId: string, count: number): Promise<void> {
  await ensurePartition(database, '2026-01');
  const at = new Date('2026-01-05T12:00:00.000Z');
  await writeEvents(
    database,
    shopId,
    plain(count).map(() => ({ at })),
  );
  await dropPartition(database, '2026-01');
}

/** Has the last number of a log be one of another history of the server, which a replica that took over may have known longer. */
export async function takeOver(database: Database, shopId: string): Promise<void> {
  await database.pool.query('update shop_counter set timeline = timeline + 1 where shop_id = $1', [shopId]);
}
