import { noteDatabaseAway } from '../kernel/db/note-away.ts';
import { endsInTime } from '../kernel/ends-in-time.ts';
import type { Log } from '../kernel/log.ts';

export type Loop = {
  /** Starts no further round, and resolves when the present one has ended. */
  stop(): Promise<void>;
};

/** How long a loop waits at least after a round that failed, in milliseconds. */
const restMs = 1_000;
/** How long a loop waits at most for the first round of the one before it. */
const turn = { ms: 250 };

/**
 * Does `work` at once, or when `beginAfter` has resolved, and then again and again, `everyMs` after the end of the round
 * before, so rounds never overlap. A round that fails is logged, and the loop goes on.
 */
export function startLoop(
  options: {
    readonly name: string;
    readonly everyMs: number;
    readonly beginAfter?: Promise<unknown>;
    readonly log: Log;
  },
  work: () => Promise<void>,
): Loop {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let round = Promise.resolve();

  async function runRound(): Promise<void> {
    let wait = options.everyMs;
    try {
      await work();
    } catch (error) {
      if (!noteAwayForWork(options.log, error)) {
        options.log.error({ err: error, loop: options.name }, 'a round of background work failed');
      }
      wait = Math.max(wait, restMs);
    }
    if (!stopped) timer = setTimeout(begin, wait);
  }

  function begin(): void {
    round = runRound();
  }

  if (options.beginAfter === undefined) begin();
  else void options.beginAfter.then(() => stopped || begin());
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return round;
    },
  };
}

/**
 * Gives a `startLoop` whose loops begin one after the other: each when the first round of the one before it has ended, or is
 * under way for long. Loops that all began at once would each open a connection, which then has to learn what tables there
 * are, though one or two are enough for all of them from then on.
 */
export function loopsInTurn(log: Log): (name: string, everyMs: number, work: () => Promise<void>) => Loop {
  let before: Promise<unknown> = Promise.resolve();
  return (name, everyMs, work) => {
    const { promise: firstRound, resolve: endTurn } = Promise.withResolvers<void>();
    const loop = startLoop({ name, everyMs, beginAfter: before, log }, () => work().finally(endTurn));
    before = before.then(() => endsInTime(firstRound, turn));
    return {
      stop: () => {
        endTurn();
        return loop.stop();
      },
    };
  };
}

/** Notes in the log that background work finds no database. @returns false, and notes nothing, for any other error. */
export function noteAwayForWork(log: Log, error: unknown): boolean {
  return noteDatabaseAway(log, error, 'background work waits until it is back');
}
