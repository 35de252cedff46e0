import { appendFile, mkdir, mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createLog } from '../../src/kernel/log.ts';
import { createFolderLook } from '../../src/transfers/import-folder.ts';
import { attemptNow } from '../acquirers/sandbox-gateway.ts';
import { ownAccount } from '../statements/entries.ts';
import { writeCamt } from '../statements/write-camt.ts';
import { writeMt940 } from '../statements/write-mt940.ts';
import { type Attempt, openTransferWorld, type TransferWorld, transferFor } from './world.ts';

let world: TransferWorld;
let folder: string;

beforeAll(async () => {
  world = await openTransferWorld();
});

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bramka-statements-'));
});

afterEach(() => rm(folder, { recursive: true, force: true }));
afterAll(() => world.close());

const put = (name: string, text: string) => writeFile(join(folder, name), text);
/** The names in a folder, without what was put before them. */
const namesIn = async (name: string) =>
  (await readdir(join(folder, name))).map((each) => each.replace(/^[^~]*~/, '')).sort();
const statusOf = async ({ id }: Attempt) => (await attemptNow(world.database, id)).transaction.status;
const statementOf = (attempt: Attempt) =>
  writeCamt('053.001.08', [{ account: ownAccount, entries: [transferFor(attempt)] }]);

describe('The folder of statements', () => {
  it('is looked into, and what was imported is moved to done', async () => {
    const look = createFolderLook(world.transfers, folder);
    const [one, two] = [await world.send(), await world.send()];
    await put('one.xml', statementOf(one));
    await put('two.sta', writeMt940('~', [{ account: ownAccount, entries: [transferFor(two)] }]));
    await look();
    expect([await statusOf(one), (await namesIn('.')).length]).toEqual(['PENDING', 5]);
    await look();
    expect([await statusOf(one), await statusOf(two)]).toEqual(['SETTLED', 'SETTLED']);
    expect(await namesIn('done')).toEqual(['one.xml', 'two.sta']);
    expect(await namesIn('.')).toEqual(['done', 'refused', 'working']);
  });

  it('leaves a file alone that is still being written', async () => {
    const look = createFolderLook(world.transfers, folder);
    const attempt = await world.send();
    const whole = statementOf(attempt);
    await put('slow.xml', whole.slice(0, 500));
    await look();
    await appendFile(join(folder, 'slow.xml'), whole.slice(500));
    await look();
    expect(await namesIn('.')).toContain('slow.xml');
    await look();
    expect([await statusOf(attempt), await namesIn('done')]).toEqual(['SETTLED', ['slow.xml']]);
  });

  it('takes no drafts, links and folders', async () => {
    const look = createFolderLook(world.transfers, folder);
    const text = statementOf(await world.send());
    await put('.hidden.xml', text);
    await put('a.xml.tmp', text);
    await put('b.PART', text);
    await symlink('/etc/passwd', join(folder, 'link.xml'));
    await mkdir(join(folder, 'c.xml'));
    await look();
    await look();
    expect(await namesIn('.')).toEqual([
      '.hidden.xml',
      'a.xml.tmp',
      'b.PART',
      'c.xml',
      'done',
      'link.xml',
      'refused',
      'working',
    ]);
  });

  it('moves what cannot be read to refused, with the reason beside it, and goes on', async () => {
    const look = createFolderLook(world.transfers, folder);
    const attempt = await world.send();
    await put('a-bad.xml', '<html/>');
    await put('b-good.xml', statementOf(attempt));
    await look();
    await look();
    expect(await statusOf(attempt)).toBe('SETTLED');
    expect(await namesIn('refused')).toEqual(['a-bad.xml', 'a-bad.xml.reason.txt']);
    const [reason = ''] = (await readdir(join(folder, 'refused'))).filter((name) => name.endsWith('.reason.txt'));
    expect(await readFile(join(folder, 'refused', reason), 'utf8')).toMatch(
      /^Line 1: only camt.053 and camt.054 .*\.\n$/,
    );
  });

  it('takes files with the longest names there are, whether they can be read or not', async () => {
    const look = createFolderLook(world.transfers, folder);
    const attempt = await world.send();
    await put(`${'ł'.repeat(120)}.xml`, statementOf(attempt));
    await put(`${'ż'.repeat(120)}.xml`, '<html/>');
    await look();
    await look();
    expect(await statusOf(attempt)).toBe('SETTLED');
    expect(await namesIn('done')).toEqual([`${'ł'.repeat(73)}.xml`]);
    expect(await namesIn('refused')).toEqual([`${'ż'.repeat(73)}.xml`, `${'ż'.repeat(73)}.xml.reason.txt`]);
  });

  it('takes files whose names are in Windows-1250, whether they can be read or not', async () => {
    const look = createFolderLook(world.transfers, folder);
    const [one, two] = [await world.send(), await world.send()];
    const putAs = (name: string, text: string) =>
      writeFile(Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, 'latin1')]), text);
    await putAs('wyci\xb9g.xml', statementOf(one));
    await putAs('wyci\xeag.xml', statementOf(two));
    await putAs('wyci\xb9g.html', '<html/>');
    await putAs('wyci\xb9g.PART', '<html/>');
    await look();
    await look();
    expect([await statusOf(one), await statusOf(two)]).toEqual(['SETTLED', 'SETTLED']);
    expect(await namesIn('done')).toEqual(['wyciąg.xml', 'wycięg.xml']);
    expect(await namesIn('refused')).toEqual(['wyciąg.html', 'wyciąg.html.reason.txt']);
    expect(await namesIn('.')).toEqual(['done', 'refused', 'working', 'wyci\ufffdg.PART']);
    const files = await world.database.prisma.statementFile.findMany({ where: { name: { startsWith: 'wyci' } } });
    expect(files.map(({ name }) => name).sort()).toEqual(['wyciąg.xml', 'wycięg.xml']);
  });

  it('takes what lies in working under such a name', async () => {
    const look = createFolderLook(world.transfers, folder);
    const attempt = await world.send();
    await look();
    const name = Buffer.from('0~wyci\xb9g.xml', 'latin1');
    await writeFile(Buffer.concat([Buffer.from(`${folder}/working/`), name]), statementOf(attempt));
    await look();
    expect([await statusOf(attempt), await namesIn('working')]).toEqual(['SETTLED', []]);
    expect(await readdir(join(folder, 'done'), { encoding: 'buffer' })).toEqual([name]);
  });

  it('takes two files of one name one after the other, and the same file again as what it is', async () => {
    const look = createFolderLook(world.transfers, folder);
    const [one, two] = [await world.send(), await world.send()];
    const first = statementOf(one);
    for (const text of [first, statementOf(two), first]) {
      await put('statement.xml', text);
      await look();
      await look();
    }
    expect([await statusOf(one), await statusOf(two)]).toEqual(['SETTLED', 'SETTLED']);
    expect(await namesIn('done')).toEqual(['statement.xml', 'statement.xml', 'statement.xml']);
  });

  it('goes on with what a process has left that died, and several may look at once', async () => {
    const attempt = await world.send();
    await put('left.xml', statementOf(attempt));
    const looks = [1, 2, 3].map(() => createFolderLook(world.transfers, folder));
    await looks[0]?.();
    await rename(join(folder, 'left.xml'), join(folder, 'working', '0~left.xml'));
    await put('more.xml', statementOf(await world.send()));
    for (let round = 0; round < 2; round += 1) await Promise.all(looks.map((look) => look()));
    expect([await statusOf(attempt), await namesIn('done'), await namesIn('working')]).toEqual([
      ...['SETTLED', ['left.xml', 'more.xml'], []],
    ]);
  });

  it('says in the log of a file that cannot be moved neither its name nor where it lies, and keeps it', async () => {
    const lines: string[] = [];
    const log = createLog('info', { write: (line: string) => void lines.push(line) });
    const look = createFolderLook({ ...world.transfers, log }, folder);
    await look();
    await writeFile(join(folder, 'working', '7~Jan Kowalski.xml'), '<html/>');
    await mkdir(join(folder, 'refused', '7~Jan Kowalski.xml.reason.txt'));
    await look();
    expect(lines.map((line) => JSON.parse(line))).toMatchObject([
      { file: '7', reason: 'UNREADABLE', line: 1, msg: 'a statement was refused' },
      { file: '7', code: 'EISDIR', call: 'open', msg: 'a statement could not be imported' },
    ]);
    expect(lines.join()).not.toMatch(/Kowalski|bramka-statements/);
    expect(await namesIn('working')).toEqual(['Jan Kowalski.xml']);
  });

  it('keeps a file when the database is out of reach', async () => {
    const look = createFolderLook({ ...world.transfers, database: { ...world.database, pool: brokenPool } }, folder);
    await put('kept.xml', statementOf(await world.send()));
    await look();
    await look();
    expect(await namesIn('working')).toEqual(['kept.xml']);
    await createFolderLook(world.transfers, folder)();
    expect(await namesIn('done')).toEqual(['kept.xml']);
  });
});

const brokenPool = {
  connect: () => Promise.reject(new Error('out of reach')),
} as unknown as TransferWorld['database']['pool'];
