import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { type Database, orUnavailable } from '../kernel/db/database.ts';
import { endless, prepareSession } from '../kernel/db/prepare-session.ts';
import type { Log } from '../kernel/log.ts';
import { queueLog } from './queue-log.ts';

/** Makes the tables of the queue, or brings them up to date, for as long as that takes. */
export async function prepareQueue({ url }: Pick<Database, 'url'>, log: Log): Promise<void> {
  const onConnect = (client: pg.ClientBase): Promise<void> => prepareSession(client, endless);
  const pool = new pg.Pool({ connectionString: url, onConnect });
  // Whoever waits for an answer is told of what breaks off; unheard, it would end the process.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    await runMigrations({ pgPool: pool, logger: queueLog(log), noHandleSignals: true });
  } catch (error) {
    // What the queue itself says, as of a version that is too new for it, is no loss of the database.
    throw error instanceof pg.DatabaseError ? orUnavailable(error) : error;
  } finally {
    await pool.end();
  }
}
