import type { Database, News } from '../kernel/db/database.ts';
import { readLastNumbers } from '../kernel/events/read-events.ts';
import { readPatiently } from '../kernel/read-patiently.ts';

export type SweepOptions = {
  readonly database: Database;
  readonly everyMs: number;
  /** Told before each sweep, of whatever else is to be done as often. */
  readonly onSweep: () => void;
  /** The shops that are followed now. */
  readonly shopIds: () => readonly string[];
  readonly hear: (news: News) => void;
  /** Told of a failed sweep; the next one comes all the same. */
  readonly onError: (error: unknown) => void;
};

/**
 * Asks the database again and again, in one statement, how far the followed logs have come: the remedy for lost hints.
 * Gives the function that ends it.
 */
export function sweepTails(options: SweepOptions): () => void {
  let running = false;
  async function sweep(): Promise<void> {
    options.onSweep();
    const shopIds = options.shopIds();
    if (running || shopIds.length === 0) return;
    running = true;
    try {
      options.hear(await readPatiently(() => readLastNumbers(options.database, shopIds)));
    } catch (error) {
      options.onError(error);
    } finally {
      running = false;
    }
  }
  const timer = setInterval(() => void sweep(), options.everyMs);
  timer.unref();
  return () => clearInterval(timer);
}
