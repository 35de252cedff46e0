import { Logger } from 'graphile-worker';
import type { Log } from '../kernel/log.ts';

/** Takes what the job queue says about itself into our log: its troubles as warnings, all else for debugging. */
export function queueLog(log: Log): Logger {
  return new Logger((scope) => (level, message, meta) => {
    // Only the message of an error: those of the database driver may carry a whole connection along.
    const fields = { ...scope, ...(meta.error instanceof Error ? { reason: meta.error.message } : {}) };
    if (level === 'error' || level === 'warning') log.warn(fields, message);
    else log.debug(fields, message);
  });
}
