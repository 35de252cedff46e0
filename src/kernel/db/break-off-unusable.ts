import type pg from 'pg';

/** read_only_sql_transaction: the server has become a replica, or takes no writes just now. */
const readOnly = '25006';

/**
 * Breaks a pool's connection off once it is of no use any more. To be called for each new connection of a pool that writes.
 * - When an answer has not come in time (`query_timeout`): pg itself gives the error to the asker and keeps the connection, on
 *   which every later statement would wait for the lost answer, each until its own time is over.
 * - When its server takes no writes: another connection may lead to one that does, and what a session was told at its beginning
 *   stays so.
 */
export function breakOffWhenUnusable(client: pg.PoolClient): void {
  const { connection } = client as unknown as pg.Client;
  // Once pg has told it to the asker, who listens before us.
  connection.on('errorMessage', ({ code }: { readonly code?: string }) => {
    if (code === readOnly) connection.stream.destroy();
  });
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
