import { execFile } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
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

/** Runs scripts of this folder, one after the other and again, for a while and prepared: each of their statements commits. */
export async function runPgbench(
  pgbench: Pgbench,
  wish: { readonly scripts: readonly string[]; readonly url: string; readonly shops: number; readonly seconds: number },
): Promise<{ readonly perSecond: number; readonly made: number }> {
  const { hostname, port, username, password, pathname } = new URL(wish.url);
  const texts = wish.scripts.map((script) => readFileSync(join(import.meta.dirname, script), 'utf8'));
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
  const running = run(pgbench.path, [...flags, '-f', '-', ...where], { env });
  running.child.stdin?.end(texts.join('\n'));
  const { stdout } = await running;
  const perSecond = /^tps = ([\d.]+)/m.exec(stdout)?.[1];
  const made = /actually processed: (\d+)/.exec(stdout)?.[1];
  if (perSecond === undefined || made === undefined || !/failed transactions: 0 /.test(stdout)) {
    throw new Error(`pgbench did not say what was expected: ${stdout}`);
  }
  return { perSecond: Number(perSecond), made: Number(made) };
}
