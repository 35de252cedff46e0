import pg from 'pg';

/**
 * What a database server that can be reached may be short of, in words for the log, by its SQLSTATE (PostgreSQL, appendix A):
 * insufficient_resources, disk_full, out_of_memory and io_error. It has undone what it says so of.
 */
const shortages: Readonly<Record<string, string>> = {
  '53000': 'the database has not enough resources',
  '53100': 'the disk of the database is full',
  '53200': 'the database has no memory left',
  '58030': 'the database cannot read or write its files',
};

/** What the server is short of, if that is why it refused a statement: the beginning of a sentence. */
export function shortageIn(error: unknown): string | undefined {
  return error instanceof pg.DatabaseError ? shortages[error.code ?? ''] : undefined;
}
