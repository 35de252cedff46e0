import type pg from 'pg';
import { orUnavailable } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';
import { markAlive, stayAlive } from './sql/free-lost-jobs.ts';
import { type Loop, startLoop } from './start-loop.ts';

/**
 * How many signs of life may fit into the time after which a worker that gives none is lost. A lost connection is made again
 * with the next one, which has to come before others have looked twice for lost jobs.
 */
const signsMax = 10;

/**
 * Shows all other workers that a worker pool is alive, by a lock that Postgres drops when this process dies, or has not
 * been heard of for a time. When the connection that holds it is lost, another one takes its place; until then jobs of
 * this pool may run twice.
 * @param silenceMs after how long without a sign of life the pool counts as lost, in milliseconds.
 */
export function showAlive(
  pool: pg.Pool,
  { poolId, silenceMs }: { readonly poolId: string; readonly silenceMs: number },
  log: Log,
): Loop {
  let holder: pg.PoolClient | undefined;
  const letGo = (): void => {
    holder?.removeListener('error', letGo);
    holder?.release(true);
    holder = undefined;
  };
  const loop = startLoop({ name: 'sign of life', everyMs: silenceMs / signsMax, log }, async () => {
    // The network may have swallowed the connection without a word: to be heard of, it has to be used.
    if (holder) await stayAlive(holder).catch(letGo);
    if (holder) return;
    const client = await pool.connect().catch((error: unknown) => {
      throw orUnavailable(error);
    });
    try {
      await markAlive(client, { poolId, silenceMs });
    } catch (error) {
      client.release(true);
      throw orUnavailable(error);
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
