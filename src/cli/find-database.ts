import type { Config } from '../config.ts';
import { findEmbedded } from '../kernel/db/embedded.ts';
import { requireDatabase } from '../kernel/db/require-database.ts';
import { StartError } from '../kernel/start-error.ts';

/**
 * The database that the gateway uses: the server it is told of, or its own while it runs.
 * @throws StartError when there is none.
 */
export async function findDatabase(config: Config): Promise<string> {
  if (config.databaseUrl === undefined) return findEmbedded(config.dataDir);
  await requireDatabase(config.databaseUrl, { durable: false });
  return config.databaseUrl;
}

/** Says what an operator can do about an error, when he can: tables are missing that this Bramka needs. */
export function explainError(error: unknown): unknown {
  if ((error as { code?: string }).code !== '42P01') return error;
  return new StartError('The database has not all tables of this Bramka; start it once, or run `npm run migrate`.');
}
