import type { Log } from '../log.ts';
import { DatabaseUnavailable } from './database.ts';
import { shortageIn } from './short-of.ts';

const toldEveryMs = 10_000;

/** What a log has been told: when each line was, and whether any was since the database was back. */
type Told = { readonly at: Map<string, number>; isAway: boolean };
const toldTo = new WeakMap<Log, Told>();

/**
 * Notes in the log that the database cannot be reached or what it is short of, with the reason, and what that means here. Each
 * consequence is told at most once in ten seconds, as thousands of requests, shops and rounds of work may meet it at once. A
 * shortage is an error, since it is nothing that passes by itself.
 * @returns false, and notes nothing, for any other error.
 */
export function noteDatabaseAway(log: Log, error: unknown, consequence: string): boolean {
  if (!(error instanceof DatabaseUnavailable)) return false;
  const told = toldTo.get(log) ?? { at: new Map<string, number>(), isAway: false };
  toldTo.set(log, told);
  const shortage = shortageIn(error.cause);
  const said = `${shortage ?? 'the database cannot be reached'}; ${consequence}`;
  const now = performance.now();
  if (now - (told.at.get(said) ?? Number.NEGATIVE_INFINITY) < toldEveryMs) return true;
  told.at.set(said, now);
  told.isAway = true;
  // What has no code may be a fault of ours; a refusal at all addresses of a name has a code alone.
  const { code, message } = error.cause as Partial<NodeJS.ErrnoException>;
  const why = { reason: message || code, ...(code === undefined && { err: error.cause }) };
  log[shortage === undefined ? 'warn' : 'error'](why, said);
  return true;
}

/** Says whether it was noted that the database is away or short of something, and not since that it is back. */
export function isDatabaseNotedAway(log: Log): boolean {
  return toldTo.get(log)?.isAway === true;
}

/** Notes in the log that the database can be reached again and takes writes, once for all that was noted of its absence. */
export function noteDatabaseBack(log: Log): void {
  const told = toldTo.get(log);
  if (!told?.isAway) return;
  told.isAway = false;
  // Whoever is told the one is told the other.
  log.warn('the database can be used again');
}
