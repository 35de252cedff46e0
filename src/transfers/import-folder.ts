import { isUtf8 } from 'node:buffer';
import { lstat, readdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInput } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { makeFolder } from '../kernel/make-folder.ts';
import { fileBytesMax } from '../statements/read-bank-statements.ts';
import type { TransferDeps } from './deps.ts';
import { type RefusedBecause, StatementRefused } from './errors.ts';
import { importStatement } from './import-statement.ts';

/** Where files go: those that are being imported, that were, and that could not be. */
const folders = { working: 'working', done: 'done', refused: 'refused' } as const;

const nameBytesMax = 150;

/** A file as it is named in the folder, byte for byte, and what it looks like. */
type Seen = { readonly name: Buffer; readonly looks: string };

/**
 * Makes the look into the folder into which the bank's statements are put. A file is taken when it has not changed since the
 * look before, so one that is still being written is left alone; names that begin with a dot, or end in `.tmp` or `.part`, are
 * never taken. It is moved aside first, so that another one of its name does no harm, then imported, and moved to `done` or
 * to `refused`, there with a file beside it that says why. Whatever dies in between is taken up by the next look. Any number
 * of processes may look into one folder. A name may be of any bytes: text that is not UTF-8 is read as Windows-1250.
 */
export function createFolderLook(deps: TransferDeps, path: string): () => Promise<void> {
  let before: readonly Seen[] = [];
  return async () => {
    for (const folder of Object.values(folders)) await makeFolder(join(path, folder));
    const now = await look(path);
    const looked = new Map(before.map(({ name, looks }) => [keyOf(name), looks]));
    for (const { name, looks } of now) {
      if (looked.get(keyOf(name)) === looks) await alone(deps, undefined, () => claim(deps, path, name));
    }
    before = now;
    for (const name of await readNames(join(path, folders.working))) {
      await alone(deps, idIn(name), () => importOne(deps, path, name));
    }
  };
}

/** One file that cannot be moved keeps no other from being imported; it is tried again with the next look. */
async function alone({ log }: TransferDeps, file: string | undefined, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    log.error({ file, ...describe(error) }, 'a statement could not be imported');
  }
}

/** The words of the file system hold the name of the file, which somebody gave it and which may name people. */
function describe(error: unknown): object {
  if (!(error instanceof Error && 'syscall' in error && 'path' in error && 'code' in error)) return { err: error };
  return { code: error.code, call: error.syscall };
}

/** What a file that was moved aside is called in the log. */
function idIn(claimed: Buffer): string {
  return textOf(claimed).replace(/~.*/s, '');
}

/** Names as bytes: as texts, those that are not UTF-8 would name no file. */
async function readNames(folder: string): Promise<Buffer[]> {
  return (await readdir(folder, { encoding: 'buffer' })).toSorted(Buffer.compare);
}

function placeOf(folder: string, name: Buffer): Buffer {
  return Buffer.concat([Buffer.from(join(folder, '/')), name]);
}

/** What a name says; those of Windows, copied as they are, have its letters. */
function textOf(name: Buffer): string {
  return isUtf8(name) ? name.toString() : new TextDecoder('windows-1250').decode(name);
}

function keyOf(name: Buffer): string {
  return name.toString('latin1');
}

async function look(path: string): Promise<Seen[]> {
  const seen: Seen[] = [];
  for (const name of await readNames(path)) {
    const text = textOf(name);
    if (text.startsWith('.') || /\.(?:tmp|part)$/i.test(text)) continue;
    const stat = await lstat(placeOf(path, name)).catch(unlessGone);
    if (stat?.isFile()) seen.push({ name, looks: `${stat.ino} ${stat.size} ${stat.mtimeMs}` });
  }
  return seen;
}

/** Names may have 255 bytes, and more is put before and behind them. */
async function claim({ clock }: TransferDeps, path: string, name: Buffer): Promise<void> {
  const claimed = `${newId(clock.now())}~${Buffer.from(textOf(name))
    .subarray(-nameBytesMax)
    .toString()
    .replace(/^\ufffd+/, '')}`;
  await rename(placeOf(path, name), join(path, folders.working, claimed)).catch(unlessGone);
}

async function importOne(deps: TransferDeps, path: string, claimed: Buffer): Promise<void> {
  const name = textOf(claimed).replace(/^[^~]*~/, '');
  const from = placeOf(join(path, folders.working), claimed);
  const stat = await lstat(from).catch(unlessGone);
  if (!stat?.isFile()) return;
  try {
    if (stat.size > fileBytesMax) {
      throw new StatementRefused(
        'TOO_LARGE',
        `The file has ${stat.size} bytes; at most ${fileBytesMax} are read, so split it.`,
      );
    }
    const bytes = await readFile(from).catch(unlessGone);
    if (!bytes) return;
    const { file, replayed } = await importStatement(deps, { name, bytes, source: 'folder' });
    deps.log.info({ fileId: file.id, entries: file.entries, fresh: file.fresh, replayed }, 'a statement was imported');
    await rename(from, placeOf(join(path, folders.done), claimed)).catch(unlessGone);
  } catch (error) {
    if (!(error instanceof InvalidInput)) throw error;
    // The reason may quote the file, with names and account numbers in it, so it stands beside it and not in the log.
    deps.log.error({ file: idIn(claimed), ...briefly(error) }, 'a statement was refused');
    const to = placeOf(join(path, folders.refused), claimed);
    await writeFile(Buffer.concat([to, Buffer.from('.reason.txt')]), `${error.message}\n`);
    await rename(from, to).catch(unlessGone);
  }
}

/** Why a file was refused and, if it says so, in which line: in no words that stand in the file. */
function briefly(error: InvalidInput): { readonly reason: RefusedBecause; readonly line?: number } {
  const [, line] = /^Line (\d+):/.exec(error.message) ?? [];
  const reason = error instanceof StatementRefused ? error.because : 'UNREADABLE';
  return { reason, ...(line === undefined ? {} : { line: Number(line) }) };
}

/** Another process was faster. */
function unlessGone(error: unknown): undefined {
  if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
  throw error;
}
