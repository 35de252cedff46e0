import pg from 'pg';
import { StartError } from '../start-error.ts';
import type { Migration } from './migrations-folder.ts';
import { prismaFiles, readMigrations, toEngineList } from './migrations-folder.ts';
import { notReached } from './not-reached.ts';
import { endless, prepareSession } from './prepare-session.ts';
import { requireGrants } from './require-grants.ts';

/** What the database says about one migration. */
type Recorded = { readonly name: string; readonly checksum: string; readonly finished: boolean };

/** The word `migrat` in ASCII: PostgreSQL names advisory locks by number. */
const lockNumber = '0x6d6967726174';
const undefinedTable = '42P01';
const insufficientPrivilege = '42501';

/**
 * Brings a database up to the migrations of the folder, with Prisma's schema engine and its records. Each migration is
 * applied whole or not at all. Any number of processes may call at once: one applies, the others wait and find it done.
 * Migrations that only the database knows, made by a newer version, are left alone, so an older one can be put back.
 * @param signal ends it, before the next migration or while it waits for another; then it fails, and a later call goes on.
 * @returns the names of the migrations that this call applied.
 * @throws StartError when the database cannot be reached, a migration was changed after it was applied or was
 *   interrupted, or one fails now, or the role may not migrate or use it.
 */
export async function migrate(
  url: string,
  files = prismaFiles,
  signal?: AbortSignal,
): Promise<{ applied: readonly string[] }> {
  const migrations = await readMigrations(files.migrations);
  const client = await connect(url);
  try {
    const applied = await bringUp(client, { url, signal }, { folder: files.migrations, migrations });
    await requireGrants(client, migrations);
    return { applied };
  } finally {
    await client.end();
  }
}

type Place = { readonly url: string; readonly signal: AbortSignal | undefined };

async function bringUp(
  client: pg.Client,
  place: Place,
  { folder, migrations }: { readonly folder: string; readonly migrations: readonly Migration[] },
): Promise<readonly string[]> {
  const before = await readRecorded(client);
  // One that is not finished may be under way in another process, which holds the lock meanwhile.
  if (before.every(({ finished }) => finished) && pendingOf(before, migrations).length === 0) return [];
  await takeLock(client, place.signal);
  const records = await readRecorded(client);
  requireFinished(records);
  return pendingOf(records, migrations).length === 0 ? [] : apply(place, folder, migrations);
}

async function takeLock(client: pg.Client, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  // The session that waits ends as soon as it has the lock.
  const giveUp = (): void => void client.connection.stream.destroy();
  signal?.addEventListener('abort', giveUp);
  try {
    await client.query('select pg_advisory_lock($1::bigint)', [BigInt(lockNumber).toString()]);
  } finally {
    signal?.removeEventListener('abort', giveUp);
  }
}

async function connect(url: string): Promise<pg.Client> {
  if (!URL.canParse(url)) {
    throw new StartError('DATABASE_URL is no address; write it as postgresql://user:password@host:5432/database.');
  }
  try {
    const client = new pg.Client({ connectionString: url });
    // A session that breaks between two queries makes the next one fail; unheard, its error would end the process.
    client.on('error', () => undefined);
    await client.connect();
    await prepareSession(client, endless);
    return client;
  } catch (error) {
    throw notReached(error);
  }
}

/** Demands, of whoever holds the lock, that no earlier one died in the middle. @throws StartError that names the migration. */
function requireFinished(records: readonly Recorded[]): void {
  const interrupted = records.find(({ finished }) => !finished);
  if (interrupted === undefined) return;
  throw new StartError(
    `The migration ${interrupted.name} was interrupted; look whether its changes are in the database, then set finished_at ` +
      '(they are) or rolled_back_at (they are not) of its row in _prisma_migrations and start again.',
  );
}

/** The migrations that the database lacks; its records are one table, so asking for them costs a start nearly nothing. */
function pendingOf(records: readonly Recorded[], migrations: readonly Migration[]): readonly Migration[] {
  const recorded = new Map(records.map((row) => [row.name, row]));
  return migrations.filter(({ name, checksum }) => {
    const row = recorded.get(name);
    if (row !== undefined && row.checksum !== checksum) {
      throw new StartError(
        `The migration ${name} was changed after it was applied to this database; ` +
          'restore its migration.sql and put the change into a new migration.',
      );
    }
    return row === undefined;
  });
}

async function readRecorded(client: pg.Client): Promise<readonly Recorded[]> {
  try {
    const { rows } = await client.query<Recorded>(
      `select migration_name as name, checksum, finished_at is not null as finished
       from _prisma_migrations where rolled_back_at is null order by started_at`,
    );
    return rows;
  } catch (error) {
    const { code, message } = error as pg.DatabaseError;
    if (code === undefinedTable) return [];
    throw code === insufficientPrivilege ? notBegun(message) : error;
  }
}

async function apply(place: Place, folder: string, migrations: readonly Migration[]): Promise<readonly string[]> {
  // Loaded here because most starts have nothing to apply and the engine is several megabytes.
  const { withSchemaEngine } = await import('./schema-engine.ts');
  const migrationsList = toEngineList(folder, migrations);
  const filters = { externalTables: [], externalEnums: [] };
  return withSchemaEngine(place, async (engine) => {
    try {
      return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames;
    } catch (error) {
      const { failedMigrationNames } = await engine.diagnoseMigrationHistory({
        migrationsList,
        filters,
        optInToShadowDatabase: false,
      });
      // Its script was one transaction, so nothing of it is there, and the next start may try again.
      for (const migrationName of failedMigrationNames) await engine.markMigrationRolledBack({ migrationName });
      place.signal?.throwIfAborted();
      if (failedMigrationNames.length === 0) throw notBegun(reasonOf(error));
      throw new StartError(
        `The migration ${failedMigrationNames.join(', ')} could not be applied, and nothing of it was kept: ${reasonOf(error)}`,
      );
    }
  });
}

/** Said when not even the table of migrations could be read or made, as the role may not. */
function notBegun(reason: string): StartError {
  return new StartError(
    `The database could not be migrated (${reason}); let the role of DATABASE_URL own the database, or its schema and all tables in it, or be a member of the role that does.`,
  );
}

/** The line in which the engine repeats what PostgreSQL said; the lines around it say where in the engine it was. */
function reasonOf(error: unknown): string {
  const lines = String(error).split('\n');
  return (lines.find((line) => line.includes('ERROR:')) ?? lines[0] ?? '').replace(/^.*ERROR:\s*/, '');
}
