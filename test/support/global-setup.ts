import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { root } from './run-command.ts';
import { scratchDir } from './scratch-dir.ts';
import { stopShared } from './shared-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Data dir of the one PostgreSQL of this run; the first test that wants a database starts it. */
    databaseDir: string;
  }
}

const prefix = 'bramka-test-';

/** Makes room for the throw-away PostgreSQL of a run, and removes both at its end. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  await removeLeftovers();
  buildPackages();
  const databaseDir = await mkdtemp(join(scratchDir(), `${prefix}${process.pid}-`));
  // Under root PostgreSQL runs as another user, who must get through to its files.
  await chmod(databaseDir, 0o711);
  project.provide('databaseDir', databaseDir);
  return () => remove(databaseDir);
}

/** Tests use the packages of shops as they are installed; nothing happens when they have been built since the last change. */
function buildPackages(): void {
  execFileSync(join(root, 'node_modules/.bin/tsc'), ['-b', 'client', 'cli'], { cwd: root, stdio: 'inherit' });
}

/** A run that was killed could not clean up; its process number is in the name of its folder. */
async function removeLeftovers(): Promise<void> {
  for (const name of await readdir(scratchDir())) {
    const pid = Number(name.match(/^bramka-test-(\d+)-/)?.[1]);
    if (pid > 0 && !isAlive(pid)) await remove(join(scratchDir(), name));
  }
}

async function remove(databaseDir: string): Promise<void> {
  await stopShared(databaseDir);
  await rm(databaseDir, { recursive: true, force: true });
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
