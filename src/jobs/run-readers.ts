import { setTimeout as pause } from 'node:timers/promises';
import type { Database, News } from '../kernel/db/database.ts';
import type { EventType } from '../kernel/db/generated/prisma/enums.ts';
import type { Log } from '../kernel/log.ts';
import type { SharedHints } from '../realtime/listen-hints.ts';
import { type Loop, loopsInTurn, noteAwayForWork } from './start-loop.ts';

/** Something that follows the event logs of the shops and derives from them what the outside hears. */
export type Reader = {
  readonly name: string;
  /** The types of event that it may make something of. */
  readonly reads: ReadonlySet<EventType>;
  /** Shops whose log goes further than this reader has read. */
  behind(): Promise<string[]>;
  /** Passes over what is nothing to it in the logs of these shops; gives those in whose logs something may be left to read. */
  passOver(shopIds: readonly string[]): Promise<string[]>;
  /** Reads on in the logs of these shops, all or nothing; gives those in which there is more to read. */
  run(shopIds: readonly string[]): Promise<string[]>;
};

export type ReaderOptions = {
  readonly database: Database;
  readonly log: Log;
  readonly readers: readonly Reader[];
  /** Tells what other processes have written; without it, and when a hint is lost, the sweep finds that. */
  readonly hints?: SharedHints;
  /** How often the sweep looks for shops in whose logs a reader is behind, in milliseconds. */
  readonly sweepEveryMs?: number;
};

/** In how many logs one reader reads at a time. */
const readMax = 50;
/** In how many logs it passes over what is nothing to it at a time. */
const passedMax = 100;
/** How long it rests before it looks at the next logs: while much is written each look finds more. */
const restMs = 20;

/** Said of a reader that met an error. */
const failed = 'a reader of the event log failed';

type Lane = {
  /** Has the reader look at this shop's log soon. */
  poke(shopId: string): void;
  /** Has it pass over what is nothing to it in this shop's log with the next sweep. */
  pokeLater(shopId: string): void;
  /** Has it look at the logs in which it is behind, and at those that were left for now. */
  sweep(behind: readonly string[]): void;
  stop(): Promise<void>;
};

/**
 * Runs the readers: soon for shops that have news, from this process or by a hint from another, and every second for
 * shops in whose logs a reader is behind, since hints may be lost and a round may have failed. So long waits what is nothing to
 * a reader, such as new payments: many of one shop are passed over at once.
 */
export function startReaders(options: ReaderOptions): Loop {
  const lanes = options.readers.map((reader) => ({ reader, lane: createLane(reader, options.log) }));
  const hear = (news: News, types?: ReadonlySet<EventType>): void => {
    for (const { reader, lane } of lanes) {
      const poke = types?.isDisjointFrom(reader.reads) ? lane.pokeLater : lane.poke;
      for (const shopId of news.keys()) poke(shopId);
    }
  };
  const stops = [options.database.onNews(hear), options.hints?.share((news) => hear(news))];
  const every = loopsInTurn(options.log);
  const sweeps = lanes.map(({ reader, lane }) =>
    every(`reader ${reader.name}`, options.sweepEveryMs ?? 1_000, async () => lane.sweep(await reader.behind())),
  );
  return {
    stop: async () => {
      for (const stop of stops) stop?.();
      await Promise.all([...sweeps.map((sweep) => sweep.stop()), ...lanes.map(({ lane }) => lane.stop())]);
    },
  };
}

/**
 * One reader's work. Shops that are poked are looked at together; those in whose logs something is left wait in line, each
 * once, and are read together. One that is poked while it is read is looked at again.
 */
function createLane(reader: Reader, log: Log): Lane {
  const [poked, left, waiting] = [new Set<string>(), new Set<string>(), new Set<string>()];
  let looking: Promise<void> | undefined;
  let reading: Promise<void> | undefined;
  let stopped = false;

  function poke(shopId: string): void {
    if (stopped) return;
    left.delete(shopId);
    poked.add(shopId);
    looking ??= look();
  }

  async function look(): Promise<void> {
    while (poked.size > 0) {
      const next = take(poked, passedMax);
      // Those that wait in line are read to their end anyway.
      const shopIds = next.filter((shopId) => !waiting.has(shopId));
      try {
        for (const shopId of await reader.passOver(shopIds)) waiting.add(shopId);
        if (waiting.size > 0) reading ??= readAll();
      } catch (error) {
        // The sweep finds them again; at once would be a busy loop.
        if (!noteAwayForWork(log, error)) log.error({ err: error, reader: reader.name }, failed);
      }
      await pause(restMs);
    }
    looking = undefined;
  }

  async function readAll(): Promise<void> {
    while (waiting.size > 0 && !stopped) await read(take(waiting, readMax));
    reading = undefined;
  }

  async function read(shopIds: readonly string[]): Promise<void> {
    try {
      for (const shopId of await reader.run(shopIds)) waiting.add(shopId);
    } catch (error) {
      if (noteAwayForWork(log, error)) return;
      log.error({ err: error, reader: reader.name, shopIds }, failed);
      if (shopIds.length === 1) return;
      // What cannot be read of one shop holds up no other.
      for (const shopId of shopIds) if (!stopped) await read([shopId]);
    }
  }

  return {
    poke,
    pokeLater: (shopId) => left.add(shopId),
    sweep: (behind) => [...left, ...behind].forEach(poke),
    stop: async () => {
      stopped = true;
      poked.clear();
      await looking;
      await reading;
    },
  };
}

/** Takes the first few out of a set. */
function take(set: Set<string>, max: number): string[] {
  const taken = [...set].slice(0, max);
  for (const one of taken) set.delete(one);
  return taken;
}
