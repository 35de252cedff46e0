import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { chown, mkdir, open, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { StartError } from '../start-error.ts';
import type { Home, Owner } from './embedded-home.ts';
import { unlessCode } from './embedded-home.ts';

/** Settings of PostgreSQL by name, as in postgresql.conf. */
export type Settings = Readonly<Record<string, string>>;

/** A PostgreSQL that runs on a cluster, by its own account in `postmaster.pid`. */
export type Server = { readonly pid: number; readonly port: number; readonly ready: boolean };

/** The superuser of the embedded PostgreSQL. */
export const superuser = 'bramka';

const major = '18';
const settingsAlways: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Failing statements are the gateway's to log; what remains are starts, stops and crashes.
  log_min_messages: 'log',
  log_checkpoints: 'off',
  max_connections: '120',
  shared_buffers: `${buffersFor(memoryHere())}MB`,
  max_wal_size: '4GB',
  fsync: 'on',
  synchronous_commit: 'on',
  full_page_writes: 'on',
  // Plans are kept: one that was made while a table (or the log's partition of a new month) was empty reads it from end to
  // end until the next look.
  autovacuum_naptime: '5s',
};
const startsMax = 5;
const lookEveryMs = 10;
/** A crash under load may leave gigabytes of log to replay, so a server that is on its way gets its time. */
const readyWithinMs = 600_000;
/** After this long a stop is forced; the next start then replays the log. */
const stopWithinMs = 30_000;

/**
 * How much memory PostgreSQL keeps pages in, in MB: an eighth of all there is, since the gateway shares the machine, but 128
 * to 8,192. It is taken as pages come. @param memory in bytes.
 */
export function buffersFor(memory: number): number {
  return Math.min(Math.max(Math.floor(memory / 8 / 1_048_576), 128), 8_192);
}

/** What this process may use, in bytes: in a container, what that may, as far as the process is told. */
export function memoryHere(): number {
  const limit = process.constrainedMemory();
  return limit > 0 ? Math.min(limit, totalmem()) : totalmem();
}

/**
 * Creates the cluster if there is none. It appears whole under its name, so neither a crash in the middle nor two first
 * starts at once leave half of one.
 * @param durable waits until the disk has it; only throw-away clusters do without.
 * @param signal breaks it off, and nothing is left of it; then it fails.
 * @throws StartError when another major version made it, or it cannot be made.
 */
export async function createCluster(home: Home, durable: boolean, signal?: AbortSignal): Promise<void> {
  if (existsSync(join(home.cluster, 'PG_VERSION'))) return checkVersion(home.cluster);
  const draft = `${home.cluster}.new-${process.pid}`;
  const passwordFile = `${draft}.password`;
  await rm(draft, { recursive: true, force: true });
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, `${home.password}\n`, { mode: 0o600 });
  await Promise.all([give(draft, home.owner), give(passwordFile, home.owner)]);
  try {
    await runInitdb(home, [`--pgdata=${draft}`, `--pwfile=${passwordFile}`, ...(durable ? [] : ['--no-sync'])], signal);
    await rename(draft, home.cluster).catch(unlessCode('EEXIST', 'ENOTEMPTY'));
  } finally {
    await rm(passwordFile, { force: true });
    await rm(draft, { recursive: true, force: true });
  }
}

async function checkVersion(cluster: string): Promise<void> {
  const version = (await readFile(join(cluster, 'PG_VERSION'), 'utf8')).trim();
  if (version === major) return;
  throw new StartError(
    `The database in ${cluster} was made by PostgreSQL ${version}, and this Bramka brings PostgreSQL ${major}; ` +
      'start the Bramka that made it and dump it there, or name another data directory in BRAMKA_DATA_DIR.',
  );
}

async function give(path: string, owner: Owner): Promise<void> {
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(path, owner.uid, owner.gid);
}

