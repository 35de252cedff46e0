import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { createInbox, type Inbox } from '../start/inbox.ts';
import { root } from '../support/run-command.ts';

/** A `bramka` that runs. */
export type Running = {
  /** What it has printed, line by line. */
  readonly lines: Inbox<string>;
  /** What it has said beside, line by line. */
  readonly remarks: Inbox<string>;
  /** Its exit code, when all that it said has been read; undefined when a signal ended it. */
  readonly ended: Promise<number | undefined>;
  end(signal: NodeJS.Signals): Promise<number | undefined>;
};

const running = new Set<ChildProcess>();

/** The Node of this machine, which is the one that `npx` starts programs with; that of the tests where there is no other. */
export function hostNode(): string {
  const folders = (process.env.PATH ?? '').split(delimiter).filter((folder) => !folder.includes('node_modules'));
  return folders.map((folder) => join(folder, 'node')).find((file) => existsSync(file)) ?? process.execPath;
}

/** Starts `bramka` with nothing but these settings, in a folder without a data dir of its own. */
export function startBramka(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  output: number | 'pipe' = 'pipe',
): Running {
  const env = { PATH: process.env.PATH ?? '', ...settings };
  const child = spawn(hostNode(), [join(root, 'node_modules/.bin/bramka'), ...args], {
    ...{ cwd: '/', env },
    stdio: ['pipe', output, 'pipe'],
  });
  running.add(child);
  const [lines, remarks] = [linesOf(child.stdout), linesOf(child.stderr)];
  const ended = new Promise<number | undefined>((done) => {
    child.once('close', (code) => {
      running.delete(child);
      done(code ?? undefined);
    });
  });
  return {
    lines,
    remarks,
    ended,
    end: (signal) => {
      child.kill(signal);
      return ended;
    },
  };
}

/** Runs `bramka` to its end. */
export async function runBramka(
  args: readonly string[],
  settings: Readonly<Record<string, string>>,
  output?: number,
): Promise<{
  readonly code: number | undefined;
  readonly lines: readonly string[];
  readonly remarks: readonly string[];
}> {
  const { ended, lines, remarks } = startBramka(args, settings, output);
  return { code: await ended, lines: lines.items, remarks: remarks.items };
}

/** Ends whatever a failed test has left. */
export function endBramkas(): void {
  for (const child of running) child.kill('SIGKILL');
}

function linesOf(stream: NodeJS.ReadableStream | null): Inbox<string> {
  const inbox = createInbox<string>();
  let rest = '';
  stream?.setEncoding('utf8').on('data', (part: string) => {
    const lines = `${rest}${part}`.split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) inbox.put(line);
  });
  return inbox;
}
