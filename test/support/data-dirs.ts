import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { copyFile, mkdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { inject } from 'vitest';
import { startEmbedded } from '../../src/kernel/db/embedded.ts';
import { type Home, prepareHome, unlessCode } from '../../src/kernel/db/embedded-home.ts';
import { createCluster } from '../../src/kernel/db/embedded-server.ts';
import { migrate } from '../../src/kernel/db/migrate.ts';

const run = promisify(execFile);

/** Gives a data dir the files of a new PostgreSQL, which one initdb has made for all tests of the run. */
export async function fillDataDir(dataDir: string): Promise<void> {
  await copyHome(await makeOnce('new', createOriginal), dataDir);
}

/** Gives a data dir the files of a PostgreSQL whose database has every migration, as a start and a stop of the gateway leave it. */
export async function fillMigratedDataDir(dataDir: string): Promise<void> {
  const original = await makeOnce('migrated', async (draft) => {
    await fillDataDir(draft);
    const { url, stop } = await startEmbedded({ dataDir: draft, settings: { fsync: 'off' } });
    await migrate(url);
    await stop();
  });
  await copyHome(original, dataDir);
}

async function createOriginal(dataDir: string): Promise<void> {
  await createCluster(await prepareHome(dataDir), false);
}

/** Makes a data dir to copy from. It appears whole under its name, so of two workers that make it at once both find one. */
async function makeOnce(name: string, make: (draft: string) => Promise<void>): Promise<Home> {
  const original = join(inject('databaseDir'), name);
  if (!existsSync(original)) {
    const draft = `${original}.new-${process.pid}`;
    await make(draft);
    await rename(draft, original).catch(unlessCode('EEXIST', 'ENOTEMPTY'));
  }
  return prepareHome(original);
}

/** The password is in the cluster too, so both are copied; the files stay those of PostgreSQL's user. */
async function copyHome(original: Home, dataDir: string): Promise<void> {
  await mkdir(dataDir, { recursive: true });
  await copyFile(original.passwordFile, join(dataDir, 'postgres-password'));
  const { cluster } = await prepareHome(dataDir);
  await run('cp', ['-a', original.cluster, cluster]);
}
