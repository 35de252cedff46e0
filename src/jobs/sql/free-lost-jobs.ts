import type { PoolClient } from 'pg';
import type { Tx } from '../../kernel/db/database.ts';

/**
 * Shows to all others, for as long as this connection lives and says so within `silenceMs`, that the worker pool is alive.
 * Postgres would otherwise keep for hours a connection whose other end has vanished without a word.
 */
export async function markAlive(
  client: PoolClient,
  { poolId, silenceMs }: { readonly poolId: string; readonly silenceMs: number },
): Promise<void> {
  await client.query("select set_config('idle_session_timeout', $1::text, false)", [String(silenceMs)]);
  // Shared, so that a new connection need not wait for the end of a lost one.
  await client.query('select pg_advisory_lock_shared(hashtextextended($1::text, 0))', [poolId]);
}

/** Says on the connection of `markAlive` that it still lives. */
export async function stayAlive(client: PoolClient): Promise<void> {
  await client.query('select 1');
}

/**
 * Frees the jobs of worker pools that died, so that others run them again. The queue itself waits four hours before it
 * takes a pool for dead; a lock on the pool's connection tells at once, since Postgres drops it with the connection.
 */
export async function freeLostJobs(tx: Tx): Promise<void> {
  await tx.query({
    name: 'free-lost-jobs',
    text: `
      with holder as materialized (
        select distinct locked_by from graphile_worker.jobs where locked_by is not null
      ), dead as materialized (
        select locked_by from holder where pg_try_advisory_xact_lock(hashtextextended(locked_by, 0))
      )
      select graphile_worker.force_unlock_workers(array(select locked_by from dead))
      where exists (select from dead)`,
    values: [],
  });
}
