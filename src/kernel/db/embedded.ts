import { readFile, realpath } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { StartError } from '../start-error.ts';
import type { DataDirLock } from './data-dir-lock.ts';
import { lockDataDir } from './data-dir-lock.ts';
import type { Home } from './embedded-home.ts';
import { prepareHome } from './embedded-home.ts';
import type { Server, Settings } from './embedded-server.ts';
import { createCluster, openServer, runningServer, stopServer, superuser } from './embedded-server.ts';

export type EmbeddedOptions = {
  /** The data dir of the gateway; PostgreSQL's files go to `postgres` in it. Made when missing. */
  readonly dataDir: string;
  /** Told in one line what happened that the operator may want to know. */
  readonly log?: (line: string) => void;
  /** Settings of PostgreSQL beside or instead of ours; `fsync: 'off'` makes the cluster a throw-away one. */
  readonly settings?: Settings;
  /** Ends the start at its next step; then it fails, and nothing runs. */
  readonly signal?: AbortSignal | undefined;
};

export type Embedded = {
  /** Address of the database `bramka`, with the password of its superuser: never to be logged. */
  readonly url: string;
  /** Resolves when the database died, or another gateway took it; after that nothing will work until a new start. */
  readonly lost: Promise<void>;
  /** Stops PostgreSQL, ending what sessions there are; resolves when it is gone. */
  stop(): Promise<void>;
};

const database = 'bramka';
/** A killed gateway's session ends within milliseconds; who still holds the lock after this long is alive. */
const lockWithinMs = 1_000;
const lockEveryMs = 25;
const answerWithinMs = 30_000;

/**
 * Starts the PostgreSQL that comes with the gateway, and holds it for this gateway alone. A server that a killed gateway
 * left running is taken over.
 * @throws StartError when another gateway lives on the data dir, or PostgreSQL cannot be started.
 */
export async function startEmbedded({
  dataDir,
  log = () => undefined,
  settings = {},
  signal,
}: EmbeddedOptions): Promise<Embedded> {
  const home = await prepareHome(dataDir);
  signal?.throwIfAborted();
  await createCluster(home, settings.fsync !== 'off', signal);
  signal?.throwIfAborted();
  const { server, lock } = await takeServer(home, settings);
  const stop = async () => {
    // The lock is not given back but ends with the server: whoever waits for it must not take a server that is going.
    lock.unwatch();
    await stopServer(home.cluster, server.pid);
    await lock.release();
  };
  try {
    signal?.throwIfAborted();
    await ensureDatabase(addressOf(home, server, 'postgres'));
  } catch (error) {
    await stop();
    throw error;
  }
  log(`PostgreSQL runs on port ${server.port} of the loopback, with its data in ${home.cluster}.`);
  return { url: addressOf(home, server, database), lost: lock.lost, stop };
}

/**
 * Finds the database of a gateway that runs on a data dir, for a program beside it. Nothing is started, made or changed.
 * @returns its address, with the password of its superuser: never to be logged.
 * @throws StartError when none is running there.
 */
export async function findEmbedded(dataDir: string): Promise<string> {
  const root = resolve(dataDir);
  const password = (await readFile(join(root, 'postgres-password'), 'utf8').catch(() => '')).trim();
  const cluster = await realpath(join(root, 'postgres')).catch(() => '');
  const server = cluster === '' ? undefined : runningServer(cluster);
  if (password === '' || !server?.ready) {
    throw new StartError(
      `No Bramka is running on the data directory ${root}; start it, name another directory in BRAMKA_DATA_DIR, or set DATABASE_URL.`,
    );
  }
  return addressOf({ password }, server, database);
}

async function takeServer(home: Home, settings: Settings): Promise<{ server: Server; lock: DataDirLock }> {
  const began = performance.now();
  for (;;) {
    const server = await openServer(home, settings);
    const lock = await tryLock(home, server);
    if (lock !== undefined && lock !== 'gone') return { server, lock };
    const waited = performance.now() - began;
    if (lock === 'gone' && waited > answerWithinMs) {
      throw new StartError(
        `PostgreSQL (process ${server.pid}, port ${server.port}) runs on ${home.cluster} but does not answer; stop it and start again.`,
      );
    }
    if (lock === undefined && waited > lockWithinMs) {
      throw new StartError(
        `Another Bramka is running on the data directory ${home.dataDir}; stop it, or name another directory in BRAMKA_DATA_DIR.`,
      );
    }
    await pause(lockEveryMs);
  }
}

/** Tries the lock; `gone` says that the server went away meanwhile, as when its gateway is just stopping. */
async function tryLock(home: Home, server: Server): Promise<DataDirLock | 'gone' | undefined> {
  try {
    return await lockDataDir(addressOf(home, server, 'postgres'));
  } catch (error) {
    if ((error as { code?: string }).code !== '28P01') return 'gone';
    throw new StartError(
      `The password in ${home.passwordFile} is not that of the database in ${home.cluster}; ` +
        'put the right file back, or remove both to start with an empty database.',
    );
  }
}

async function ensureDatabase(url: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
    if (rowCount === 0) await client.query(`create database ${database}`);
  } finally {
    await client.end();
  }
}

/** The address of a database of the embedded server. */
function addressOf(home: Pick<Home, 'password'>, server: Server, name: string): string {
  return `postgresql://${superuser}:${home.password}@127.0.0.1:${server.port}/${name}?sslmode=disable`;
}
