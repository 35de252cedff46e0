import { randomUUID } from 'node:crypto';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from '../kernel/clock.ts';
import { makeFolder } from '../kernel/make-folder.ts';
import type { BankFileDeps } from './deps.ts';
import { endWriting, type FileToWrite, isToBeWritten, takeFileToWrite } from './sql/bank-files.ts';

/** Nobody else may look into the folder. */
export const folderMode = 0o700;

/** How long a process may take for one file before another writes it. */
const patience = { ms: -60_000 } as const;

/**
 * Writes the files for the bank into the folder of the settings, if it names one: each appears whole under its name, and is
 * on the disk before that is kept. One that is not known to lie there, since a process was killed, is written again, unless
 * a marker beside it says that it may have lain there: whoever hands it to the bank may have taken it away, and must not find
 * it twice. Then an alarm tells operators to see whether the bank has it. One that the bank refused meanwhile is taken out.
 * @throws what the file system says: the file is tried again after a minute.
 */
export async function writeBankFiles({ database, clock, log, bankFiles: { folder } }: BankFileDeps): Promise<void> {
  if (folder === undefined) return;
  for (;;) {
    const now = clock.now();
    const file = await takeFileToWrite(database, { now, givenUpBefore: after(now, patience) });
    if (!file) return;
    const { id: bankFileId, content } = file;
    const place = placeOf(folder, file);
    const outcome = await saveOnce(place, content, () => isToBeWritten(database, bankFileId, now));
    if (outcome === 'left') continue;
    if (outcome === 'gone') {
      log.error(
        { bankFileId },
        'a bank file may have been taken from the folder and is not written again: fetch it by bankFileContent if the bank has not got it',
      );
    }
    if ((await endWriting(database, bankFileId, clock.now())) === 'REJECTED') {
      await rm(place.path, { force: true });
      log.error(
        { bankFileId },
        'a bank file was rejected while it was written, and is taken out of the folder: see that the bank does not execute it',
      );
    }
    await rm(place.marker, { force: true });
  }
}

/** Where a file goes, and the marker beside it that says that it may have lain there. */
type Place = { readonly folder: string; readonly name: string; readonly path: string; readonly marker: string };

function placeOf(folder: string, file: FileToWrite): Place {
  const name = nameOf(file);
  return { folder, name, path: join(folder, name), marker: join(folder, `.${name}.written`) };
}

/** The name of a file in the folder: `pain001-PLN-2026-11-27-<id>.xml`. */
function nameOf({ id, currency, executionDay }: FileToWrite): string {
  return `pain001-${currency}-${executionDay.toISOString().slice(0, 10)}-${id}.xml`;
}

/** What became of a file: it lies there, it may have been taken away, or it is not for us to write it any more. */
type Outcome = 'there' | 'gone' | 'left';

/** Writes a file that nobody else may read, unless it is or was there already; whoever looks sees all of it or nothing. */
async function saveOnce(place: Place, content: string, isOurs: () => Promise<boolean>): Promise<Outcome> {
  await makeFolder(place.folder, { mode: folderMode });
  let outcome: Outcome = 'there';
  if ((await readIfThere(place.path)) !== content) {
    if ((await readIfThere(place.marker)) !== undefined) return 'gone';
    const draft = join(place.folder, `.${place.name}.${randomUUID()}`);
    try {
      await writeSynced(draft, content);
      outcome = await showOnce(place, draft, isOurs);
    } finally {
      await rm(draft, { force: true });
    }
  }
  await syncFolder(place.folder);
  return outcome;
}

/**
 * Gives a draft its name. The marker is on the disk before that, so that no one who finds the file missing afterwards takes
 * it for one that never was there; and whether it is still ours is asked after that, since we may have been held up for long.
 */
async function showOnce(
  { folder, path, marker }: Place,
  draft: string,
  isOurs: () => Promise<boolean>,
): Promise<Outcome> {
  await writeSynced(marker, '');
  let isShown = false;
  try {
    await syncFolder(folder);
    if (!(await isOurs())) return 'left';
    await rename(draft, path);
    isShown = true;
    return 'there';
  } finally {
    if (!isShown) await rm(marker, { force: true });
  }
}

/** Writes a new file that only we may read, and waits until it is on the disk. */
async function writeSynced(path: string, content: string): Promise<void> {
  const handle = await open(path, 'wx', 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Waits until the names in a folder are on the disk. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
