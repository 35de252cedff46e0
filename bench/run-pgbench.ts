import { execFile } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { StartError } from '../src/kernel/start-error.ts';

const run = promisify(execFile);

/** How many clients pgbench has. */
export const pgbenchClients = 16;

export type Pgbench = { readonly path: string; readonly version: string };

/**
 * Finds the newest pgbench of this machine.
 * @throws StartError when there is none.
 */
export async function findPgbench(): Promise<Pgbench> {
  const byMajor = (one: string, other: string): number => one.localeCompare(other, 'en', { numeric: true });
  const installed = globSync('/usr/lib/postgresql/*/bin/pgbench').sort(byMajor);
  const path = installed.at(-1) ?? ['/usr/bin/pgbench', '/usr/local/bin/pgbench'].find((file) => existsSync(file));
  if (path === undefined) {
    throw new StartError(
      'There is no pgbench on this machine; it comes with the Debian package postgresql-15 (postgresql-contrib depends on it).',
    );
  }
  const { stdout } = await run(path, ['--version']);
  return { path, version: stdout.trim() };
}

/** Runs a script of this folder for a while, prepared: each of its statements commits. */
export async function runPgbench(
  pgbench: Pgbench,
  wish: { readonly script: string; readonly url: string; readonly shops: number; readonly seconds: number },
): Promise<{ readonly perSecond: number; readonly made: number }> {
  const { hostname, port, username, password, pathname } = new URL(wish.url);
  const script = join(import.meta.dirname, wish.script);
  const flags = [
    '-n',
    '-M',
    'prepared',
    '-c',
    `${pgbenchClients}`,
    '-T',
    `${wish.seconds}`,
    '-D',
    `shops=${wish.shops}`,
  ];
  const where = ['-h', hostname, '-p', port, '-U', username, pathname.slice(1)];
  const env = { PATH: process.env.PATH, PGPASSWORD: decodeURIComponent(password) };
  const { stdout } = await run(pgbench.path, [...flags, '-f', script, ...where], { env });
  const perSecond = /^tps = ([\d.]+)/m.exec(stdout)?.[1];
  const made = /actually processed: (\d+)/.exec(stdout)?.[1];
  if (perSecond === undefined || made === undefined || !/failed transactions: 0 /.test(stdout)) {
    throw new Error(`pgbench did not say what was expected: ${stdout}`);
  }
  return { perSecond: Number(perSecond), made: Number(made) };
}
