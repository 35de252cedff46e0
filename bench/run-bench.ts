import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startEmbedded } from '../src/kernel/db/embedded.ts';
import { StartError } from '../src/kernel/start-error.ts';

/** What a benchmark may use: a throw-away PostgreSQL, and a way to have things undone whatever happens. */
export type Bench = {
  /** A folder that is removed in the end. */
  readonly folder: string;
  /** Address of a database of the throw-away PostgreSQL, which has all the settings of the embedded one: it syncs. */
  readonly addressOf: (database: string) => string;
  /** Has something done in the end, the last first, also after an interruption. */
  readonly later: (step: () => Promise<void>) => void;
};

/** Runs a benchmark with a PostgreSQL of its own below the temporary folder, and leaves nothing behind. */
export async function runBench(work: (bench: Bench) => Promise<void>): Promise<void> {
  const steps: (() => Promise<void>)[] = [];
  const cleanUp = async (): Promise<void> => {
    for (const step of steps.splice(0).reverse()) await step();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => void cleanUp().finally(() => process.exit(1)));
  }
  try {
    const folder = await mkdtemp(join(tmpdir(), 'bramka-bench-'));
    steps.push(() => rm(folder, { recursive: true, force: true }));
    const server = await startEmbedded({ dataDir: folder });
    steps.push(() => server.stop());
    const addressOf = (database: string): string => Object.assign(new URL(server.url), { pathname: database }).href;
    await work({ folder, addressOf, later: (step) => steps.push(step) });
  } catch (error) {
    console.error(error instanceof StartError ? error.message : error);
    process.exitCode = 1;
  } finally {
    await cleanUp();
  }
}

/** Waits until something is so, and gives the milliseconds it took. */
export async function waitUntil(isSo: () => Promise<boolean>, limit: { readonly ms: number }): Promise<number> {
  const began = performance.now();
  while (!(await isSo())) {
    if (performance.now() - began > limit.ms) throw new Error(`Waited ${limit.ms} ms in vain.`);
    await pause(100);
  }
  return performance.now() - began;
}
