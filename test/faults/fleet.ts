import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { nodeSettings, root } from '../support/run-command.ts';
import { type FaultProxy, openFaultProxy } from './fault-proxy.ts';

/** A place for a process that is started again whenever it has ended. */
export type Member = {
  readonly name: string;
  readonly role: 'api' | 'worker';
  /** Between the clients and it; a worker has none. */
  readonly proxy: FaultProxy | undefined;
  /** Kills it, and says whether it was alive; it is started again at once. */
  kill(): boolean;
  /** Tells it to stop, as a new version of it would be rolled out; it is started again when it has. */
  stop(): void;
  /** Sets its clock off the true time. */
  setClock(offset: { readonly seconds: number }): void;
  /** Resolves when it is ready, maybe after further starts. */
  ready(): Promise<void>;
};

export type Fleet = {
  readonly members: readonly Member[];
  readonly apis: readonly Member[];
  /**
   * Processes that ended although nobody ended them, once they were ready or with words that no missing database explains; and those that
   * were told to stop and did not in time, or not in good order.
   */
  readonly ownEnds: readonly string[];
  /** How often processes were started. */
  starts(): number;
  /** How often what was logged as a warning or worse, by its words. */
  readonly said: ReadonlyMap<string, number>;
  /** Ends all processes for good. */
  end(): Promise<void>;
};

export type FleetOptions = {
  /** Where the data dir, logs and clocks are kept; the environment of each process names it. */
  readonly folder: string;
  readonly roles: readonly Member['role'][];
  readonly settings: Readonly<Record<string, string>>;
  /** The library that shows a process another time. */
  readonly clockLibrary: string;
};

type Slot = {
  readonly name: string;
  readonly role: Member['role'];
  readonly clockFile: string;
  child: ChildProcess | undefined;
  port: number | undefined;
  killed: boolean;
  /** Kills it in the end, when it was told to stop. */
  told: NodeJS.Timeout | undefined;
  ready: PromiseWithResolvers<void>;
};

/** So long a process may take to stop, in milliseconds: what runs is given ten seconds, and jobs ten more. */
const stoppedWithinMs = 45_000;

type State = {
  readonly options: FleetOptions;
  readonly ownEnds: string[];
  readonly said: Map<string, number>;
  starts: number;
  ending: boolean;
};

/** Starts the processes and keeps them running, as a supervisor does, until the end. */
export async function openFleet(options: FleetOptions): Promise<Fleet> {
  for (const name of ['logs', 'data']) mkdirSync(join(options.folder, name), { recursive: true });
  const state: State = { options, ownEnds: [], said: new Map(), starts: 0, ending: false };
  const slots: Slot[] = [];
  const members: Member[] = [];
  for (const [index, role] of options.roles.entries()) {
    const name = `${role}-${index + 1}`;
    const slot: Slot = {
      ...{ name, role, clockFile: join(options.folder, `${name}.clock`), child: undefined, port: undefined },
      ...{ killed: false, told: undefined, ready: Promise.withResolvers<void>() },
    };
    const proxy = role === 'api' ? await openFaultProxy(() => slot.port) : undefined;
    slots.push(slot);
    members.push(memberOf(state, slot, proxy));
    setClock(slot, 0);
    launch(state, slot);
  }
  return {
    members,
    apis: members.filter(({ role }) => role === 'api'),
    ownEnds: state.ownEnds,
    starts: () => state.starts,
    said: state.said,
    end: async () => {
      state.ending = true;
      await Promise.all(slots.map(end));
      await Promise.all(members.map(({ proxy }) => proxy?.close()));
    },
  };
}

function memberOf(state: State, slot: Slot, proxy: FaultProxy | undefined): Member {
  return {
    name: slot.name,
    role: slot.role,
    proxy,
    kill: () => {
      const isAlive = !slot.killed && slot.child?.kill('SIGKILL') === true;
      if (isAlive) slot.killed = true;
      return isAlive;
    },
    stop: () => {
      const { child } = slot;
      if (!child || slot.told) return;
      slot.told = setTimeout(() => {
        state.ownEnds.push(`${slot.name} was told to stop and had not after ${stoppedWithinMs} ms`);
        child.kill('SIGKILL');
      }, stoppedWithinMs);
      child.kill('SIGTERM');
    },
    setClock: ({ seconds }) => setClock(slot, seconds),
    ready: () => slot.ready.promise,
  };
}

function setClock({ clockFile }: Slot, seconds: number): void {
  writeFileSync(clockFile, `${seconds < 0 ? '-' : '+'}${Math.abs(seconds)}\n`);
}

function launch(state: State, slot: Slot): void {
  const { folder, settings, clockLibrary } = state.options;
  const clock = {
    ...{ LD_PRELOAD: clockLibrary, FAKETIME_TIMESTAMP_FILE: slot.clockFile, FAKETIME_NO_CACHE: '1' },
    // What is measured (time-outs, pauses) goes on as ever: only the date jumps.
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  const env = {
    ...nodeSettings,
    ...{ PORT: '0', LOG_LEVEL: 'warn', BRAMKA_ROLE: slot.role, BRAMKA_DATA_DIR: join(folder, 'data') },
    ...settings,
    ...clock,
  };
  const child = spawn(process.execPath, ['src/main.ts'], { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
  state.starts += 1;
  Object.assign(slot, { child, killed: false, told: undefined, port: undefined });
  let words = '';
  child.stdout?.setEncoding('utf8').on('data', (part: string) => {
    const port = /^Bramka is ready: \S+:(\d+)$/m.exec(part)?.[1];
    if (port === undefined) return;
    slot.port = Number(port);
    slot.ready.resolve();
  });
  child.stderr?.setEncoding('utf8').on('data', (part: string) => {
    words = (words + part).slice(-4_000);
    appendFileSync(join(folder, 'logs', `${slot.name}.log`), part);
    count(state.said, part);
  });
  child.once('close', (code, signal) => {
    const wasReady = slot.port !== undefined;
    slot.port = undefined;
    if (wasReady) slot.ready = Promise.withResolvers<void>();
    clearTimeout(slot.told);
    const isGood = slot.told ? code === 0 || !wasReady : !wasReady && isAboutDatabase(words);
    if (!slot.killed && !state.ending && !isGood) {
      const how = slot.told ? 'was told to stop and ended' : 'ended by itself';
      state.ownEnds.push(`${slot.name} ${how} with ${signal ?? code}: ${words.trim().slice(-600)}`);
    }
    if (!state.ending) launch(state, slot);
  });
}

/** A start in the middle of an outage is refused, and a supervisor tries again. */
function isAboutDatabase(words: string): boolean {
  return /database|ECONNRE|Connection terminated|57P0/i.test(words);
}

function count(said: Map<string, number>, part: string): void {
  for (const [, level, message] of part.matchAll(/^\{"level":(\d+).*"msg":"((?:[^"\\]|\\.)*)"\}$/gm)) {
    const line = `${Number(level) >= 50 ? 'error' : 'warning'}: ${message}`;
    said.set(line, (said.get(line) ?? 0) + 1);
  }
}

async function end({ child }: Slot): Promise<void> {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const gone = new Promise((done) => child.once('close', done));
  child.kill('SIGKILL');
  await gone;
}
