import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import pg from 'pg';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { driftFrom } from '../../../src/kernel/db/drift.ts';
import { migrate } from '../../../src/kernel/db/migrate.ts';
import type { PrismaFiles } from '../../../src/kernel/db/migrations-folder.ts';
import { newMigration } from '../../../src/kernel/db/new-migration.ts';
import type { TestDatabase } from '../../support/database.ts';
import { createEmptyDatabase, createTestDatabase } from '../../support/database.ts';

const schemaHead = 'datasource db {\n  provider = "postgresql"\n}\n';
const schema = `${schemaHead}
model Shop {
  id    String @id @db.Uuid
  flag  String @db.Char(1)
  total BigInt
  @@map("shop")
}
`;
const firstSql = `create table shop (id uuid primary key, flag char(1) not null, total bigint not null check (total >= 0));
create function refuse() returns trigger language plpgsql as $$ begin raise exception 'no;'; return new; end; $$;
create trigger shop_refuse before delete on shop for each row execute function refuse();`;
const alter = { name: '20260102000000_note', sql: 'alter table shop add column note text;' };

let folder = '';
let files: PrismaFiles;
let database: TestDatabase;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bramka-migrate-'));
  files = { schema: join(folder, 'schema.prisma'), migrations: join(folder, 'migrations') };
  await writeFile(files.schema, schema);
  await put('20260101000000_shop', firstSql);
  database = await createEmptyDatabase();
});

afterEach(async () => {
  await database.drop();
  await rm(folder, { recursive: true, force: true });
});

async function put(name: string, sql: string): Promise<void> {
  await mkdir(join(files.migrations, name), { recursive: true });
  await writeFile(join(files.migrations, name, 'migration.sql'), sql);
}

