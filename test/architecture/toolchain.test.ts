import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './source-files.ts';

const bin = join(root, 'node_modules', '.bin');
const checkedFiles = join(root, 'node_modules', '.cache', 'tsc.tsbuildinfo');
const patienceMs = 180_000;

/** Runs a tool of this checkout; its exit code, and all it said when that is not 0. */
function run(tool: string, args: readonly string[]): Promise<{ code: number | string; said: string }> {
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}`, NO_COLOR: '1', FORCE_COLOR: '0' };
  return new Promise((resolve) => {
    execFile(join(bin, tool), args, { cwd: root, env, maxBuffer: 64 * 2 ** 20 }, (error, stdout, stderr) => {
      resolve(error === null ? { code: 0, said: '' } : { code: error.code ?? 'killed', said: stdout + stderr });
    });
  });
}

describe('The whole checkout', () => {
  it.each([
    // Several checkers would each work out the types of Prisma and Pothos anew, on cores that other tests need. What has not
    // changed since the last run is not checked again.
    ['compiles', 'tsc', ['-p', '.', '--checkers', '1', '--incremental', '--tsBuildInfoFile', checkedFiles]],
    ['is formatted and has no lint', 'biome', ['check', '.']],
    ['has no export, file or dependency that nobody uses', 'knip', ['--no-progress', '--no-config-hints']],
  ])('%s', { timeout: patienceMs }, async (_what, tool, args) => {
    expect(await run(tool, args)).toEqual({ code: 0, said: '' });
  });
});
