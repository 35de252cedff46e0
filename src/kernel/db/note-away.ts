import type { Log } from '../log.ts';
import { DatabaseUnavailable } from './database.ts';

const toldEveryMs = 10_000;
const toldAt = new WeakMap<Log, Map<string, number>>();

/**
 * Notes in the log that the database cannot be reached, with the reason, and what that means here. Each consequence is told at
 * most once in ten seconds, as thousands of requests, shops and rounds of work may meet it at once.
 * @returns false, and notes nothing, for any other error.
 */
export function noteDatabaseAway(log: Log, error: unknown, consequence: string): boolean {
  if (!(error instanceof DatabaseUnavailable)) return false;
  const told = toldAt.get(log) ?? new Map<string, number>();
  toldAt.set(log, told);
  const now = performance.now();
  if (now - (told.get(consequence) ?? Number.NEGATIVE_INFINITY) < toldEveryMs) return true;
  told.set(consequence, now);
  // What has no code may be a fault of ours; a refusal at all addresses of a name has a code alone.
  const { code, message } = error.cause as Partial<NodeJS.ErrnoException>;
  const why = { reason: message || code, ...(code === undefined && { err: error.cause }) };
  log.warn(why, `the database cannot be reached; ${consequence}`);
  return true;
}
