import { expect, it } from 'vitest';
import { ensureEventPartitions } from '../../src/jobs/sql/ensure-event-partitions.ts';
import { openTestDatabase } from '../support/database.ts';
import { createPayment, createPaymentDeps, createShop } from '../support/factories.ts';

const database = await openTestDatabase();

async function partitions(): Promise<string[]> {
  const { rows } = await database.pool.query<{ name: string }>(
    "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'event'::regclass order by 1",
  );
  return rows.map(({ name }) => name);
}

it('makes the months ahead, but while a backup reads the log none, so that no payment waits for it', async () => {
  const before = await partitions();
  const { shop } = await createShop(database);
  const payments = createPaymentDeps(database);
  const backup = await database.pool.connect();
  await backup.query('begin');
  await backup.query('select count(*) from event');
  const making = ensureEventPartitions(database, new Date('2031-01-10T00:00:00Z'));
  await createPayment(payments, shop);
  await making;
  expect(await partitions()).toEqual(before);
  await backup.query('rollback');
  backup.release();

  await ensureEventPartitions(database, new Date('2031-01-10T00:00:00Z'));
  const made = ['event_2031_01', 'event_2031_02', 'event_2031_03', 'event_2031_04'];
  expect(await partitions()).toEqual([...before, ...made].toSorted());
});
