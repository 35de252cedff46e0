import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { describeLoad } from './describe-machine.ts';
import { startFlags } from './start-flags.ts';

/** How long a started gateway is left alone before its memory is read, in milliseconds. */
const idleMs = 60_000;
const rounds = 5;

/** Starts `npm start`'s program on a data dir; gives the milliseconds until its ready line, and its memory after a while. */
async function startOnce(dataDir: string, idleForMs: number): Promise<{ readyMs: number; rssMb: number }> {
  const env = { ...process.env, PORT: '0', LOG_LEVEL: 'warn', BRAMKA_DATA_DIR: dataDir };
  const began = performance.now();
  const child = spawn(process.execPath, [...startFlags, 'src/main.ts'], { env, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const line = once(createInterface(child.stdout), 'line');
  await Promise.race([line, ended.then(([code]) => Promise.reject(new Error(`The gateway ended with ${code}.`)))]);
  const readyMs = Math.round(performance.now() - began);
  await pause(idleForMs);
  const status = await readFile(`/proc/${child.pid}/status`, 'utf8').catch(() => '');
  const rssMb = Math.round(Number(/^VmRSS:\s+(\d+)/m.exec(status)?.[1]) / 1024);
  child.kill('SIGTERM');
  await ended;
  return { readyMs, rssMb };
}

const dataDir = await mkdtemp(join(tmpdir(), 'bramka-bench-'));
try {
  await chmod(dataDir, 0o711);
  const first = await startOnce(dataDir, 0);
  const readyMs: number[] = [];
  for (let round = 0; round < rounds; round += 1) readyMs.push((await startOnce(dataDir, 0)).readyMs);
  const { rssMb } = await startOnce(dataDir, idleMs);
  const median = readyMs.toSorted((a, b) => a - b)[Math.floor(rounds / 2)];
  console.log(`Load                    ${describeLoad()}`);
  console.log(`First start, new data   ${first.readyMs} ms`);
  console.log(`Start on a migrated dir ${median} ms (${readyMs.join(', ')})`);
  console.log(`Memory after ${idleMs / 1000} s idle  ${rssMb} MB (resident, where /proc tells it)`);
} finally {
  await rm(dataDir, { recursive: true, force: true });
}
