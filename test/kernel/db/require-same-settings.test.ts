import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { type Database, inTransaction, openDatabase } from '../../../src/kernel/db/database.ts';
import { requireSameMode, requireSameSettings } from '../../../src/kernel/db/require-same-settings.ts';
import { createSeal } from '../../../src/kernel/seal.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { createShop } from '../../support/factories.ts';
import { runCommand } from '../../support/run-command.ts';

const secret = 'a secret for tests only, long enough to be one';
const another = 'another secret for tests, long enough to be one';
let home: TestDatabase;
let database: Database;

const requireSecret = (given: string) => requireSameSettings(database, { secret: given, mode: 'sandbox' });
const requireMode = (mode: 'sandbox' | 'production') => requireSameSettings(database, { secret, mode });

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
  await requireSecret(secret);
  await requireSecret(secret);
  await expect(requireSecret(another)).rejects.toThrow(/^The secret is another than .* BRAMKA_SECRET .*\.$/);
  const { rows } = await database.pool.query<{ value: Buffer }>('select value from secret_check');
  expect(rows).toHaveLength(1);
  expect(rows[0]?.value.length).toBe(32);
});

it('lets those with one secret in when several start at once, and nobody else', async () => {
  const secrets = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? secret : another));
  const starts = await Promise.allSettled(secrets.map(requireSecret));
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
  await expect(requireSecret(another)).rejects.toThrow(/^The secret is another than /);
  await requireSecret(secret);
  await expect(requireSecret(another)).rejects.toThrow(/^The secret is another than /);
});

it('takes another for the one that is lost, by a command that wants to be told so', async () => {
  await requireSecret(secret);
  const environment = { DATABASE_URL: home.url, BRAMKA_SECRET: another };
  const refused = await runCommand('src/cli/replace-secret.ts', [], environment);
  expect(refused).toMatchObject({ code: 2, stderr: expect.stringMatching(/^--lost is needed, .*\nUsage: .*\n$/) });
  await requireSecret(secret);
  const done = await runCommand('src/cli/replace-secret.ts', ['--lost'], environment);
  expect(done).toMatchObject({
    code: 0,
    stderr: '',
    stdout: expect.stringMatching(/give each of its shops a new service key\.\n$/),
  });
  await requireSecret(another);
  await expect(requireSecret(secret)).rejects.toThrow(/^The secret is another than /);
});

it('takes the first mode, and after that no other', async () => {
  await requireMode('production');
  await requireMode('production');
  await expect(requireMode('sandbox')).rejects.toThrow(
    /^The mode is sandbox, and that of this database is production; set BRAMKA_MODE=production, or take another .*\.$/,
  );
  await inTransaction(database, (tx) => requireSameMode(tx, 'production'));
  await expect(inTransaction(database, (tx) => requireSameMode(tx, 'sandbox'))).rejects.toThrow(
    /^The mode is sandbox, /,
  );
});

it.each(['no row', 'a row of a version that kept no mode'])(
  'lets those in one mode in when several start at once where there is %s, and nobody else',
  async (before) => {
    await requireMode('sandbox');
    await database.pool.query(before === 'no row' ? 'delete from secret_check' : 'update secret_check set mode = null');
    const modes = Array.from({ length: 8 }, (_, index) => (index % 2 === 0 ? 'production' : 'sandbox'));
    const starts = await Promise.allSettled(modes.map(requireMode));
    const good = modes.filter((_, index) => starts[index]?.status === 'fulfilled');
    expect(good).toHaveLength(4);
    expect(new Set(good).size).toBe(1);
  },
);

it('takes the mode that is missing only of one with the right secret', async () => {
  await requireSecret(secret);
  await database.pool.query('update secret_check set mode = null');
  await expect(requireSecret(another)).rejects.toThrow(/^The secret is another than /);
  await inTransaction(database, (tx) => requireSameMode(tx, 'sandbox'));
  await requireMode('production');
  await expect(requireMode('sandbox')).rejects.toThrow(/^The mode is sandbox, /);
});

it('keeps the mode when the secret is replaced, which need not know it', async () => {
  await requireMode('production');
  const environment = { DATABASE_URL: home.url, BRAMKA_SECRET: another };
  expect(await runCommand('src/cli/replace-secret.ts', ['--lost'], environment)).toMatchObject({ code: 0 });
  await requireSameSettings(database, { secret: another, mode: 'production' });
  await expect(requireSecret(another)).rejects.toThrow(/^The mode is sandbox, /);
});

it('keeps a second row out', async () => {
  await requireSecret(secret);
  await expect(database.pool.query("insert into secret_check values (false, '')")).rejects.toThrow('secret_check_only');
});
