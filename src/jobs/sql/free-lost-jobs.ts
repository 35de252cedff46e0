import { type Database, withoutTransaction } from '../../kernel/db/database.ts';

/**
 * Frees the jobs of worker pools that died, so that others run them again. The queue itself waits four hours before it
 * takes a pool for dead; a lock on the pool's connection tells at once, since Postgres drops it with the connection. A new
 * pool takes its first jobs while it still asks for that lock, so only those are freed that gave no sign twice.
 * @param silentBefore the pools that gave no sign of life the time before.
 * @returns those that give none now, for the next time.
 */
export async function freeLostJobs(database: Database, silentBefore: readonly string[]): Promise<string[]> {
  const silent = await withoutTransaction(database, (tx) =>
    tx.query<{ pool: string }>({
      name: 'free-lost-jobs',
      text: `
      with holder as materialized (
        select distinct locked_by as pool from graphile_worker.jobs where locked_by is not null
      ), silent as materialized (
        select pool from holder where pg_try_advisory_xact_lock(hashtextextended(pool, 0))
      ), dead as materialized (
        select array_agg(pool) as pools from silent where pool = any($1::text[])
      ), freed as materialized (
        select graphile_worker.force_unlock_workers(pools) from dead where pools is not null
      )
      select pool from silent, (select count(*) from freed) as freed`,
      values: [silentBefore],
    }),
  );
  return silent.map(({ pool }) => pool);
}
