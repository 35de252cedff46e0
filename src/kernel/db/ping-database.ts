import { type Database, read } from './database.ts';

/**
 * Makes the question whether the database answers within a time. Questions that come while one is under way share it,
 * so that probes cannot fill the queue of a pool that is stuck.
 */
export function createDatabasePing(database: Database, timeout: { readonly ms: number }): () => Promise<boolean> {
  let asking: Promise<boolean> | undefined;
  const ask = (): Promise<boolean> =>
    read(database, { name: 'ping-database', text: 'select 1 as answer', values: [] }).then(
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
