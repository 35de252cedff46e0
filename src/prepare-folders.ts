import { resolve } from 'node:path';
import type { Config } from './config.ts';
import { faultOfFolder, makeFolder } from './kernel/make-folder.ts';
import { StartError } from './kernel/start-error.ts';
import { folderMode } from './payouts/write-bank-files.ts';

/**
 * Makes the folders of a gateway if they are not there: the data dir, and unless it only serves, those of our bank.
 * @returns the absolute path of the data dir.
 * @throws StartError for one that cannot be made, or in which nothing can be written though something has to be.
 */
export async function prepareFolders(config: Config): Promise<string> {
  const dataDir = await prepareDataDir(config);
  if (config.role !== 'api') await prepareBankFolders(config);
  return dataDir;
}

async function prepareDataDir(config: Config): Promise<string> {
  const dataDir = resolve(config.dataDir);
  await makeDataDir(dataDir);
  const fault = keepsFiles(config) ? await faultOfFolder(dataDir) : undefined;
  if (fault === undefined) return dataDir;
  throw new StartError(`The data directory ${dataDir} cannot be written (${fault}); name another in BRAMKA_DATA_DIR.`);
}

/** Whether anything is kept there: the embedded database, the secret of a sandbox that was given none, or its demo. */
function keepsFiles({ databaseUrl, mode, role, secret }: Config): boolean {
  return databaseUrl === undefined || (mode === 'sandbox' && (role !== 'worker' || secret === undefined));
}

async function makeDataDir(dataDir: string): Promise<void> {
  try {
    await makeFolder(dataDir);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StartError(`The data directory ${dataDir} cannot be made (${reason}); set BRAMKA_DATA_DIR to another.`);
  }
}

/** The folders in which the worker deals with our bank. */
async function prepareBankFolders({ bankFiles, statements }: Config): Promise<void> {
  const folders = [
    { setting: 'BANK_FILES_DIR', path: bankFiles.folder, mode: folderMode },
    { setting: 'STATEMENTS_DIR', path: statements.folder },
  ];
  for (const { setting, path, ...options } of folders) {
    const reason = path === undefined ? undefined : await faultOfFolder(path, options);
    if (reason === undefined) continue;
    throw new StartError(`The folder ${path} cannot be made and written (${reason}); set ${setting} to another.`);
  }
}
