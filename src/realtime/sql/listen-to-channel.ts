import type pg from 'pg';

/** The channel on which processes hint each other that logs grew. */
export const hintChannel = 'bramka_hint';

/** Has a connection hear the hints of all processes on this database. */
export async function listenToChannel(client: pg.Client): Promise<void> {
  await client.query(`listen ${hintChannel}`);
}
