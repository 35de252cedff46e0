import type pg from 'pg';
import { endsInTime } from '../ends-in-time.ts';

/** How long the server may take to close a connection. */
const farewell = { ms: 1_000 };

/** Closes a connection outside a pool. A network that has fallen silent never says that it is closed: then it is cut off. */
export async function endClient(client: pg.Client): Promise<void> {
  const ended = client.end().catch(() => {});
  if (!(await endsInTime(ended, farewell))) client.connection.stream.destroy();
}
