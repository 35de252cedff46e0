import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Database, openDatabase } from '../../../src/kernel/db/database.ts';
import { requireSecret } from '../../../src/kernel/db/require-secret.ts';
import { createSeal } from '../../../src/kernel/seal.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createShop } from '../../support/factories.ts';
import { runCommand } from '../../support/run-command.ts';

const secret = 'a secret for tests only, long enough to be one';
const another = 'another secret for tests, long enough to be one';
let home: TestDatabase;
let database: Database;

beforeAll(async () => {
  home = await createTestDatabase();
  database = openDatabase({ url: home.url });
});
afterAll(async () => {
  await database?.close();
  await home?.drop();
});
beforeEach(async () => {
  await database.pool.query('delete from secret_check');
});

it('takes the first secret, and after that no other', async () => {
  await requireSecret(database, secret);
  await requireSecret(database, secret);
  await expect(requireSecret(database, another)).rejects.toThrow(/^The secret is another than .* BRAMKA_SECRET .*\.$/);
  const { rows } = await database.pool.query<{ value: Buffer }>('select value from secret_check');
  expect(rows).toHaveLength(1);
  expect(rows[0]?.value.length).toBe(32);
});

it('lets those with one secret in when several start at once, and nobody else', async () => {
  const secrets = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? secret : another));
  const starts = await Promise.allSettled(secrets.map((each) => requireSecret(database, each)));
  const good = secrets.filter((_, index) => starts[index]?.status === 'fulfilled');
  expect(good).toHaveLength(4);
  expect(new Set(good).size).toBe(1);
});

it('takes no secret that opens nothing of what is sealed already, as after an upgrade', async () => {
  const { shop } = await createShop(database);
  const sealed = new Uint8Array(createSeal(secret).close('key', shop.id));
  await database.pool.query('delete from service_key');
  await database.pool.query(
    'insert into service_key (id, shop_id, sealed, created_at) values (gen_random_uuid(), $1, $2, now())',
    [shop.id, sealed],
  );
  await expect(requireSecret(database, another)).rejects.toThrow(/^The secret is another than /);
  await requireSecret(database, secret);
  await expect(requireSecret(database, another)).rejects.toThrow(/^The secret is another than /);
});

it('takes another for the one that is lost, by a command that wants to be told so', async () => {
  await requireSecret(database, secret);
  const environment = { DATABASE_URL: home.url, BRAMKA_SECRET: another };
  const refused = await runCommand('src/cli/replace-secret.ts', [], environment);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/^--lost is needed, .*\nUsage: .*\n$/) });
  await requireSecret(database, secret);
  const done = await runCommand('src/cli/replace-secret.ts', ['--lost'], environment);
  expect(done).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/give each of its shops a new service key\.\n$/),
  });
  await requireSecret(database, another);
  await expect(requireSecret(database, secret)).rejects.toThrow(/^The secret is another than /);
});

it('keeps a second row out', async () => {
  await requireSecret(database, secret);
  await expect(database.pool.query("insert into secret_check values (false, '')")).rejects.toThrow('secret_check_only');
});
