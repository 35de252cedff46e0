import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { after } from '../kernel/clock.ts';
import type { BankFileDeps } from './deps.ts';
import { endWriting, type FileToWrite, takeFileToWrite } from './sql/bank-files.ts';

/** How long a process may take for one file before another writes it. */
const patience = { ms: -60_000 } as const;

/**
 * Writes the files for the bank into the folder of the settings, if it names one: each appears whole under its name, and is
 * on the disk before that is kept. One that is not known to lie there, since a process was killed, is written again; one
 * that is known to is never, for whoever hands it to the bank may have taken it away, and must not find it twice.
 * @throws what the file system says: the file is tried again after a minute.
 */
export async function writeBankFiles({ database, clock, bankFiles: { folder } }: BankFileDeps): Promise<void> {
  if (folder === undefined) return;
  for (;;) {
    const now = clock.now();
    const file = await takeFileToWrite(database, { now, givenUpBefore: after(now, patience) });
    if (!file) return;
    await saveWhole(folder, nameOf(file), file.content);
    await endWriting(database, file.id, clock.now());
  }
}

/** The name of a file in the folder: `pain001-PLN-2026-11-27-<id>.xml`. */
function nameOf({ id, currency, executionDay }: FileToWrite): string {
  return `pain001-${currency}-${executionDay.toISOString().slice(0, 10)}-${id}.xml`;
}

/** Writes a file that nobody else may read, unless it is there already; whoever looks sees all of it or nothing. */
async function saveWhole(folder: string, name: string, content: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, name);
  if ((await readIfThere(path)) !== content) {
    const draft = join(folder, `.${name}.${randomUUID()}`);
    try {
      const handle = await open(draft, 'wx', 0o600);
      try {
        await handle.writeFile(content);
        await handle.sync();
      } finally {
        await handle.close();
      }
      await rename(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
  }
  // The name is on the disk only when the folder is.
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
