import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, writeFileSync } from 'node:fs';
import { readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { afterAll, afterEach, beforeEach, expect, test, vi } from 'vitest';
import { findEmbedded, startEmbedded } from '../../../src/kernel/db/embedded.ts';
import { prepareHome } from '../../../src/kernel/db/embedded-home.ts';
import {
  buffersFor,
  createCluster,
  memoryHere,
  runningServer,
  stopServer,
} from '../../../src/kernel/db/embedded-server.ts';
import { StartError } from '../../../src/kernel/start-error.ts';
import { fillDataDir } from '../../support/data-dirs.ts';

const holder = fileURLToPath(new URL('../../support/hold-data-dir.ts', import.meta.url));
const root = realpathSync(mkdtempSync(join(tmpdir(), 'bramka-embedded-')));
// Under root PostgreSQL runs as another user, who must get through to his files.
chmodSync(root, 0o711);
const children: ChildProcess[] = [];
let dataDir = '';
let count = 0;

beforeEach(() => {
  count += 1;
  dataDir = join(root, `data-${count}`);
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  const server = runningServer(cluster());
  if (server !== undefined) await stopServer(cluster(), server.pid);
});

afterAll(() => rm(root, { recursive: true, force: true }));

const cluster = () => join(dataDir, 'postgres');
const start = () => startEmbedded({ dataDir, settings: { fsync: 'off' } });

async function query<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** Starts a gateway-like process; gives its database's address, or what it said when it refused to start. */
async function startProcess(): Promise<{ child: ChildProcess; url: string; refusal: string }> {
  const child = spawn(process.execPath, [holder, dataDir], { stdio: ['pipe', 'pipe', 'pipe'] });
  children.push(child);
  let url = '';
  let refusal = '';
  child.stderr.on('data', (part: Buffer) => {
    refusal += part.toString();
  });
  await new Promise<void>((done) => {
    child.stdout.on('data', (part: Buffer) => {
      url += part.toString().trim();
      done();
    });
    child.on('close', () => done());
  });
  return { child, url, refusal };
}

async function kill(child: ChildProcess): Promise<void> {
  const gone = new Promise((done) => child.once('exit', done));
  child.kill('SIGKILL');
  await gone;
}

test('a later start finds what the first one wrote', async () => {
  const first = await start();
  await query(first.url, 'create table note as select 7 as value');
  await first.stop();
  expect(runningServer(cluster())).toBeUndefined();
  const later = await start();
  expect(await query(later.url, 'select value from note')).toEqual([{ value: 7 }]);
  await later.stop();
});

test('a first start that is told to end breaks off at once, and leaves nothing half done', async () => {
  const stopping = new AbortController();
  const refused = expect(startEmbedded({ dataDir, signal: stopping.signal })).rejects.toThrow('aborted');
  const draft = `${cluster()}.new-${process.pid}`;
  await vi.waitUntil(() => existsSync(join(draft, 'base')), { timeout: 20_000, interval: 1 });
  stopping.abort();
  await refused;
  expect([cluster(), draft].filter((path) => existsSync(path))).toEqual([]);
  const later = await start();
  await later.stop();
});

test('one that is told to end while it prepares the folder makes no database first', async () => {
  const programs = join(root, `programs-${count}`);
  const initdb = join(programs, 'bin', 'initdb');
  mkdirSync(join(programs, 'bin'), { recursive: true });
  writeFileSync(initdb, '#!/bin/sh\n: > "$0.ran"\n', { mode: 0o755 });
  chmodSync(join(programs, 'bin'), 0o777);
  const home = { ...(await prepareHome(dataDir)), programs };
  await expect(createCluster(home, false, AbortSignal.abort())).rejects.toThrow('aborted');
  expect(existsSync(`${initdb}.ran`)).toBe(false);
  await createCluster(home, false).catch(() => {});
  expect(existsSync(`${initdb}.ran`)).toBe(true);
});

test('the database is durable, sorts by code point and listens on the loopback alone', async () => {
  const embedded = await startEmbedded({ dataDir });
  const rows = await query(
    embedded.url,
    `select name, setting from pg_settings
     where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'listen_addresses', 'max_connections', 'TimeZone',
       'shared_buffers')
     order by name collate "C"`,
  );
  expect(rows.map((row) => Object.values(row).join('='))).toEqual([
    'TimeZone=UTC',
    'fsync=on',
    'full_page_writes=on',
    'listen_addresses=127.0.0.1',
    'max_connections=120',
    // In pages of 8 kB.
    `shared_buffers=${buffersFor(memoryHere()) * 128}`,
    'synchronous_commit=on',
  ]);
  expect(await query(embedded.url, "select lower('ŁÓDŹ') as city, 'Z' < 'a' as by_code")).toEqual([
    { city: 'łódź', by_code: true },
  ]);
  await embedded.stop();
});

test.each([
  ['1 GiB', 2 ** 30, 128],
  ['8 GiB', 2 ** 33, 1_024],
  ['24 GiB', 24 * 2 ** 30, 3_072],
  ['a terabyte', 2 ** 40, 8_192],
])(
  'on a machine of %s PostgreSQL keeps pages in an eighth of the memory, not too little and not too much',
  (_, memory, megabytes) => {
    expect(buffersFor(memory)).toBe(megabytes);
  },
);

test('the password is random, kept for its owner alone, and asked for', async () => {
  const embedded = await start();
  const file = join(dataDir, 'postgres-password');
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(new URL(embedded.url).password).toBe((await readFile(file, 'utf8')).trim());
  const wrong = new URL(embedded.url);
  wrong.password = 'postgres';
  await expect(query(wrong.href, 'select 1')).rejects.toThrow('password authentication failed');
  await embedded.stop();
});

test('a program beside the gateway finds its database while that runs, and starts none when it does not', async () => {
  await fillDataDir(dataDir);
  const embedded = await start();
  expect(await findEmbedded(dataDir)).toBe(embedded.url);
  await embedded.stop();
  const nobody = new StartError(
    `No Bramka is running on the data directory ${dataDir}; start it, name another directory in BRAMKA_DATA_DIR, or set DATABASE_URL.`,
  );
  await expect(findEmbedded(dataDir)).rejects.toThrow(nobody);
  expect(runningServer(cluster())).toBeUndefined();
});

test('a start after kill -9 of the gateway takes over the PostgreSQL that it left running', async () => {
  await fillDataDir(dataDir);
  const { child, url } = await startProcess();
  await query(url, 'create table note as select 7 as value');
  await kill(child);
  expect(runningServer(cluster())).toBeDefined();
  const began = performance.now();
  const next = await start();
  expect(performance.now() - began).toBeLessThan(5_000);
  expect(await query(next.url, 'select value from note')).toEqual([{ value: 7 }]);
  await next.stop();
  expect(runningServer(cluster())).toBeUndefined();
});

test('a start after kill -9 of gateway and PostgreSQL finds all that was committed', async () => {
  await fillDataDir(dataDir);
  const { child, url } = await startProcess();
  await query(url, 'create table note as select 7 as value');
  const server = runningServer(cluster());
  if (server === undefined) throw new Error('PostgreSQL should run here.');
  process.kill(server.pid, 'SIGKILL');
  await kill(child);
  const next = await start();
  expect(await query(next.url, 'select value from note')).toEqual([{ value: 7 }]);
  await next.stop();
});

test('a second start while the first gateway lives is refused in one sentence and harms nothing', async () => {
  await fillDataDir(dataDir);
  const { url } = await startProcess();
  const here = start();
  const [{ refusal }] = await Promise.all([
    startProcess(),
    expect(here).rejects.toThrow(
      new StartError(
        `Another Bramka is running on the data directory ${dataDir}; stop it, or name another directory in BRAMKA_DATA_DIR.`,
      ),
    ),
  ]);
  expect(refusal).toMatch(/^StartError: Another Bramka is running on .*\n$/);
  expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }]);
});

