import { access, constants, mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Log } from './log.ts';

type Mode = { readonly mode?: number };

/**
 * Makes a folder, and those above it, where they are not there yet. The recursive `mkdir` of Node.js goes round for ever
 * where a folder takes no others and says ENOENT, as /proc does.
 * @param options.mode the permissions of what is made; left out: what the process's umask leaves.
 * @throws what the file system says.
 */
export async function makeFolder(path: string, options: Mode = {}): Promise<void> {
  try {
    await mkdir(path, options);
  } catch (error) {
    if (await isFolder(path)) return;
    const above = dirname(path);
    if (codeOf(error) !== 'ENOENT' || above === path) throw error;
    // Another process may have made it meanwhile, and may make the one that is wanted too.
    if (!(await isFolder(above))) await makeFolder(above, options);
    await mkdir(path, options).catch(async (again: unknown) => {
      if (!(await isFolder(path))) throw again;
    });
  }
}

/** Says why a folder cannot be made, read and written, in the words of the file system; undefined when it can. */
export async function faultOfFolder(path: string, options: Mode = {}): Promise<string | undefined> {
  try {
    await makeFolder(path, options);
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Makes work in a folder that is left out while the folder cannot be used, with one warning in the log until it can again.
 * @param options.setting the setting that names the folder.
 */
export function whileUsable(
  { path, setting, log, ...options }: Mode & { readonly path: string; readonly setting: string; readonly log: Log },
  work: () => Promise<void>,
): () => Promise<void> {
  let isTold = false;
  return async () => {
    const reason = await faultOfFolder(path, options);
    if (reason === undefined) await work();
    else if (!isTold) log.warn({ reason }, `the folder of ${setting} cannot be used, so what belongs there waits`);
    isTold = reason !== undefined;
  };
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined;
}
