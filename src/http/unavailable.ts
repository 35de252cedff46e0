import { noteDatabaseAway } from '../kernel/db/note-away.ts';
import type { RefusalCode } from '../kernel/errors.ts';
import type { Log } from '../kernel/log.ts';

/** What a door says when it can do nothing just now, and after how many seconds to come again. */
type Unavailable = { readonly code: RefusalCode; readonly message: string; readonly retryAfterSeconds: number };

/** A client that comes again four times waits for longer than a database takes to start anew. */
export const again = { code: 'UNAVAILABLE', retryAfterSeconds: 2 } as const;

/** Said with status 503 while the database cannot be reached or takes no writes. Whether a mutation was done is not known then. */
export const databaseAway: Unavailable = {
  ...again,
  message:
    'The gateway cannot use its database just now; send the same request again in a moment, a mutation with the same idempotencyKey, and it is done once.',
};

/** Said with status 503 by a gateway that has taken its port and is not ready yet. */
export const starting: Unavailable = {
  ...again,
  message: 'The gateway is starting; send the same request again in a moment.',
};

/** Notes in the log that requests find no database. @returns false, and notes nothing, for any other error. */
export function noteAwayForRequests(log: Log, error: unknown): boolean {
  return noteDatabaseAway(log, error, 'requests are told to come again');
}
