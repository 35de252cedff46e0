import type { Config } from '../config.ts';
import { findEmbedded } from '../kernel/db/embedded.ts';
import { requireDatabase } from '../kernel/db/require-database.ts';

/**
 * The address of the database that the gateway uses: the server it is told of, or its own while it runs.
 * @throws StartError when it cannot be reached.
 */
export async function findDatabase(config: Config): Promise<string> {
  if (config.databaseUrl === undefined) return findEmbedded(config.dataDir);
  await requireDatabase(config.databaseUrl, { durable: false });
  return config.databaseUrl;
}
