import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Runs a program on a file that exists only meanwhile, and gives what it says. `$FILE` stands for the file. */
export async function runProgram(program: string, args: readonly string[], file: Buffer): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bramka-report-'));
  try {
    const path = join(folder, 'report');
    await writeFile(path, file);
    const given = args.map((arg) => (arg === '$FILE' ? path : arg));
    return (await promisify(execFile)(program, given, { maxBuffer: 64 * 2 ** 20 })).stdout;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
