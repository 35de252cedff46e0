import { noteDatabaseAway } from '../kernel/db/note-away.ts';
import type { Log } from '../kernel/log.ts';

export type Loop = {
  /** Starts no further round, and resolves when the present one has ended. */
  stop(): Promise<void>;
};

/** How long a loop waits at least after a round that failed, in milliseconds. */
const restMs = 1_000;

/**
 * Does `work` at once, or after `beginAfterMs`, and then again and again, `everyMs` after the end of the round before, so
 * rounds never overlap. A round that fails is logged, and the loop goes on.
 */
export function startLoop(
  options: { readonly name: string; readonly everyMs: number; readonly beginAfterMs?: number; readonly log: Log },
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

  if (options.beginAfterMs === undefined) begin();
  else timer = setTimeout(begin, options.beginAfterMs);
  return {
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      return round;
    },
  };
}

/** Notes in the log that background work finds no database. @returns false, and notes nothing, for any other error. */
export function noteAwayForWork(log: Log, error: unknown): boolean {
  return noteDatabaseAway(log, error, 'background work waits until it is back');
}
