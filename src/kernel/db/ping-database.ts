import { type Database, read } from './database.ts';

/** How often a ping that finds room on the disk looks for it, in milliseconds. */
const roomEveryMsUsual = 10_000;

/**
 * Makes the question whether the database answers within a time, and takes writes. Questions that come while one is under way share it,
 * so that probes cannot fill the queue of a pool that is stuck. Probes come each second from several balancers, and the server counts
 * each file, so it is asked for room once in ten seconds, and each time while it has none.
 */
export function createDatabasePing(
  database: Database,
  timeout: { readonly ms: number; readonly roomEveryMs?: number },
): () => Promise<boolean> {
  const { roomEveryMs = roomEveryMsUsual } = timeout;
  let asking: Promise<boolean> | undefined;
  let roomAt = Number.NEGATIVE_INFINITY;
  const ask = (): Promise<boolean> => {
    const now = performance.now();
    const forRoom = now - roomAt >= roomEveryMs;
    return requireWritable(database, { forRoom }).then(
      () => {
        if (forRoom) roomAt = now;
        return true;
      },
      () => {
        roomAt = Number.NEGATIVE_INFINITY;
        return false;
      },
    );
  };
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
 * alone: it takes some milliseconds, waits for no disk, and leaves nothing behind but a count of temporary files. A role that may
 * write none (temp_file_limit) is not asked.
 * @param look.forRoom whether it looks for room on the disk.
 * @throws DatabaseUnavailable.
 */
export async function requireWritable(
  database: Database,
  look: { readonly forRoom: boolean } = { forRoom: true },
): Promise<void> {
  await read(database, {
    ...{ name: look.forRoom ? 'require-room' : 'require-writable', values: [] },
    text: `do $$ begin ${takesWrites} ${look.forRoom ? hasRoom : ''} end $$`,
  });
}

const takesWrites = `
  if current_setting('transaction_read_only') = 'on' then
    raise exception 'the database takes no writes' using errcode = 'read_only_sql_transaction';
  end if;`;
const hasRoom = `
  begin
    perform set_config('work_mem', '64kB', true), set_config('temp_tablespaces', '', true);
    perform count(*) from generate_series(1, 10000);
  exception when configuration_limit_exceeded then null;
  end;`;
