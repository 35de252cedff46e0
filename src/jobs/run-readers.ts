import type { Database, News } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';
import type { SharedHints } from '../realtime/listen-hints.ts';
import { type Loop, startLoop } from './start-loop.ts';

/** Something that follows the event logs of the shops and derives from them what the outside hears. */
export type Reader = {
  readonly name: string;
  /** Shops whose log goes further than this reader has read. */
  behind(): Promise<string[]>;
  /** Reads on in one shop's log; true when there is more to read. */
  run(shopId: string): Promise<boolean>;
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

/** How many shops one reader reads at a time, so that it leaves connections to others. */
const runningMax = 4;

type Lane = { poke(shopId: string): void; stop(): Promise<void> };

/**
 * Runs the readers: at once for shops that have news, from this process or by a hint from another, and every second for
 * shops in whose logs a reader is behind, since hints may be lost and a round may have failed.
 */
export function startReaders(options: ReaderOptions): Loop {
  const lanes = options.readers.map((reader) => ({ reader, lane: createLane(reader, options.log) }));
  const hear = (news: News): void => {
    for (const { lane } of lanes) for (const shopId of news.keys()) lane.poke(shopId);
  };
  const stops = [options.database.onNews(hear), options.hints?.share(hear)];
  const sweeps = lanes.map(({ reader, lane }) =>
    startLoop({ name: `reader ${reader.name}`, everyMs: options.sweepEveryMs ?? 1_000, log: options.log }, async () => {
      for (const shopId of await reader.behind()) lane.poke(shopId);
    }),
  );
  return {
    stop: async () => {
      for (const stop of stops) stop?.();
      await Promise.all([...sweeps.map((sweep) => sweep.stop()), ...lanes.map(({ lane }) => lane.stop())]);
    },
  };
}

/** One reader's work: shops wait in line, each once; one that is poked while it is read is read again afterwards. */
function createLane(reader: Reader, log: Log): Lane {
  const waiting = new Set<string>();
  const running = new Map<string, Promise<void>>();
  let stopped = false;

  function poke(shopId: string): void {
    if (stopped) return;
    waiting.add(shopId);
    fill();
  }

  function fill(): void {
    for (const shopId of waiting) {
      if (running.size >= runningMax) return;
      if (running.has(shopId)) continue;
      waiting.delete(shopId);
      running.set(shopId, read(shopId));
    }
  }

  async function read(shopId: string): Promise<void> {
    try {
      if ((await reader.run(shopId)) && !stopped) waiting.add(shopId);
    } catch (error) {
      // The sweep finds the shop again; at once would be a busy loop.
      log.error({ err: error, reader: reader.name, shopId }, 'a reader of the event log failed');
    }
    running.delete(shopId);
    fill();
  }

  return {
    poke,
    stop: async () => {
      stopped = true;
      waiting.clear();
      await Promise.all(running.values());
    },
  };
}
