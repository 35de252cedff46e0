import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Database, inTransaction } from '../../src/kernel/db/database.ts';
import type { BankFileDeps } from '../../src/payouts/deps.ts';
import { rejectBankFile } from '../../src/payouts/reject-bank-file.ts';
import { writeBankFiles } from '../../src/payouts/write-bank-files.ts';
import { dyingAt } from './dying-database.ts';
import { openPayoutWorld, type PayoutWorld } from './world.ts';

let world: PayoutWorld;
let parent: string;
let folder: string;
let deps: BankFileDeps;

beforeAll(async () => {
  world = await openPayoutWorld();
  parent = await mkdtemp(join(tmpdir(), 'bramka-bank-files-'));
  folder = join(parent, 'to', 'bank');
  deps = { ...world.payouts, bankFiles: { ...world.payouts.bankFiles, folder } };
});

afterAll(async () => {
  await world.close();
  await rm(parent, { recursive: true, force: true });
});

type KnownFile = {
  readonly id: string;
  readonly name: string;
  readonly content: string;
  readonly writtenAt: Date | null;
};

/** Sends one payout, and gives its file. */
async function send(day: string): Promise<KnownFile> {
  const shop = await world.openShop();
  await world.sell(shop);
  await world.payAt(`${day}T06:00:00+01:00`);
  expect(await world.sendAt(`${day}T09:00:00+01:00`)).toBe(1);
  return newestFile();
}

async function newestFile(): Promise<KnownFile> {
  const file = await world.database.prisma.bankFile.findFirstOrThrow({ orderBy: { createdAt: 'desc' } });
  const day = file.executionDay.toISOString().slice(0, 10);
  return { ...file, name: `pain001-${file.currency}-${day}-${file.id}.xml` };
}

describe('A file for the bank', () => {
  it('is written into a folder that nobody else may read, which is made when it is not there', async () => {
    const { name, content } = await send('2026-11-27');
    await writeBankFiles(deps);
    expect(await readdir(folder)).toEqual([name]);
    expect(await readFile(join(folder, name), 'utf8')).toBe(content);
    const modes = await Promise.all([folder, join(folder, name)].map(async (path) => (await stat(path)).mode & 0o777));
    expect(modes).toEqual([0o700, 0o600]);
    expect((await newestFile()).writtenAt).toEqual(world.clock.now());
  });

  it('is not written again once it lay there: who hands it to the bank may have taken it away', async () => {
    const { name } = await newestFile();
    await rm(join(folder, name));
    world.clock.pass({ ms: 120_000 });
    await writeBankFiles(deps);
    expect(await readdir(folder)).toEqual([]);
  });

  it('that a killed process left half done is written whole a minute later', async () => {
    const { name, content } = await send('2026-11-30');
    await world.database.pool.query('update bank_file set write_started_at = $1 where written_at is null', [
      world.clock.now(),
    ]);
    await writeFile(join(folder, name), content.slice(0, 100));
    await writeBankFiles(deps);
    expect((await newestFile()).writtenAt).toBeNull();
    world.clock.pass({ ms: 60_000 });
    await writeBankFiles(deps);
    expect(await readFile(join(folder, name), 'utf8')).toBe(content);
    expect((await newestFile()).writtenAt).not.toBeNull();
  });

  it('stays as it is when it lies there already and only that was not kept', async () => {
    const { name } = await newestFile();
    const before = (await stat(join(folder, name))).ino;
    await world.database.pool.query('update bank_file set written_at = null');
    world.clock.pass({ ms: 60_000 });
    await writeBankFiles(deps);
    expect((await stat(join(folder, name))).ino).toBe(before);
    expect((await newestFile()).writtenAt).toEqual(world.clock.now());
  });

  it('waits while the folder cannot be written, and is kept in the database alone when there is none', async () => {
    const { name } = await send('2026-12-01');
    const blocked = join(parent, 'no-folder');
    await writeFile(blocked, '');
    const broken = { ...deps, bankFiles: { ...deps.bankFiles, folder: blocked } };
    await expect(writeBankFiles(broken)).rejects.toThrow('EEXIST');
    await writeBankFiles(world.payouts);
    expect((await newestFile()).writtenAt).toBeNull();
    world.clock.pass({ ms: 60_000 });
    await writeBankFiles(deps);
    expect(await readdir(folder)).toContain(name);
  });
});