/** PostgreSQL's built-in locale sorts by code point and folds case in Unicode, the same on every machine. */
async function runInitdb(home: Home, args: readonly string[], signal?: AbortSignal): Promise<void> {
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8', '--encoding=UTF8'];
  const fixed = [`--username=${superuser}`, '--auth=scram-sha-256', ...locale];
  signal?.throwIfAborted();
  const initdb = spawn(join(home.programs, 'bin', 'initdb'), [...fixed, ...args], {
    ...spawning(home),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  initdb.stderr?.on('data', (part: Buffer) => {
    said += part.toString();
  });
  const failure = await new Promise<string | undefined>((done) => {
    initdb.on('error', (error) => done(error.message));
    // Only when all that it has started is gone as well.
    initdb.on('close', (code) => done(code === 0 ? undefined : reasonIn(said)));
    signal?.addEventListener('abort', () => initdb.kill('SIGTERM'));
  });
  signal?.throwIfAborted();
  if (failure !== undefined) throw new StartError(`No database could be created in ${home.cluster}: ${failure}`);
}

/**
 * Gives the server that runs on the cluster and takes connections: the one found running, or else a new one on a free
 * loopback port. It outlives the gateway if that is killed, and the next start finds it.
 * @throws StartError when none can be started.
 */
export async function openServer(home: Home, settings: Settings): Promise<Server> {
  let failure = '';
  for (let starts = 0; starts < startsMax; starts++) {
    // Two starts at once, a port taken meanwhile, remains of a killed server: all of these end by trying again.
    if (starts > 0) await pause(starts * 100);
    await forgetForeignProcess(home.cluster);
    const server = (await settle(home.cluster)) ?? (await launch(home, settings));
    if (typeof server !== 'string') return server;
    failure = server;
  }
  throw new StartError(`PostgreSQL could not be started on ${home.cluster}: ${failure} (log: ${logOf(home.cluster)})`);
}

/** Waits while a server comes up or goes down, and gives what is there then. */
async function settle(cluster: string): Promise<Server | undefined> {
  const end = performance.now() + readyWithinMs;
  for (;;) {
    const server = runningServer(cluster);
    if (server === undefined || server.ready) return server;
    if (performance.now() > end) {
      throw new StartError(
        `PostgreSQL (process ${server.pid}) is busy starting or stopping for too long; see ${logOf(cluster)}.`,
      );
    }
    await pause(lookEveryMs);
  }
}

/** Starts a server; gives the reason when it ended before it was ready. */
async function launch(home: Home, settings: Settings): Promise<Server | string> {
  const port = await freePort();
  const log = await open(logOf(home.cluster), 'a+', 0o600);
  const before = (await log.stat()).size;
  const flags = Object.entries({ ...settingsAlways, ...settings, port: String(port) });
  const child = spawn(
    join(home.programs, 'bin', 'postgres'),
    ['-D', home.cluster, ...flags.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    // In a session of its own: Ctrl-C in the terminal asks the gateway to drain, for which it needs its database.
    { ...spawning(home), stdio: ['ignore', log.fd, log.fd], detached: true },
  );
  child.unref();
  let ended: string | undefined;
  child.on('error', (error) => {
    ended = error.message;
  });
  child.on('exit', (code, signal) => {
    ended = `it ended with ${signal ?? `code ${code}`}`;
  });
  const end = performance.now() + readyWithinMs;
  try {
    while (performance.now() < end) {
      const server = runningServer(home.cluster);
      if (server?.ready && server.pid === child.pid) return server;
      if (ended !== undefined) return reasonIn((await readFile(logOf(home.cluster))).toString('utf8', before)) || ended;
      await pause(lookEveryMs);
    }
    return 'it is not ready after ten minutes';
  } finally {
    await log.close();
  }
}

function spawning(home: Home): { cwd: string; env: NodeJS.ProcessEnv; uid?: number; gid?: number } {
  return { cwd: '/', env: { LC_ALL: 'C', TZ: 'UTC' }, ...home.owner };
}

function logOf(cluster: string): string {
  return `${cluster}.log`;
}

/** The line of a log that says why, without PostgreSQL's time stamp. */
function reasonIn(log: string): string {
  const lines = log.split('\n').filter((line) => /FATAL|PANIC|error:|could not/.test(line));
  return (lines.at(-1) ?? '').replace(/^.*?(?=FATAL|PANIC|error:)/, '').trim();
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((done, fail) => {
    probe.on('error', fail).listen(0, '127.0.0.1', done);
  });
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === 'string') throw new StartError('No loopback port is free.');
  return address.port;
}

/** Says which server runs on the cluster; its file has the process on line 1, the port on 4 and its state on 8. */
export function runningServer(cluster: string): Server | undefined {
  const lines = readPidFile(cluster).split('\n');
  const pid = Number(lines[0]);
  if (!(pid > 1) || !isOnCluster(pid, cluster)) return undefined;
  return { pid, port: Number(lines[3]), ready: lines[7]?.trim() === 'ready' };
}

function readPidFile(cluster: string): string {
  try {
    return readFileSync(join(cluster, 'postmaster.pid'), 'utf8');
  } catch {
    return '';
  }
}

/**
 * Tells a running server from another process that got the same number later: its command line names the cluster. (Its
 * working directory would too, but root in a container may not look at that of another user's process.)
 */
function isOnCluster(pid: number, cluster: string): boolean {
  if (process.platform !== 'linux') {
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout.includes(cluster);
  }
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      .split('\0')
      .some((word) => resolve(word) === cluster);
  } catch {
    return false;
  }
}

/**
 * Removes a `postmaster.pid` whose process number belongs to something else by now, as happens in containers, where
 * numbers are small: PostgreSQL would take it for a server and refuse to start. A dead process it handles by itself.
 */
async function forgetForeignProcess(cluster: string): Promise<void> {
  const pid = Number(readPidFile(cluster).split('\n')[0]);
  if (pid > 1 && isAlive(pid) && !isOnCluster(pid, cluster)) await rm(join(cluster, 'postmaster.pid'), { force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

/**
 * Stops a server: sessions are ended, the data is written out. Forced when that takes over 30 seconds. Returns when it is
 * gone; does nothing when it no longer runs.
 */
export async function stopServer(cluster: string, pid: number): Promise<void> {
  const runs = () => runningServer(cluster)?.pid === pid;
  if (runs()) process.kill(pid, 'SIGINT');
  const force = performance.now() + stopWithinMs;
  while (runs()) {
    if (performance.now() > force) process.kill(pid, 'SIGQUIT');
    await pause(lookEveryMs);
  }
}
