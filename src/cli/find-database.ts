import type { Config } from '../config.ts';
import { type Database, openDatabase } from '../kernel/db/database.ts';
import { findEmbedded } from '../kernel/db/embedded.ts';
import { requireDatabase } from '../kernel/db/require-database.ts';
import { StartError } from '../kernel/start-error.ts';

/** What a command does with the database: one that only reads may be sent to a replica. */
export type Use = 'reads' | 'writes';

/**
 * Finds the database that the gateway uses: the server it is told of, or its own while it runs.
 * @returns its address: never to be logged.
 * @throws StartError when it cannot be reached, none is running, or it takes no writes that are to be made.
 */
export async function findDatabase(config: Config, use: Use): Promise<string> {
  if (config.databaseUrl === undefined) return findEmbedded(config.dataDir);
  await requireDatabase(config.databaseUrl, { writes: use === 'writes', durable: false });
  return config.databaseUrl;
}

/** Works with one connection to the database that the gateway uses. @throws StartError as findDatabase; what `work` throws. */
export async function withDatabase<Result>(
  config: Config,
  use: Use,
  work: (database: Database) => Promise<Result>,
): Promise<Result> {
  const database = openDatabase({ url: await findDatabase(config, use), connectionsMax: 1 });
  try {
    return await work(database);
  } catch (error) {
    throw explainMissingTable(error);
  } finally {
    await database.close();
  }
}

/** Says in one line that a table is missing; other errors stay as they are. */
export function explainMissingTable(error: unknown): unknown {
  if ((error as { code?: string }).code !== '42P01') return error;
  return new StartError('The database has not all tables of this Bramka; start it once, or run `npm run migrate`.');
}
