import pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Database, openDatabase, read } from '../../../src/kernel/db/database.ts';
import { readSnapshot } from '../../../src/kernel/db/read-snapshot.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createShop } from '../../support/factories.ts';
import { openPooler } from '../../support/pooler.ts';

/** What an admin may have set for the sake of others, and what is there all the same. */
const settings: [name: string, set: string, ours: string][] = [
  ['TimeZone', 'America/New_York', 'UTC'],
  ['DateStyle', 'SQL, DMY', 'ISO, MDY'],
  ['IntervalStyle', 'iso_8601', 'postgres'],
  ['bytea_output', 'escape', 'hex'],
  ['standard_conforming_strings', 'off', 'on'],
  ['default_transaction_isolation', 'serializable', 'read committed'],
  ['lock_timeout', '1ms', '0'],
  ['idle_session_timeout', '3s', '0'],
  ['statement_timeout', '3s', '15s'],
  ['idle_in_transaction_session_timeout', '3s', '30s'],
];
const names = settings.map(([name]) => name);
const show = {
  name: 'show',
  text: 'select name, current_setting(name) as value from unnest($1::text[]) as name',
  values: [names],
};

let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await createTestDatabase();
  database = openDatabase({ url: home.url });
  const { shop } = await createShop(database);
  await database.pool.query('update shop set created_at = $1 where id = $2', [new Date(0), shop.id]);
  const admin = new pg.Client({ connectionString: home.url });
  await admin.connect();
  for (const [name, value] of settings) {
    await admin.query(`alter database ${admin.database} set ${name} = '${value}'`);
  }
  await Promise.all([admin.end(), database.close()]);
  database = openDatabase({ url: home.url });
});
afterAll(async () => {
  await database.close();
  await home.drop();
});

it('Sessions have the settings that we rely on, whatever the database has for others', async () => {
  const ours = settings.map(([name, , value]) => ({ name, value }));
  expect(await read(database, show)).toEqual(ours);
  expect(
    await database.prisma.$queryRawUnsafe(
      'select name, current_setting(name) as value from unnest($1::text[]) as name',
      names,
    ),
  ).toEqual(ours);
});

it('Times are read as what they are, in whatever zone the server lives', async () => {
  expect(await database.prisma.shop.findMany({ select: { createdAt: true } })).toEqual([{ createdAt: new Date(0) }]);
  expect(await database.prisma.shop.count({ where: { createdAt: { lt: new Date(1) } } })).toBe(1);
  expect((await database.pool.query('select created_at from shop')).rows).toEqual([{ created_at: new Date(0) }]);
});

it('Who reads in one snapshot may take as long as it takes', async () => {
  const rows = await readSnapshot(home.url, (snapshot) => snapshot.query<{ name: string; value: string }>(show));
  const limits = rows.filter(({ name }) => name.endsWith('timeout')).map(({ value }) => value);
  expect(limits).toEqual(['0', '0', '0', '0']);
});

it('Sessions are the same behind a pooler that refuses to begin them with settings', async () => {
  const pooler = await openPooler(home.url, 'session');
  const behind = openDatabase({ url: pooler.url, connectionsMax: 2 });
  expect(await read(behind, show)).toEqual(settings.map(([name, , value]) => ({ name, value })));
  expect(await behind.prisma.shop.count()).toBe(1);
  await behind.close();
  await pooler.close();
});
