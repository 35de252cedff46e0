import type pg from 'pg';
import type { Log } from '../kernel/log.ts';
import { markAlive } from './sql/free-lost-jobs.ts';
import { type Loop, startLoop } from './start-loop.ts';

const checkMs = 5_000;

/**
 * Shows all other workers that a worker pool is alive, by a lock that Postgres drops when this process dies. When the
 * connection that holds it is lost, another one takes its place; until then jobs of this pool may run twice.
 */
export function showAlive(pool: pg.Pool, poolId: string, log: Log): Loop {
  let holder: pg.PoolClient | undefined;
  const letGo = (): void => {
    holder?.removeListener('error', letGo);
    holder?.release(true);
    holder = undefined;
  };
  const loop = startLoop({ name: 'sign of life', everyMs: checkMs, log }, async () => {
    if (holder) return;
    const client = await pool.connect();
    try {
      await markAlive(client, poolId);
    } catch (error) {
      client.release(true);
      throw error;
    }
    client.once('error', letGo);
    holder = client;
  });
  return {
    stop: async () => {
      await loop.stop();
      letGo();
    },
  };
}
