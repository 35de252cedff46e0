import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Config } from './config.ts';
import { type Database, openDatabase } from './kernel/db/database.ts';
import { startEmbedded } from './kernel/db/embedded.ts';
import { unlessCode } from './kernel/db/embedded-home.ts';
import type { Settings } from './kernel/db/embedded-server.ts';
import { migrate } from './kernel/db/migrate.ts';
import { requireDatabase } from './kernel/db/require-database.ts';
import type { Log } from './kernel/log.ts';

/** Where a gateway keeps what it knows. */
export type Storage = {
  /** The address of the database, with its password: never to be logged. */
  readonly url: string;
  /** Resolves when an embedded database is gone for good. */
  readonly lost: Promise<void>;
  stop(): Promise<void>;
};

/**
 * Reaches the database, or starts the embedded one, and migrates it.
 * @param settings of PostgreSQL, for the embedded one.
 * @throws StartError with one clear line.
 */
export async function openStorage(
  config: Config,
  { dataDir, log, settings = {} }: { readonly dataDir: string; readonly log: Log; readonly settings?: Settings },
): Promise<Storage> {
  if (config.databaseUrl !== undefined) {
    await requireDatabase(config.databaseUrl, { durable: config.mode === 'production' });
    await migrate(config.databaseUrl);
    return { url: config.databaseUrl, lost: new Promise(() => undefined), stop: async () => undefined };
  }
  const embedded = await startEmbedded({ dataDir, settings, log: (line) => log.info(line) });
  try {
    await migrate(embedded.url);
    return embedded;
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

/** Said when an embedded database is gone for good. */
export const databaseLost = 'The database is gone; Bramka stops. Start it again.';

/** The pools of a process. */
export function openPools(url: string, log: Log): Database {
  const database = openDatabase({
    url,
    onError: (error) => {
      // Only the message: the error of a pool carries its whole client along.
      if (!database.pool.ending) log.warn({ reason: error.message }, 'a database connection failed');
    },
  });
  return database;
}

/** The address of a gateway that listens on a host and port of this machine. */
export function urlOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** The sandbox's own secret, made at the first start and kept in the data dir, readable by its owner alone. */
export async function keptSecret(dataDir: string): Promise<string> {
  const file = join(dataDir, 'secret');
  const known = await readFile(file, 'utf8').catch(() => '');
  if (known !== '') return known.trim();
  // It appears whole under its name, so processes that start together on one data dir all read the same.
  const draft = `${file}.new-${process.pid}`;
  await writeFile(draft, `${randomBytes(32).toString('hex')}\n`, { mode: 0o600 });
  await link(draft, file).catch(unlessCode('EEXIST'));
  await rm(draft);
  return (await readFile(file, 'utf8')).trim();
}
