import pg from 'pg';
import { StartError } from '../start-error.ts';

/**
 * Why a database server cannot be used, in one line. It shows nothing of the address: of a password with a bare @ or / in it
 * a part is read as the host or the name of the database, and libraries and servers repeat those in their words.
 */
export function notReached(error: unknown): StartError {
  return new StartError(
    `The database cannot be reached (${reasonOf(error)}); check DATABASE_URL, and write signs such as @ : / ? # in its ` +
      'password percent-encoded (@ is %40).',
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'no answer';
  // What the server quotes may come from the address, in the quotation marks of its language.
  if (error instanceof pg.DatabaseError) return error.message.replace(/["„“”«»].*["„“”«»]/s, '…');
  const { code } = error as { readonly code?: unknown };
  if (typeof code === 'string') return code;
  return error.message || 'no answer';
}
