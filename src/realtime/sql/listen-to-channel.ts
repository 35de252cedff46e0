import type pg from 'pg';

/** The channel on which processes hint each other that logs grew. */
export const hintChannel = 'bramka_hint';

/**
 * Has a connection hear the hints of all processes on this database.
 * @returns which process of the server speaks for it: what a connection is told of that at its beginning, PgBouncer makes up.
 */
export async function listenToChannel(client: pg.Client): Promise<{ readonly speaker: number | undefined }> {
  // The type definitions of pg know of one statement, and of one answer.
  const answers: unknown = await client.query(`listen ${hintChannel}; select pg_backend_pid() as pid`);
  const [, { rows }] = answers as [unknown, pg.QueryResult<{ pid: number }>];
  return { speaker: rows[0]?.pid };
}
