import { runMigrations } from 'graphile-worker';
import pg from 'pg';
import { prepareHome } from '../../src/kernel/db/embedded-home.ts';
import {
  createCluster,
  openServer,
  runningServer,
  stopServer,
  superuser,
} from '../../src/kernel/db/embedded-server.ts';
import { migrate } from '../../src/kernel/db/migrate.ts';

/**
 * What a throw-away database may do without, for speed; its log may be in memory. Two files of tests may each run two whole gateways, and one has up
 * to 50 connections.
 */
const throwAway = {
  ...{ fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' },
  // It has as many databases as there are files of tests, and each would be looked at in that time.
  ...{ shared_buffers: '64MB', max_connections: '250', max_wal_size: '512MB', autovacuum_naptime: '1min' },
};
const templateLock = 1;

/** The database that every test database is a copy of. */
export const template = 'bramka_template';

/** Gives the address of a database on the PostgreSQL of this run, which the first caller of all workers starts. */
export async function openShared(dataDir: string): Promise<(database: string) => string> {
  const home = await prepareHome(dataDir);
  await createCluster(home, false);
  const { port } = await openServer(home, throwAway);
  return (database) => `postgresql://${superuser}:${home.password}@127.0.0.1:${port}/${database}?sslmode=disable`;
}

/** Makes the template with our migrations and those of the queue of jobs, once for all workers. */
export async function ensureTemplate(addressOf: (database: string) => string): Promise<void> {
  const client = new pg.Client({ connectionString: addressOf('postgres') });
  await client.connect();
  try {
    await client.query('select pg_advisory_lock($1)', [templateLock]);
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [template]);
    if (rowCount !== 0) return;
    // Under another name until it is whole, so that a worker that dies in the middle leaves no half template.
    await client.query(`drop database if exists ${template}_draft`);
    await client.query(`create database ${template}_draft template template0`);
    const draft = addressOf(`${template}_draft`);
    await migrate(draft);
    await runMigrations({ connectionString: draft, noHandleSignals: true });
    await client.query(`alter database ${template}_draft rename to ${template}`);
  } finally {
    await client.end();
  }
}

/** Stops the PostgreSQL of this run, if any test started it. */
export async function stopShared(dataDir: string): Promise<void> {
  const { cluster } = await prepareHome(dataDir);
  const server = runningServer(cluster);
  if (server !== undefined) await stopServer(cluster, server.pid);
}
