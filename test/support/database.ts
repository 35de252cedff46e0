import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { afterAll, inject } from 'vitest';
import { type Database, openDatabase } from '../../src/kernel/db/database.ts';
import { ensureTemplate, openShared, template } from './shared-server.ts';

export type TestDatabase = {
  readonly url: string;
  /** Ends all sessions on the database and removes it. */
  drop(): Promise<void>;
};

/** A database of its own for a test file, with every migration applied and the tables of the queue: a copy of the template. */
export function createTestDatabase(): Promise<TestDatabase> {
  return create(template);
}

/** The same, opened. It is closed and removed when all tests of the file are over. */
export async function openTestDatabase(): Promise<Database> {
  const home = await createTestDatabase();
  const database = openDatabase({ url: home.url });
  afterAll(async () => {
    await database.close();
    await home.drop();
  });
  return database;
}

/** A database without a single table, for tests of the migrations themselves. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return create('template0');
}

type Server = { readonly addressOf: (database: string) => string; readonly pool: pg.Pool };

let server: Promise<Server> | undefined;

/** The PostgreSQL of this run and a connection to it, which all files of a worker share. */
async function openServer(): Promise<Server> {
  const addressOf = await openShared(inject('databaseDir'));
  await ensureTemplate(addressOf);
  // It keeps no worker alive, and may be cut off by the end of the run.
  const pool = new pg.Pool({ connectionString: addressOf('postgres'), max: 1, allowExitOnIdle: true });
  pool.on('error', () => {});
  return { addressOf, pool };
}

async function create(original: string): Promise<TestDatabase> {
  server ??= openServer();
  const { addressOf, pool } = await server;
  const name = `test_${randomBytes(6).toString('hex')}`;
  await pool.query(`create database ${name} template ${original} strategy file_copy`);
  return {
    url: addressOf(name),
    drop: async () => void (await pool.query(`drop database if exists ${name} with (force)`)),
  };
}
