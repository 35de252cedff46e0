import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../src/kernel/db/database.ts';
import { requireSameSettings } from '../../src/kernel/db/require-same-settings.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { createProcesses, type Settings, serverIn } from './gateway-process.ts';

const processes = createProcesses();
const secret = 'a secret for tests only, long enough to be one';
let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(async () => {
  await processes.endAll();
  await database.drop();
});

/** Has the database be one that a gateway with our secret has used in a mode. */
async function leaveSettings(mode: 'sandbox' | 'production'): Promise<void> {
  const known = openDatabase({ url: database.url });
  await known.pool.query('delete from secret_check');
  await requireSameSettings(known, { secret, mode });
  await known.close();
}

/** Starts a gateway that must refuse to start; gives what it said, line by line, after a look at what it left. */
async function refuse(settings: Settings): Promise<string[]> {
  const dataDir = await processes.newDataDir();
  const { ended, said } = processes.launch(dataDir, settings);
  expect(await ended).toEqual({ code: 1, signal: null });
  expect(said.stdout).toBe('');
  expect(serverIn(dataDir)).toBeUndefined();
  expect(existsSync(join(dataDir, 'demo.json'))).toBe(false);
  expect(said.stderr).toMatch(/\.\n$/);
  return said.stderr.trimEnd().split('\n');
}

const notReached = (reason: string): string =>
  `The database cannot be reached (${reason}); check DATABASE_URL, and write signs such as @ : / ? # in its password ` +
  'percent-encoded (@ is %40).';
const noPublicUrl =
  'PUBLIC_URL is required in production, with https; set it to where payers reach it, such as https://pay.example.';
const port = 'PORT must be a whole number from 0 to 65535.';
const cases: [name: string, settings: Settings, lines: string[]][] = [
  ['an unknown mode', { BRAMKA_MODE: 'prod' }, ['BRAMKA_MODE must be sandbox or production.']],
  [
    'a NATS of another kind, without showing its password',
    { NATS_URL: 'redis://bramka:hunter2@127.0.0.1:4222' },
    ['NATS_URL must look like nats://user:password@host:4222.'],
  ],
  ['too many processes', { BRAMKA_WORKERS: '65' }, ['BRAMKA_WORKERS must be a whole number from 1 to 64.']],
  [
    'processes that serve in a role that is not for serving',
    { BRAMKA_WORKERS: '2', BRAMKA_ROLE: 'worker', DATABASE_URL: 'postgresql://bramka@127.0.0.1/x' },
    [
      'BRAMKA_WORKERS counts processes that serve, and BRAMKA_ROLE=worker is for the background work; unset one of them.',
    ],
  ],
  [
    'half of the work on a database that no other process can have',
    { BRAMKA_ROLE: 'api' },
    [
      'BRAMKA_ROLE=api leaves the rest to other processes on the same database; set DATABASE_URL, or unset BRAMKA_ROLE.',
    ],
  ],
  ['a port that is no number', { PORT: '40a' }, [port]],
  ['a port that is too large', { PORT: '65536' }, [port]],
  [
    'a database of another kind',
    { DATABASE_URL: 'mysql://root:hunter2@127.0.0.1/x' },
    ['DATABASE_URL must look like postgres://user:password@host:5432/name.'],
  ],
  [
    'a proxy that is no address',
    { TRUSTED_PROXIES: '10.0.0.0/8, proxy.example' },
    ['TRUSTED_PROXIES must be a list of addresses or ranges such as 10.0.0.0/8.'],
  ],
  [
    'a limit that is no number',
    { RATE_LIMIT_PER_KEY: '-1', RATE_LIMIT_PER_ADDRESS: 'ten' },
    [
      'RATE_LIMIT_PER_KEY must be a whole number from 0 (no limit) to 999999999.',
      'RATE_LIMIT_PER_ADDRESS must be a whole number from 0 (no limit) to 999999999.',
    ],
  ],
  [
    'no secret and no public address in production',
    { BRAMKA_MODE: 'production' },
    ['BRAMKA_SECRET is required in production; set it to at least 32 random characters and keep it.', noPublicUrl],
  ],
  [
    'several wrong settings, with a line for each',
    { BRAMKA_MODE: 'production', BRAMKA_ROLE: 'boss', PORT: '-1', PUBLIC_URL: 'pay.example', LOG_LEVEL: 'loud' },
    [
      'BRAMKA_ROLE must be all, api or worker.',
      port,
      'PUBLIC_URL must look like https://pay.example.',
      'LOG_LEVEL must be a level such as info or warn.',
      'BRAMKA_SECRET is required in production; set it to at least 32 random characters and keep it.',
    ],
  ],
  [
    'a short secret, without showing it',
    { BRAMKA_SECRET: 'hunter2' },
    ['BRAMKA_SECRET must have at least 32 characters.'],
  ],
  [
    'a host that is not here',
    { HOST: '203.0.113.7' },
    ['203.0.113.7 is no address of this machine; set HOST to one, such as 127.0.0.1.'],
  ],
  [
    'a database server that is not there',
    { DATABASE_URL: 'postgres://shop:hunter2@127.0.0.1:1/gateway' },
    [notReached('ECONNREFUSED')],
  ],
  [
    'a password with bare signs, of which a part is taken for the host and the name of the database',
    { DATABASE_URL: 'postgres://shop:p@127.0.0.2:1/w:rd@127.0.0.1/bramka' },
    [notReached('ECONNREFUSED')],
  ],
];

