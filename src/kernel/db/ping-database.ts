import { type Database, read } from './database.ts';

/**
 * Makes the question whether the database answers within a time, and takes writes. Questions that come while one is under way share it,
 * so that probes cannot fill the queue of a pool that is stuck.
 */
export function createDatabasePing(database: Database, timeout: { readonly ms: number }): () => Promise<boolean> {
  let asking: Promise<boolean> | undefined;
  const ask = (): Promise<boolean> =>
    requireWritable(database).then(
      () => true,
      () => false,
    );
  return async () => {
    asking ??= ask().finally(() => {
      asking = undefined;
    });
    const { promise: late, resolve } = Promise.withResolvers<boolean>();
    const timer = setTimeout(() => resolve(false), timeout.ms);
    try {
      return await Promise.race([asking, late]);
    } finally {
      clearTimeout(timer);
    }
  };
}

/**
 * Demands that the database answers and takes writes. It fails as a write would, so that a connection to a server that has become
 * a replica is given up. Whether its disk is full it finds out by a file of some 200 kB that the server makes for that statement
 * alone: it takes a millisecond, waits for no disk, and leaves nothing behind.
 * @throws DatabaseUnavailable.
 */
export async function requireWritable(database: Database): Promise<void> {
  await read(database, {
    ...{ name: 'require-writable', values: [] },
    text: `do $$ begin
      if current_setting('transaction_read_only') = 'on' then
        raise exception 'the database takes no writes' using errcode = 'read_only_sql_transaction';
      end if;
      perform set_config('work_mem', '64kB', true), set_config('temp_tablespaces', '', true);
      perform count(*) from generate_series(1, 10000);
    end $$`,
  });
}
