import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The folder of the repository. */
export const root = fileURLToPath(new URL('../..', import.meta.url));

/** What every Node that a test starts has around it: programs, and compiled modules kept where the npm scripts keep them. */
export const nodeSettings: Readonly<Record<string, string>> = {
  PATH: process.env.PATH ?? '',
  NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/node'),
};

/** How a command ended, and what it said. */
export type Ran = { readonly code: number; readonly stdout: string; readonly stderr: string };

/** Runs a command of the package as its npm script does, with nothing but these settings. */
export function runCommand(
  script: string,
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
): Promise<Ran> {
  const env = { ...nodeSettings, ...settings };
  return new Promise((resolve) => {
    execFile(process.execPath, [script, ...args], { cwd: root, env }, (error, stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr });
    });
  });
}
