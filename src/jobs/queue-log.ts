import { Logger } from 'graphile-worker';
import pg from 'pg';
import { orUnavailable } from '../kernel/db/database.ts';
import type { Log } from '../kernel/log.ts';
import { noteAwayForWork } from './start-loop.ts';

/**
 * Takes what the job queue says about itself into our log: its troubles as warnings, all else for debugging. The words of an
 * error are left to our log, which knows what must not be said of it; the queue repeats them in its message. That it finds no
 * database is told as it is of all background work.
 */
export function queueLog(log: Log): Logger {
  return new Logger((scope) => (level, message, { error }) => {
    const fields = error instanceof Error ? { ...scope, err: error } : scope;
    const said = error instanceof Error ? upTo(message, error.message) : message;
    // Every job that is due fails of it.
    if (noteAwayForWork(log, error)) return;
    // Each place of the queue looks for jobs, up to ten times a second.
    if (scope.jobId === undefined && isOfConnection(error) && noteAwayForWork(log, orUnavailable(error))) return;
    if (level === 'error' || level === 'warning') log.warn(fields, said);
    else log.debug(fields, said);
  });
}

/** What Node and `pg` say of a connection. All else that is no error of the server is a fault of the queue, or ours. */
const ofConnection =
  /^(?:(?:connect|read|write) E[A-Z]+|Connection terminated|timeout expired|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error)/;

function isOfConnection(error: unknown): boolean {
  return (
    error instanceof pg.DatabaseError ||
    (error instanceof Error && (ofConnection.test(error.message) || isSystems(error)))
  );
}

/** The system's own, such as a refusal at all addresses of a name, which has no words. */
function isSystems(error: Error): boolean {
  return 'syscall' in error || error instanceof AggregateError;
}

function upTo(message: string, words: string): string {
  const end = words === '' ? -1 : message.indexOf(words);
  return end < 0 ? message : message.slice(0, end).replace(/ with error '$/, '');
}
