import type pg from 'pg';

/**
 * Breaks a pool's connection off once an answer has not come in time (`query_timeout`). pg itself gives the error to the
 * asker and keeps the connection, on which every later statement would wait for the lost answer, each until its own time
 * is over. To be called for each new connection of a pool.
 */
export function breakOffWhenSilent(client: pg.PoolClient): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const watched = (...args: unknown[]): unknown => {
    const answer = query(...args);
    if (answer instanceof Promise) answer.catch((error: unknown) => isSilence(error) && breakOff(client));
    return answer;
  };
  client.query = watched as typeof client.query;
}

/** pg has no code for it. */
function isSilence(error: unknown): boolean {
  return error instanceof Error && error.message === 'Query read timeout';
}

/** With a statement under way `end` waits for nothing and closes the socket; the pool drops what has ended. */
function breakOff(client: pg.PoolClient): void {
  void (client as unknown as pg.Client).end().catch(() => undefined);
}
