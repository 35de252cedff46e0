import type pg from 'pg';

/**
 * Has the connection hear of new jobs, on the channels of graphile-worker, and Postgres close it when it has said nothing for
 * `silenceMs`: it would otherwise keep for hours a connection whose other end has vanished without a word.
 */
export async function holdLine(client: pg.Client, { silenceMs }: { readonly silenceMs: number }): Promise<void> {
  await client.query("select set_config('idle_session_timeout', $1::text, false)", [String(silenceMs)]);
  await client.query('listen "jobs:insert"; listen "worker:migrate"');
}

/** Says on the connection that it lives still, which worker pools it now speaks for as well, and for which no longer. */
export async function giveSign(
  client: pg.Client,
  pools: { readonly fresh: readonly string[]; readonly over: readonly string[] },
): Promise<void> {
  await client.query({
    name: 'give-sign',
    // Shared, so that a new connection need not wait for the end of a lost one.
    text: `
      select pg_advisory_lock_shared(hashtextextended(id, 0))::text from unnest($1::text[]) as pool (id)
      union all
      select pg_advisory_unlock_shared(hashtextextended(id, 0))::text from unnest($2::text[]) as pool (id)`,
    values: [pools.fresh, pools.over],
  });
}
