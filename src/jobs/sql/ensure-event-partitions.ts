import { type Database, withoutTransaction } from '../../kernel/db/database.ts';

/**
 * Makes the partition of the event log for the month of `now` and for the three that follow, where they are missing. All
 * in one statement: a new partition locks the log, and with it every payment.
 */
export async function ensureEventPartitions(database: Database, now: Date): Promise<void> {
  await withoutTransaction(database, (tx) =>
    tx.query({
      name: 'ensure-event-partitions',
      // Two processes that start together would both find a partition missing; the lock lets one look after the other.
      text: `
      with alone as materialized (select pg_advisory_xact_lock(hashtextextended('event partitions', 0)))
      select ensure_event_partition((date_trunc('month', $1::timestamptz at time zone 'UTC')
        + ahead * interval '1 month')::date)
      from alone, generate_series(0, 3) as ahead`,
      values: [now],
    }),
  );
}