/** A database on which something else happens before a statement, once. */
function meanwhile(database: Database, statement: string, deed: () => Promise<unknown>): Database {
  let isDone = false;
  const query = async (...args: [{ readonly name?: string }]): Promise<unknown> => {
    if (args[0].name === statement && !isDone) {
      isDone = true;
      await deed();
    }
    return (database.pool.query as (...all: unknown[]) => Promise<unknown>).apply(database.pool, args);
  };
  return { ...database, pool: Object.assign(Object.create(database.pool) as Database['pool'], { query }) };
}

describe('A file for the bank that others have to do with at the same time', () => {
  const mayBeGone =
    'a bank file may have been taken from the folder and is not written again: fetch it by bankFileContent if the bank has not got it';
  const reject = (bankFileId: string): Promise<void> =>
    inTransaction(world.database, (tx) => {
      const operator = { keyId: randomUUID(), name: 'Anna Nowak' };
      return rejectBankFile(tx, { clock: world.clock, operator }, { bankFileId, reason: 'FF01' });
    });
  /** What lies in the folder under or for the name of a file. */
  const lyingFor = async ({ name }: KnownFile): Promise<string[]> =>
    (await readdir(folder)).filter((each) => each.includes(name));

  it('appears once though the bank took it before that could be kept: an alarm leaves it to operators', async () => {
    const file = await send('2026-12-02');
    const killed = writeBankFiles({ ...deps, database: dyingAt(world.database, 3) });
    await expect(killed).rejects.toMatchObject({ cause: new Error('the process was killed') });
    expect((await lyingFor(file)).sort()).toEqual([`.${file.name}.written`, file.name]);
    await rm(join(folder, file.name));
    world.clock.pass({ ms: 60_000 });
    await writeBankFiles(deps);
    expect(await lyingFor(file)).toEqual([]);
    expect((await newestFile()).writtenAt).toEqual(world.clock.now());
    expect(world.alarms.splice(0)).toEqual([mayBeGone]);
  });

  it('appears at most once though its process is held up for so long that another takes it', async () => {
    const file = await send('2026-12-03');
    const taken = (): Promise<unknown> =>
      world.database.pool.query('update bank_file set write_started_at = $2 where id = $1', [
        ...[file.id, new Date(world.clock.now().getTime() + 1)],
      ]);
    await writeBankFiles({ ...deps, database: meanwhile(world.database, 'is-bank-file-to-be-written', taken) });
    expect(await lyingFor(file)).toEqual([]);
    world.clock.pass({ ms: 60_001 });
    const another = async (): Promise<void> => {
      world.clock.pass({ ms: 60_000 });
      await writeBankFiles(deps);
    };
    await writeBankFiles({ ...deps, database: meanwhile(world.database, 'is-bank-file-to-be-written', another) });
    expect(await lyingFor(file)).toEqual([]);
    expect(world.alarms.splice(0)).toEqual([mayBeGone]);
  });

  it('is not written when the bank refuses it before', async () => {
    const file = await send('2026-12-04');
    const database = meanwhile(world.database, 'is-bank-file-to-be-written', () => reject(file.id));
    await writeBankFiles({ ...deps, database });
    expect(await lyingFor(file)).toEqual([]);
    expect(world.alarms).toEqual([]);
  });

  it('is taken out again, with an alarm, when the bank refuses it at that moment', async () => {
    const file = await send('2026-12-07');
    const database = meanwhile(world.database, 'end-writing-bank-file', () => reject(file.id));
    await writeBankFiles({ ...deps, database });
    expect(await lyingFor(file)).toEqual([]);
    expect(world.alarms.splice(0)).toEqual([
      'a bank file was rejected while it was written, and is taken out of the folder: see that the bank does not execute it',
    ]);
  });
});