async function query(sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The lock that whoever applies migrations holds: the word `migrat` in ASCII. */
const migrationLock = BigInt('0x6d6967726174');

/** Resolves when somebody waits for the lock; a caller that has failed instead shows it in the end by its result. */
async function untilSomebodyWaits(client: pg.Client): Promise<void> {
  const waiting = "select from pg_locks where locktype = 'advisory' and not granted";
  await expect.poll(async () => (await client.query(waiting)).rowCount).toBe(1);
}

test('one that is told to end does so before its next migration, and a later call goes on there', async () => {
  await put('20260101000001_slow', `select pg_advisory_xact_lock(7); create table slow ();`);
  await put(alter.name, alter.sql);
  const holder = new pg.Client({ connectionString: database.url });
  await holder.connect();
  await holder.query('select pg_advisory_lock(7)');
  const stopping = new AbortController();
  const ended = expect(migrate(database.url, files, stopping.signal)).rejects.toThrow('aborted');
  await untilSomebodyWaits(holder);
  stopping.abort();
  await holder.end();
  await ended;
  expect(await query("select from pg_tables where tablename = 'slow'")).toHaveLength(1);
  expect(await migrate(database.url, files)).toEqual({ applied: [alter.name] });
});

test('what is pending is applied in the order of the names, recorded as Prisma does, and never again', async () => {
  await put(alter.name, alter.sql);
  expect(await migrate(database.url, files)).toEqual({ applied: ['20260101000000_shop', alter.name] });
  expect(await migrate(database.url, files)).toEqual({ applied: [] });
  expect(
    await query(
      `select migration_name, finished_at is not null as finished, rolled_back_at, length(checksum) as digits
       from _prisma_migrations order by migration_name`,
    ),
  ).toEqual([
    { migration_name: '20260101000000_shop', finished: true, rolled_back_at: null, digits: 64 },
    { migration_name: alter.name, finished: true, rolled_back_at: null, digits: 64 },
  ]);
});

test('a later migration is applied to a database that has the earlier ones', async () => {
  await migrate(database.url, files);
  await put(alter.name, alter.sql);
  expect(await migrate(database.url, files)).toEqual({ applied: [alter.name] });
});

test('a function body with semicolons arrives whole', async () => {
  await migrate(database.url, files);
  await query(`insert into shop values ('018f0000-0000-7000-8000-000000000001', 'A', 1)`);
  await expect(query('delete from shop')).rejects.toThrow('no;');
});

test('of callers at the same time one applies and all find it done', async () => {
  const results = await Promise.all([1, 2, 3, 4].map(() => migrate(database.url, files)));
  expect(results.flatMap(({ applied }) => applied)).toEqual(['20260101000000_shop']);
});

test('a migration that another caller is just applying is waited for, and is not taken for an interrupted one', async () => {
  await migrate(database.url, files);
  const applying = new pg.Client({ connectionString: database.url });
  await applying.connect();
  await applying.query(`select pg_advisory_lock(${migrationLock})`);
  await applying.query('update _prisma_migrations set finished_at = null');
  const waiting = migrate(database.url, files);
  await untilSomebodyWaits(applying);
  await applying.query('update _prisma_migrations set finished_at = started_at');
  await applying.end();
  expect(await waiting).toEqual({ applied: [] });
});

test('a migration that fails leaves nothing behind, and can be applied once it is mended', async () => {
  await put(alter.name, `${alter.sql} select 1 / 0;`);
  await expect(migrate(database.url, files)).rejects.toThrow(
    `The migration ${alter.name} could not be applied, and nothing of it was kept: division by zero`,
  );
  expect(await query(`select 1 from information_schema.columns where column_name = 'note'`)).toEqual([]);
  await put(alter.name, alter.sql);
  expect(await migrate(database.url, files)).toEqual({ applied: [alter.name] });
});

test('a role that may not migrate the database is told so, before and after another has', async () => {
  const role = `weak_${basename(folder).replaceAll(/\W/g, '_')}`;
  await query(`create role "${role}" login password 'weak'`);
  const url = Object.assign(new URL(database.url), { username: role, password: 'weak' }).href;
  const refused = (what: string): RegExp =>
    new RegExp(
      `^The database could not be migrated \\(permission denied for ${what}\\); let the role of DATABASE_URL own`,
    );
  await expect(migrate(url, files)).rejects.toThrow(refused('schema public'));
  await migrate(database.url, files);
  await expect(migrate(url, files)).rejects.toThrow(refused('table _prisma_migrations'));
  await put('20260101000001_more', 'create table more (); create table part (a int) partition by list (a);');
  await migrate(database.url, files);
  await query(`grant all on _prisma_migrations, more, part, shop to "${role}"`);
  await expect(migrate(url, files)).rejects.toThrow(
    /^The role of DATABASE_URL does not own 3 tables of the database \(more, part, shop\), and grants are not enough; let it own the database, or its schema and all tables in it, or be a member/,
  );
  // A partition is reached by its table, and tables of others are none of ours.
  await query(`create table part_of_it partition of part for values in (1); create table of_others ();
    alter table more owner to "${role}"; alter table part owner to "${role}"`);
  await expect(migrate(url, files)).rejects.toThrow(
    /^The role of DATABASE_URL does not own a table of the database \(shop\)/,
  );
  await query(`alter table shop owner to "${role}"`);
  await expect(migrate(url, files)).rejects.toThrow(
    /^The role of DATABASE_URL may not make the schema graphile_worker of the database, .* grant it "create" on the database/,
  );
  await query(`create schema graphile_worker authorization "${role}"; create table graphile_worker.migrations ()`);
  await query(`grant all on graphile_worker.migrations to "${role}"`);
  await expect(migrate(url, files)).rejects.toThrow(
    /^The role of DATABASE_URL does not own the schema graphile_worker of the database and all in it, /,
  );
  await query(`alter table graphile_worker.migrations owner to "${role}"`);
  expect(await migrate(url, files)).toEqual({ applied: [] });
  await query('alter table shop rename to shop_of_before');
  await put('20260101000002_rename', 'alter table shop_of_before rename to "store";');
  await migrate(database.url, files);
  await query('alter table store owner to current_user');
  await expect(migrate(url, files)).rejects.toThrow(/^The role of DATABASE_URL does not own a table .* \(store\)/);
  const member = `member_${role}`;
  await query(`create role "${member}" login password 'weak'; grant "${role}" to "${member}"`);
  await query(`alter table store owner to "${role}"`);
  const memberUrl = Object.assign(new URL(url), { username: member }).href;
  expect(await migrate(memberUrl, files)).toEqual({ applied: [] });
  await query(`drop role "${member}"; drop owned by "${role}"; drop role "${role}"`);
});

test('a schema with a name in capitals is migrated as any other', async () => {
  await query('create schema "Our-Shop"');
  const url = `${database.url}&options=-c%20search_path=%22Our-Shop%22`;
  expect(await migrate(url, files)).toEqual({ applied: ['20260101000000_shop'] });
  expect(await migrate(url, files)).toEqual({ applied: [] });
});

test('a migration that was changed after it was applied is refused', async () => {
  await migrate(database.url, files);
  await put('20260101000000_shop', `${firstSql} -- changed`);
  await expect(migrate(database.url, files)).rejects.toThrow(
    /^The migration 20260101000000_shop was changed after it was applied to this database; restore/,
  );
});

test('a migration that is recorded as begun and not as finished is refused', async () => {
  await migrate(database.url, files);
  await query('update _prisma_migrations set finished_at = null');
  await expect(migrate(database.url, files)).rejects.toThrow(
    /^The migration 20260101000000_shop was interrupted; look/,
  );
});

test('a migration that only the database knows is left alone, so that an older version can be put back', async () => {
  await put(alter.name, alter.sql);
  await migrate(database.url, files);
  await rm(join(files.migrations, alter.name), { recursive: true });
  expect(await migrate(database.url, files)).toEqual({ applied: [] });
});

test('a migration folder without its file is refused', async () => {
  await mkdir(join(files.migrations, '20260103000000_empty'));
  await expect(migrate(database.url, files)).rejects.toThrow(/^The migration 20260103000000_empty has no file/);
});

test.each([
  [
    'postgresql://gateway:s3cret@127.0.0.1:1/bramka',
    /^The database cannot be reached \(ECONNREFUSED\); check DATABASE_URL/,
  ],
  ['s3cret', /^DATABASE_URL is no address; write it as/],
])('an unusable address is refused in one sentence without its password: %s', async (url, sentence) => {
  const refusal = migrate(url, files);
  await expect(refusal).rejects.toThrow(sentence);
  await expect(refusal).rejects.not.toThrow('s3cret');
});

test('a new migration holds just what schema.prisma has more than the migrations', async () => {
  await writeFile(files.schema, schema.replace('total BigInt', 'total BigInt\n  note String?'));
  const input = { name: 'shop_note', at: new Date('2026-02-03T04:05:06Z'), serverUrl: database.url };
  const file = (await newMigration(input, files)) ?? '';
  expect(basename(dirname(file))).toBe('20260203040506_shop_note');
  expect(await readFile(file, 'utf8')).toBe('-- AlterTable\nALTER TABLE "shop" ADD COLUMN     "note" TEXT;\n');
  expect(await readFile(join(files.migrations, 'migration_lock.toml'), 'utf8')).toContain('provider = "postgresql"');
  expect(await migrate(database.url, files)).toEqual({
    applied: ['20260101000000_shop', '20260203040506_shop_note'],
  });
  expect(await newMigration({ ...input, at: new Date('2026-02-04T00:00:00Z') }, files)).toBeUndefined();
});

test.each(['', 'Shop', 'shop-note', '../shop'])('a new migration is not named "%s"', async (name) => {
  const input = { name, at: new Date('2026-02-03T04:05:06Z'), serverUrl: database.url };
  await expect(newMigration(input, files)).rejects.toThrow("A migration's name has only a-z, 0-9 and _");
});

test('a new migration does not sort before one that exists', async () => {
  const input = { name: 'late', at: new Date('2025-12-31T23:59:59Z'), serverUrl: database.url };
  await expect(newMigration(input, files)).rejects.toThrow(/^The migration 20260101000000_shop is not older/);
});

test('a database with checks, functions and triggers does not differ from the schema that leaves them out', async () => {
  await migrate(database.url, files);
  expect(await driftFrom(database.url, files)).toBe('');
  await query('alter table shop drop column total');
  expect(await driftFrom(database.url, files)).toContain('ADD COLUMN     "total" BIGINT NOT NULL');
});

test("the gateway's own migrations lead to its schema.prisma", async () => {
  const own = await createTestDatabase();
  expect(await driftFrom(own.url)).toBe('');
  await own.drop();
});

test('payouts that came back are noted without a lock that readers of payouts, who write them next, would have to give way to', async () => {
  const { url, drop } = await createTestDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('drop index payout_that_holds_its_account');
    await client.query('begin');
    const name = '20261130003508_returned_payouts_hold';
    await client.query(await readFile(`prisma/migrations/${name}/migration.sql`, 'utf8'));
    const { rows } = await client.query<{ mode: string }>(
      `select mode from pg_locks where pid = pg_backend_pid() and relation = 'payout'::regclass order by mode`,
    );
    // With ACCESS EXCLUSIVE in the end each would wait for the other.
    expect(rows.map(({ mode }) => mode)).toEqual(['RowExclusiveLock', 'ShareLock']);
  } finally {
    await client.end();
    await drop();
  }
});
