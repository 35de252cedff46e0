import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { inject } from 'vitest';
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

/** A database without a single table, for tests of the migrations themselves. */
export function createEmptyDatabase(): Promise<TestDatabase> {
  return create('template0');
}

async function create(original: string): Promise<TestDatabase> {
  const addressOf = await openShared(inject('databaseDir'));
  if (original === template) await ensureTemplate(addressOf);
  const name = `test_${randomBytes(6).toString('hex')}`;
  await command(addressOf('postgres'), `create database ${name} template ${original} strategy file_copy`);
  return {
    url: addressOf(name),
    drop: () => command(addressOf('postgres'), `drop database if exists ${name} with (force)`),
  };
}

async function command(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
