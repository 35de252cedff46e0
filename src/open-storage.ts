import { randomBytes } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ipaddr from 'ipaddr.js';
import type { Config } from './config.ts';
import { type Database, DatabaseUnavailable, openDatabase } from './kernel/db/database.ts';
import { startEmbedded } from './kernel/db/embedded.ts';
import { unlessCode } from './kernel/db/embedded-home.ts';
import type { Settings } from './kernel/db/embedded-server.ts';
import { migrate } from './kernel/db/migrate.ts';
import { isDatabaseNotedAway, noteDatabaseAway, noteDatabaseBack } from './kernel/db/note-away.ts';
import { requireWritable } from './kernel/db/ping-database.ts';
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
 * @param parts.signal ends it at the next step, or while it waits for a server or for whoever migrates it; then it fails.
 * @throws StartError with one clear line.
 */
export async function openStorage(
  config: Config,
  parts: { readonly dataDir: string; readonly log: Log; readonly signal?: AbortSignal | undefined },
): Promise<Storage> {
  const { dataDir, log, signal } = parts;
  if (config.databaseUrl !== undefined) {
    const wish = { writes: true, durable: config.mode === 'production', signal };
    const { connectionsMax } = await requireDatabase(config.databaseUrl, wish);
    const needed = connectionsOf(config);
    if (needed > connectionsMax) log.warn({ connectionsMax, needed }, tooFewConnections);
    await migrate(config.databaseUrl, undefined, signal);
    return { url: config.databaseUrl, lost: new Promise(() => undefined), stop: async () => undefined };
  }
  const embedded = await startEmbedded({
    ...{ dataDir, signal, settings: settingsFor(config) },
    log: (line) => log.info(line),
  });
  try {
    await migrate(embedded.url, undefined, signal);
    return embedded;
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

const tooFewConnections =
  'the database takes fewer connections than this gateway may open; raise max_connections there, or lower DATABASE_POOL_SIZE or BRAMKA_WORKERS';

/** Connections of the background work beside those of its pools. */
const queueConnections = 41;
/** Connections for people and programs beside the gateway. */
const connectionsBeside = 39;
const connectionsMin = 120;

/** How many connections all processes of a gateway may open at most. */
function connectionsOf({ role, workers, sizes }: Config): number {
  // For writing, for reading, and one that hears hints.
  const ofProcess = 2 * sizes.databasePool + 1;
  const hasBackground = role !== 'api';
  // Beside several that serve there is one for the background work, and the main process, which holds one.
  const processes = workers === 1 ? 1 : workers + Number(hasBackground);
  return processes * ofProcess + Number(workers > 1) + (hasBackground ? queueConnections : 0);
}

/** The embedded server takes as many connections as all processes may open, and as much memory as it was given. */
function settingsFor(config: Config): Settings {
  const { sizes } = config;
  return {
    max_connections: String(Math.max(connectionsMin, connectionsOf(config) + connectionsBeside)),
    ...(sizes.databaseBuffersMb > 0 && { shared_buffers: `${sizes.databaseBuffersMb}MB` }),
  };
}

/** Said when an embedded database is gone for good. */
export const databaseLost = 'The database is gone; Bramka stops. Start it again.';

/** The pools of a process; of the settings it needs how many connections they have. */
export function openPools(url: string, { sizes }: Pick<Config, 'sizes'>, log: Log): Database {
  let isLooking = false;
  // One that takes no writes takes connections all the same, and each look may open another one.
  const lookWhetherBack = async (): Promise<void> => {
    if (isLooking || !isDatabaseNotedAway(log)) return;
    isLooking = true;
    await requireWritable(database).then(
      () => noteDatabaseBack(log),
      () => {},
    );
    isLooking = false;
  };
  const database = openDatabase({
    url,
    connectionsMax: sizes.databasePool,
    idleSeconds: sizes.databaseIdleSeconds,
    onConnect: () => void lookWhetherBack(),
    onError: (error) => {
      if (!database.pool.ending) noteDatabaseAway(log, new DatabaseUnavailable(error), 'connections are made anew');
    },
  });
  // A server that had no room has kept its connections.
  database.onNews(() => void lookWhetherBack());
  return database;
}

/**
 * The address at which programs of this machine reach a gateway that listens on a host and port. What stands for all
 * addresses of the machine is none that a link can lead to.
 */
export function urlOf(host: string, port: number): string {
  const isAll = ipaddr.isValid(host) && ipaddr.parse(host).range() === 'unspecified';
  if (isAll) return `http://localhost:${port}`;
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
