import { type Database, withoutTransaction } from '../../kernel/db/database.ts';
import { unlessBusy } from '../../kernel/db/unless-busy.ts';

/**
 * Makes the partition of the event log for the month of `now` and for the three that follow, where they are missing. All
 * in one statement: a new partition locks the log, and with it every payment. While somebody reads the log for long, as a backup
 * does, none is made: there are months for another try, and the default partition takes what has no other.
 */
export async function ensureEventPartitions(database: Database, now: Date): Promise<void> {
  const made = withoutTransaction(database, (tx) =>
    tx.query({
      name: 'ensure-event-partitions',
      // Every payment waits behind whoever waits for the log, so it gives up soon. Two processes that start together would both find a
      // partition missing; the lock lets one look after the other.
      text: `
      with alone as materialized (
        select set_config('lock_timeout', '500ms', true), pg_advisory_xact_lock(hashtextextended('event partitions', 0))
      )
      select ensure_event_partition((date_trunc('month', $1::timestamptz at time zone 'UTC')
        + ahead * interval '1 month')::date)
      from alone, generate_series(0, 3) as ahead`,
      values: [now],
    }),
  );
  await unlessBusy(made);
}
