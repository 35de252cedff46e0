import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { StartError } from '../start-error.ts';
import { driftFrom } from './drift.ts';
import { migrate } from './migrate.ts';
import { prismaFiles, readMigrations, writeMigration } from './migrations-folder.ts';

export type NewMigrationInput = {
  /** What it does, in small letters, digits and underscores: `refund_reason`. */
  readonly name: string;
  /** The moment that its folder's name begins with, in UTC. */
  readonly at: Date;
  /** Any database of a server on which databases may be created; a scratch one is made there and dropped. */
  readonly serverUrl: string;
};

/**
 * Writes the migration that takes a database with all migrations applied to what schema.prisma says.
 * @returns the file written; undefined when there is no difference.
 * @throws StartError when the name is malformed, or the moment is not after the newest migration.
 */
export async function newMigration(input: NewMigrationInput, files = prismaFiles): Promise<string | undefined> {
  if (!/^[a-z0-9_]+$/.test(input.name)) {
    throw new StartError(
      `A migration's name has only a-z, 0-9 and _, not ${JSON.stringify(input.name)}; write it like refund_reason.`,
    );
  }
  const name = `${stamp(input.at)}_${input.name}`;
  const newest = (await readMigrations(files.migrations)).at(-1)?.name ?? '';
  if (name.slice(0, 14) <= newest.slice(0, 14)) {
    throw new StartError(`The migration ${newest} is not older than ${name}; set this machine's clock right, or wait.`);
  }
  const sql = await onScratchDatabase(input.serverUrl, async (url) => {
    await migrate(url, files);
    return driftFrom(url, files);
  });
  return sql === '' ? undefined : writeMigration(files.migrations, name, `${sql}\n`);
}

function stamp(at: Date): string {
  return at.toISOString().replace(/\D/g, '').slice(0, 14);
}

async function onScratchDatabase<T>(serverUrl: string, work: (url: string) => Promise<T>): Promise<T> {
  const name = `scratch_${randomBytes(6).toString('hex')}`;
  const server = new pg.Client({ connectionString: serverUrl });
  await server.connect();
  try {
    await server.query(`create database ${name} template template0`);
    const url = new URL(serverUrl);
    url.pathname = name;
    return await work(url.href);
  } finally {
    await server.query(`drop database if exists ${name} with (force)`);
    await server.end();
  }
}