test.concurrent.each(cases)('%s stops the start before anything is started', async (_, settings, lines) => {
  expect(await refuse(settings)).toEqual(lines);
});

test('a wrong password for the database stops the start, without showing it', async () => {
  const url = new URL(database.url);
  url.password = 'hunter2';
  expect(await refuse({ DATABASE_URL: url.href })).toEqual([notReached('password authentication failed for user …')]);
});

test('a role that may not open as many connections as a start needs stops it, in one line', async () => {
  const admin = openDatabase({ url: database.url });
  await admin.pool.query("create role narrow login password 'narrow' connection limit 1");
  const { rows } = await admin.pool.query<{ name: string }>('select current_user as name');
  await admin.pool.query(`grant "${rows[0]?.name}" to narrow`);
  const url = Object.assign(new URL(database.url), { username: 'narrow', password: 'narrow' });
  const said = await refuse({ DATABASE_URL: url.href });
  await admin.pool.query('drop role narrow');
  await admin.close();
  expect(said.at(-1)).toMatch(
    /^The database has too few connections for this start \(too many connections for role …\); raise/,
  );
});

test('production refuses a database that could lose money', async () => {
  expect(
    await refuse({
      BRAMKA_MODE: 'production',
      BRAMKA_SECRET: secret,
      DATABASE_URL: database.url,
      PUBLIC_URL: 'https://pay.example',
    }),
  ).toEqual([expect.stringMatching(/^The database runs with \w+ off and could lose money; switch it on\.$/)]);
});

test.each(['1', '2'])('another secret than that of the database stops the start of %s processes', async (workers) => {
  await leaveSettings('sandbox');
  const settings = { DATABASE_URL: database.url, BRAMKA_WORKERS: workers };
  const said = expect.stringMatching(
    /^The secret is another than that of this database; set BRAMKA_SECRET to the same/,
  );
  expect(await refuse({ ...settings, BRAMKA_SECRET: secret.toUpperCase() })).toEqual([said]);
  expect(await refuse(settings)).toEqual([said]);
});

test.each(['1', '2'])('another mode than that of the database stops the start of %s processes', async (workers) => {
  await leaveSettings('production');
  const settings = { DATABASE_URL: database.url, BRAMKA_WORKERS: workers, BRAMKA_SECRET: secret };
  expect(await refuse({ ...settings, BRAMKA_MOD: 'production' })).toEqual([
    expect.stringContaining('BRAMKA_MOD is set, and there is no such setting; did you mean BRAMKA_MODE?'),
    'The mode is sandbox, and that of this database is production; set BRAMKA_MODE=production, or take another database ' +
      '(DATABASE_URL, or BRAMKA_DATA_DIR for the embedded one).',
  ]);
});

test.each(['1', '2'])('a port in use stops the start of %s processes before a database is made', async (workers) => {
  const taken = createServer();
  await new Promise<void>((done) => taken.listen(0, '127.0.0.1', done));
  const { port } = taken.address() as AddressInfo;
  expect(await refuse({ PORT: String(port), BRAMKA_WORKERS: workers })).toEqual([
    `Port ${port} on 127.0.0.1 is in use; set PORT to a free one.`,
  ]);
  await new Promise((done) => taken.close(done));
});

test.each(['BANK_FILES_DIR', 'STATEMENTS_DIR'])('a %s that cannot be made stops the start', async (setting) => {
  const file = join(await processes.newDataDir(), 'file');
  await writeFile(file, '');
  for (const path of [file, join(file, 'x'), '/proc/x/y']) {
    const [line = '', ...others] = await refuse({ [setting]: path });
    expect(line).toMatch(/^The folder \S+ cannot be made and written \(.+\); set \w+ to another\.$/);
    expect(line).toContain(`The folder ${path} `);
    expect(line).toContain(`set ${setting} `);
    expect(others).toEqual([]);
  }
});

test('a data directory that is a file stops the start', async () => {
  const file = join(await processes.newDataDir(), 'file');
  await writeFile(file, '');
  expect(await refuse({ BRAMKA_DATA_DIR: file })).toEqual([
    expect.stringMatching(/^The data directory \S+ cannot be made \(.+\); set BRAMKA_DATA_DIR to another\.$/),
  ]);
});

test('a data directory in which nothing can be written stops a start that keeps files there', async () => {
  const said = /^The data directory \/proc\/self cannot be written \(.+\); name another in BRAMKA_DATA_DIR\.$/;
  for (const settings of [{}, { DATABASE_URL: database.url, BRAMKA_SECRET: secret }]) {
    expect(await refuse({ BRAMKA_DATA_DIR: '/proc/self', ...settings })).toEqual([expect.stringMatching(said)]);
  }
});
