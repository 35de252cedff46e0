import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { jsonTable, xmlTable } from '../fx/tables.ts';
import { createEmptyDatabase, createTestDatabase } from '../support/database.ts';
import { type Ran, root, runCommand } from '../support/run-command.ts';

let home: Awaited<ReturnType<typeof createTestDatabase>>;
let folder: string;

beforeAll(async () => {
  home = await createTestDatabase();
  folder = await mkdtemp(join(tmpdir(), 'bramka-rates-'));
});

afterAll(async () => {
  await home.drop();
  await rm(folder, { recursive: true, force: true });
});

/** Runs the command as `npm run fx:import` does. */
function run(args: readonly string[], url = home.url): Promise<Ran> {
  return runCommand('src/cli/import-rates.ts', args, { DATABASE_URL: url });
}

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text, 'latin1');
  return path;
}

it('npm run fx:import takes the files of the NBP, and a second time changes nothing', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { scripts: object };
  expect(scripts).toMatchObject({ 'fx:import': expect.stringMatching(/ node src.cli.import-rates.ts$/) });
  const xml = await write('a001z260102.xml', xmlTable({ number: '001/A/NBP/2026', day: '2026-01-02' }));
  const json = await write('tables.json', jsonTable({ number: '002/A/NBP/2026', day: '2026-01-05' }));
  expect(await run([xml])).toEqual({ code: 0, stdout: '1 table imported, 0 known already.\n', stderr: '' });
  expect(await run([xml, json])).toMatchObject({ code: 0, stdout: '1 table imported, 1 known already.\n' });
});

it('A file that cannot be taken is named, with what is wrong', async () => {
  const bad = await write('bad.xml', '<html></html>');
  expect(await run([bad])).toEqual({
    ...{ code: 1, stdout: '' },
    stderr:
      'bad.xml: This XML is no table of the NBP: it must hold one <tabela_kursow typ="A">, as in a001z260102.xml.\n',
  });
});

it.each([
  [[], 'At least one file is needed.\nUsage: npm run fx:import'],
  [['--all'], /^Unknown option '--all'.*\nUsage: npm run fx:import/],
  [['--help=no'], /--help.*does not take an argument\nUsage: npm run fx:import/],
  [['/nowhere.xml'], 'The table cannot be read: ENOENT'],
  [['--', '--all'], 'The table cannot be read: ENOENT'],
])('It ends with 2 and says what is wrong, when it is given %j', async (args, said) => {
  const { code, stdout, stderr } = await run(args);
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toEqual(typeof said === 'string' ? expect.stringContaining(said) : expect.stringMatching(said));
  expect(stderr).not.toContain('    at ');
});

it('It tells how it is used', async () => {
  expect(await run(['--help'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^Usage: /) });
});

it('It says that the database is not one of this Bramka', async () => {
  const { url, drop } = await createEmptyDatabase();
  const file = await write('good.json', jsonTable({ number: '001/A/NBP/2026', day: '2026-01-02' }));
  expect(await run([file], url)).toMatchObject({
    code: 2,
    stderr: expect.stringMatching(/^The database has not all tables of this Bramka; .*\n$/),
  });
  await drop();
});
