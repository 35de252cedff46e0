import { type ChildProcess, spawn } from 'node:child_process';
import { chmod, mkdtemp, readFile, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Demo } from '../../src/demo.ts';
import { runningServer, type Server, stopServer, superuser } from '../../src/kernel/db/embedded-server.ts';
import { fillMigratedDataDir } from '../support/data-dirs.ts';
import { nodeSettings, root } from '../support/run-command.ts';

/** Settings of a gateway beside those that keep it to itself: a free port, its own data dir, a quiet log. */
export type Settings = Readonly<Record<string, string>>;

/** How a process ended. */
export type End = { readonly code: number | null; readonly signal: NodeJS.Signals | null };

/** A process that runs `src/main.ts` as `npm start` does. */
export type Launched = {
  readonly pid: number;
  /** All that it has said so far. */
  readonly said: { stdout: string; stderr: string };
  /** Resolves when its standard error holds a text, or when it has ended. */
  saying(text: string): Promise<void>;
  /** The address in its ready line; rejects when it ends without one. */
  readonly ready: Promise<string>;
  /** Resolves when it has ended and all that it said has been read. */
  readonly ended: Promise<End>;
  /** Sends it a signal and waits for its end. */
  end(signal: NodeJS.Signals): Promise<End>;
};

/** A gateway that is ready. */
export type Gateway = Launched & {
  readonly url: string;
  readonly dataDir: string;
  /** What it wrote to demo.json; empty in production. */
  readonly demo: Demo;
};

/** Starts gateways as processes of their own, and leaves nothing of them behind. */
export type Processes = {
  newDataDir(): Promise<string>;
  /** One whose database has its migrations, for those who tell another story than that of the first start. */
  newMigratedDataDir(): Promise<string>;
  launch(dataDir: string, settings?: Settings): Launched;
  /** Starts one and waits until it is ready. */
  start(dataDir: string, settings?: Settings): Promise<Gateway>;
  /** Ends everything that was started, by its number, and removes the data dirs. */
  endAll(): Promise<void>;
};

export function createProcesses(): Processes {
  const children: ChildProcess[] = [];
  const dataDirs: string[] = [];
  const launch = (dataDir: string, settings: Settings = {}): Launched => {
    const env = { ...nodeSettings, PORT: '0', LOG_LEVEL: 'warn', BRAMKA_DATA_DIR: dataDir, ...settings };
    const child = spawn(process.execPath, ['src/main.ts'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    children.push(child);
    return watch(child);
  };
  const newDataDir = async (): Promise<string> => {
    // A run that is killed leaves the folder; the next run knows it by this name, and stops the PostgreSQL in it.
    const dataDir = await realpath(await mkdtemp(join(tmpdir(), `bramka-test-${process.pid}-`)));
    await chmod(dataDir, 0o711);
    dataDirs.push(dataDir);
    return dataDir;
  };
  return {
    launch,
    newDataDir,
    newMigratedDataDir: async () => {
      const dataDir = await newDataDir();
      await fillMigratedDataDir(dataDir);
      return dataDir;
    },
    start: async (dataDir, settings) => {
      const launched = launch(dataDir, settings);
      const demo = async () => JSON.parse(await readFile(join(dataDir, 'demo.json'), 'utf8').catch(() => '{}')) as Demo;
      return { ...launched, url: await launched.ready, dataDir, demo: await demo() };
    },
    endAll: async () => {
      for (const child of children.splice(0)) await endChild(child, 'SIGKILL');
      for (const dataDir of dataDirs.splice(0)) {
        const server = serverIn(dataDir);
        if (server !== undefined) await stopServer(clusterIn(dataDir), server.pid);
        await rm(dataDir, { recursive: true, force: true });
      }
    },
  };
}

/** The PostgreSQL that runs in a data dir, if one does. */
export function serverIn(dataDir: string): Server | undefined {
  return runningServer(clusterIn(dataDir));
}

/** The address of the database of a gateway that keeps its own. */
export async function databaseUrlIn(dataDir: string): Promise<string> {
  const password = (await readFile(join(dataDir, 'postgres-password'), 'utf8')).trim();
  return `postgresql://${superuser}:${password}@127.0.0.1:${serverIn(dataDir)?.port}/bramka?sslmode=disable`;
}

function clusterIn(dataDir: string): string {
  return join(dataDir, 'postgres');
}

function watch(child: ChildProcess): Launched {
  const said = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    said.stdout += part;
  });
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    said.stderr += part;
  });
  const ended = new Promise<End>((done) => child.once('close', (code, signal) => done({ code, signal })));
  const saying = (text: string): Promise<void> =>
    new Promise((done) => {
      const look = (): void => void (said.stderr.includes(text) && done());
      child.stderr?.on('data', look);
      void ended.then(() => done());
      look();
    });
  const end = async (signal: NodeJS.Signals): Promise<End> => {
    child.kill(signal);
    return ended;
  };
  const ready = readyLine(child, { said, ended });
  // Many are launched to be refused: nobody waits for their ready line.
  ready.catch(() => {});
  return { pid: child.pid ?? 0, said, saying, ready, ended, end };
}

function readyLine(child: ChildProcess, { said, ended }: Pick<Launched, 'said' | 'ended'>): Promise<string> {
  return new Promise((done, fail) => {
    child.stdout?.on('data', () => {
      const url = /^Bramka is ready: (\S+)\n/.exec(said.stdout)?.[1];
      if (url !== undefined) done(url);
    });
    void ended.then(({ code, signal }) => fail(new Error(`It ended with ${signal ?? code}: ${said.stderr}`)));
  });
}

async function endChild(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('exit', done));
  child.kill(signal);
  await gone;
}
