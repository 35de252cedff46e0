import { type Database, withoutTransaction } from '../../kernel/db/database.ts';

/** Removes the counts of abuse guards whose time is over. */
export async function dropOldCounts(database: Database, now: Date): Promise<void> {
  await withoutTransaction(database, (tx) =>
    tx.query({
      name: 'drop-old-counts',
      // No index on `expire`: it would make each count anew cost more than reading through some minutes' rows once a minute.
      text: 'delete from abuse_count where expire <= $1::bigint',
      values: [now.getTime()],
    }),
  );
}
