import type { Tx } from '../../kernel/db/database.ts';

/** How far the snapshots have come. */
export type SnapshotProgress = {
  /** They hold all postings up to this number. */
  readonly countedThrough: bigint;
  /** The last number that was handed out when the open writers were noted. */
  readonly handedOut: bigint;
  /** How many of the noted writers are still open: their postings up to `handedOut` may yet appear. */
  readonly openWriters: number;
};

/**
 * Reads how far the snapshots have come, and holds that place until the transaction ends.
 * @returns undefined while somebody else holds it.
 */
export async function holdProgress(tx: Tx): Promise<SnapshotProgress | undefined> {
  const [row] = await tx.query<SnapshotProgress>({
    name: 'hold-snapshot-progress',
    text: `
      select p.counted_through as "countedThrough", p.handed_out as "handedOut",
        (select count(*)::int from pg_locks l
          where l.locktype = 'relation' and l.relation = 'posting'::regclass and l.granted
            and l.virtualtransaction = any(p.writers)) as "openWriters"
      from snapshot_progress p for update skip locked`,
    values: [],
  });
  return row;
}

/**
 * Notes the last number of a posting that was handed out, and then who may still be writing one up to it. In this order,
 * and in two statements: an insert takes its lock on the table before its number and keeps it until its transaction is
 * over, so whoever got a number before the first statement is seen by the second, or has ended.
 * @returns false when no number was handed out since the last time.
 */
export async function noteWriters(tx: Tx): Promise<boolean> {
  const noted = await tx.query({
    name: 'note-last-number',
    text: `
      update snapshot_progress set handed_out = pg_sequence_last_value('posting_id_seq')
      where handed_out < pg_sequence_last_value('posting_id_seq') returning handed_out`,
    values: [],
  });
  if (noted.length === 0) return false;
  await tx.query({
    name: 'note-open-writers',
    text: `
      update snapshot_progress set writers = array(
        select distinct l.virtualtransaction from pg_locks l
        where l.locktype = 'relation' and l.relation = 'posting'::regclass and l.granted
          and l.database = (select oid from pg_database where datname = current_database())
          and l.mode in ('RowExclusiveLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))`,
    values: [],
  });
  return true;
}
