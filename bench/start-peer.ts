import { execFile } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { type Running, startProcess } from './start-process.ts';

const folder = join(import.meta.dirname, 'peers');

/** What the gateway is compared with; each does the same rows in the way that its own documentation has it. */
export const peers = ['mercurius', 'apollo', 'postgraphile'] as const;
export type Peer = (typeof peers)[number];

/** Installs the packages of the peers, unless that was done since their lock file changed: they are none of the gateway's. */
export async function installPeers(): Promise<void> {
  const changedAt = (file: string): number => statSync(join(folder, file), { throwIfNoEntry: false })?.mtimeMs ?? 0;
  // npm writes this one at the end of each installation.
  if (changedAt('node_modules/.package-lock.json') > changedAt('package-lock.json')) return;
  await promisify(execFile)('npm', ['ci', '--no-audit', '--no-fund', '--ignore-scripts'], { cwd: folder });
}

/** Starts a peer, or node:http alone, on a database and a free port, in production mode. */
export function startPeer(
  peer: Peer | 'plain',
  databaseUrl: string,
  given: { readonly NODE_OPTIONS?: string } = {},
): Promise<Running> {
  const settings = { DATABASE_URL: databaseUrl, NODE_ENV: 'production', ...given };
  return startProcess(join(folder, `${peer}.mjs`), settings, /^Ready: (\S+)$/);
}
