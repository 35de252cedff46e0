import pg from 'pg';
import { StartError } from '../start-error.ts';

/** What to do about a certificate of the server, by the code that Node.js has for what is wrong with it. */
const certificateFaults: readonly (readonly [codes: RegExp, fault: string, advice: string])[] = [
  [
    /^(?:DEPTH_ZERO_SELF_SIGNED_CERT|SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_(?:GET_ISSUER|VERIFY_LEAF)\w*|CERT_UNTRUSTED)$/,
    'is signed by none that is trusted here',
    'name the file of its CA by sslrootcert=/path/ca.crt in DATABASE_URL, or set sslmode=no-verify, which encrypts and ' +
      'believes any certificate',
  ],
  [
    /^(?:ERR_TLS_CERT_ALTNAME_INVALID|HOSTNAME_MISMATCH)$/,
    'is for another host',
    'write the host in DATABASE_URL as the certificate has it, or set sslmode=no-verify, which encrypts and believes any ' +
      'certificate',
  ],
  [/^CERT_(?:HAS_EXPIRED|NOT_YET_VALID)$/, 'is not valid today', 'renew it, or look at the clock of this machine'],
];

/** invalid_authorization_specification: no entry of pg_hba.conf fits. */
const noEntry = '28000';
/** too_many_connections: of the server, the role or the database. */
const noConnectionLeft = '53300';

/**
 * Why a database server cannot be used, in one line. It shows nothing of the address: of a password with a bare @ or / in it
 * a part is read as the host or the name of the database, and libraries and servers repeat those in their words.
 */
export function notReached(error: unknown): StartError {
  return new StartError(
    faultOfTls(error) ??
      shortageOf(error) ??
      `The database cannot be reached (${reasonOf(error)}); check DATABASE_URL, and write signs such as @ : / ? # in its ` +
        'password percent-encoded (@ is %40).',
  );
}

function faultOfTls(error: unknown): string | undefined {
  const { code = '', syscall, message } = error as Partial<NodeJS.ErrnoException>;
  if (syscall === 'open') {
    return `A file that DATABASE_URL names by sslrootcert, sslcert or sslkey cannot be read (${code}).`;
  }
  if (message === 'The server does not support SSL connections') {
    return 'The database speaks no TLS; switch it on there (ssl = on), or set sslmode=disable in DATABASE_URL.';
  }
  // Managed servers mostly take TLS alone; the words are the same where no entry fits at all.
  if (code === noEntry && /, (?:no encryption|SSL off)$/.test(message ?? '')) {
    return (
      'The database does not let this role in from here without TLS, or not at all (its pg_hba.conf has no entry); add ' +
      'sslmode=verify-full to DATABASE_URL, with sslrootcert=/path/ca.crt if its CA is one of your own, or have the entry made.'
    );
  }
  const [, fault, advice] = certificateFaults.find(([codes]) => codes.test(code)) ?? [];
  return fault && `The certificate of the database ${fault} (${code}); ${advice}.`;
}

function shortageOf(error: unknown): string | undefined {
  if (!(error instanceof pg.DatabaseError) || error.code !== noConnectionLeft) return undefined;
  return (
    `The database has too few connections for this start (${reasonOf(error)}); raise max_connections there, or the limit of the role or ` +
    'the database, or end what else uses them.'
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