test('of four first starts at once exactly one gets the data dir', async () => {
  const starts = await Promise.all([1, 2, 3, 4].map(() => startProcess()));
  expect(starts.filter(({ url }) => url !== '')).toHaveLength(1);
  expect(starts.filter(({ refusal }) => refusal.startsWith('StartError: Another Bramka'))).toHaveLength(3);
});

test('a gateway whose session on the lock was ended takes the lock again', async () => {
  await fillDataDir(dataDir);
  const { url } = await startProcess();
  const holders = `select pid from pg_stat_activity where application_name = 'bramka lock'`;
  const [before] = await query<{ pid: number }>(url, holders);
  await query(url, `select pg_terminate_backend(${before?.pid})`);
  await expect
    .poll(() => query(url, `select 1 from pg_locks where locktype = 'advisory' and pid <> ${before?.pid}`))
    .toHaveLength(1);
  await expect(start()).rejects.toThrow('Another Bramka is running');
});

test('a process number in a stale file that belongs to another process by now does not stop a start', async () => {
  await fillDataDir(dataDir);
  await (await start()).stop();
  const pidFile = `${process.pid}\n${cluster()}\n1700000000\n5432\n\n127.0.0.1\n  1 1\nready   \n`;
  await writeFile(join(cluster(), 'postmaster.pid'), pidFile);
  const next = await start();
  expect(await query(next.url, 'select 1 as one')).toEqual([{ one: 1 }]);
  await next.stop();
});

test('a password file that does not fit its database is said in one sentence', async () => {
  await fillDataDir(dataDir);
  await (await start()).stop();
  await writeFile(join(dataDir, 'postgres-password'), 'another\n');
  await expect(start()).rejects.toThrow(/^The password in .* is not that of the database/);
});

test('a data directory that cannot be made is said in one sentence', async () => {
  await writeFile(dataDir, 'a file');
  await expect(start()).rejects.toThrow(/^The data directory .* cannot be written \(EEXIST\); name another/);
});

test('a database of another PostgreSQL version is refused', async () => {
  await fillDataDir(dataDir);
  await (await start()).stop();
  await writeFile(join(cluster(), 'PG_VERSION'), '17\n');
  await expect(start()).rejects.toThrow(/was made by PostgreSQL 17, and this Bramka brings PostgreSQL 18/);
});
