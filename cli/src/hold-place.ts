import { createHash } from 'node:crypto';
import { lstatSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { NotDone } from './errors.ts';
import { behindLinks } from './keep-place.ts';
import type { Terminal } from './terminal.ts';
import { withinTime } from './within-time.ts';

/** So long the end of another one is waited for, in milliseconds: told to stop, it waits up to 15 s for the answer to its last post. */
const waitMsMax = 20_000;

/**
 * Waits until no other listener of this machine has a place, and has it from then on. It is a socket that is listened at, which
 * the system takes from a process that dies. Where none can be made nobody is waited for, and two with one place are found out
 * when one of them moves it.
 * @returns what gives it back.
 * @throws NotDone when the other one has not ended in time; the reason of the signal once that is aborted.
 */
export async function holdPlace(
  { signal, say }: Pick<Terminal, 'signal' | 'say'>,
  file: string,
  waitMs = waitMsMax,
): Promise<() => void> {
  const name = socketOf(file);
  const late = new NotDone(
    `Another \`bramka listen\` keeps its place in ${file}, and has not ended within ${waitMs / 1_000} s; end it, or name another file by --place.`,
  );
  const inTime = withinTime(signal, waitMs, late);
  let isSaid = false;
  try {
    for (;;) {
      const leave = await takeSocket(name);
      if (leave) return leave;
      const onWait = (): void => {
        if (!isSaid) say(`Another \`bramka listen\` keeps its place in ${file}; its end is waited for.`);
        isSaid = true;
      };
      if (!(await untilFree(name, inTime.signal, onWait))) return () => {};
    }
  } finally {
    inTime.leave();
  }
}

/** The name of a socket has no more bytes than that on any system. */
const nameBytesMax = 100;

/** Beside the place if that has a short enough name, so that who shares the folder from another container is seen too. */
function socketOf(file: string): string {
  const place = behindLinks(file);
  if (process.platform === 'win32') return `\\\\.\\pipe\\bramka-${hashOf(place)}`;
  const beside = join(dirname(place), `${hashOf(basename(place))}.lock`);
  return Buffer.byteLength(beside) <= nameBytesMax ? beside : join(tmpdir(), `bramka-${hashOf(place)}.lock`);
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 16);
}

/** @returns what gives it back; undefined when somebody has it, or has died with it. */
function takeSocket(name: string): Promise<(() => void) | undefined> {
  const waiting = new Set<Socket>();
  const server = createServer((socket) => {
    // Who waits here need not keep this process, nor end it by what goes wrong.
    waiting.add(socket.unref().on('error', () => {}));
    socket.on('close', () => waiting.delete(socket));
  });
  return new Promise((done) => {
    server.on('error', ({ code }: NodeJS.ErrnoException) => done(code === 'EADDRINUSE' ? undefined : () => {}));
    server.listen(name, () => {
      server.unref();
      done(() => {
        server.close();
        for (const socket of waiting) socket.destroy();
      });
    });
  });
}

/** Codes of a socket that somebody had and has no more. */
const freeCodes: readonly (string | undefined)[] = [undefined, 'ENOENT', 'ECONNRESET', 'EPIPE'];

/** So long after it was made a socket is listened at for certain, in milliseconds; that is done in two steps, one right after the other. */
const listenMsMax = 50;

/**
 * Waits until nobody has a socket, and removes what one who died has left of it.
 * @returns false when that cannot be found out, as of another user's. @throws the reason of the signal.
 */
async function untilFree(name: string, signal: AbortSignal, onWait: () => void): Promise<boolean> {
  const code = await untilClosed(name, signal, onWait);
  if (code !== 'ECONNREFUSED') return freeCodes.includes(code);
  // Left behind, or just made.
  const mark = markOf(name);
  await pause(listenMsMax, undefined, { signal }).catch(() => {});
  const again = await untilClosed(name, signal, onWait);
  return again === 'ECONNREFUSED' ? removeLeft(name, mark) : freeCodes.includes(again);
}

/** Is connected to a socket until whoever has it ends. @returns the code of what went wrong, if anything. @throws the reason of the signal. */
function untilClosed(name: string, signal: AbortSignal, onWait: () => void): Promise<string | undefined> {
  return new Promise((done, fail) => {
    const socket = createConnection(name, onWait);
    const stop = (): void => void socket.destroy(signal.reason);
    signal.addEventListener('abort', stop);
    let error: NodeJS.ErrnoException | undefined;
    socket.on('error', (thrown) => {
      error = thrown;
    });
    socket.on('close', () => {
      signal.removeEventListener('abort', stop);
      if (signal.aborted) fail(signal.reason);
      else done(error?.code);
    });
    socket.resume();
    if (signal.aborted) stop();
  });
}

/** Tells one socket from the next of that name; a number of a file alone is given anew at once. Undefined when there is none to be seen. */
function markOf(name: string): string | undefined {
  try {
    const { ino, mtimeNs } = lstatSync(name, { bigint: true });
    return `${ino} ${mtimeNs}`;
  } catch {
    return undefined;
  }
}

/** Of several who find it left, one is the first to remove it, and may have made his own by the time that the others come to it. */
function removeLeft(name: string, mark: string | undefined): boolean {
  try {
    if (markOf(name) === mark) rmSync(name, { force: true });
    return true;
  } catch {
    return false;
  }
}
