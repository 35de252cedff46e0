import { randomUUID } from 'node:crypto';
import pg from 'pg';

/** How long the second connection, and an answer to it, may take in milliseconds. */
const answerMsMax = 5_000;
/** What PgBouncer says of a transaction with pool_mode = statement. */
const noTransactions = /statement pooling/;

/** Another connection to the same address, as `keepsItsSession` needs it; undefined where the server takes none in time. */
export async function connectBeside(url: string): Promise<pg.Client | undefined> {
  const limits = { connectionTimeoutMillis: answerMsMax, query_timeout: answerMsMax };
  const client = new pg.Client({ connectionString: url, ...limits });
  // What breaks off between two statements makes the next one fail.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return client;
  } catch {
    await client.end().catch(() => undefined);
    return undefined;
  }
}

/**
 * Whether a connection keeps its session from one transaction to the next, as prepared statements, LISTEN and locks of a session
 * want it. There may be a pooler before the server that has sessions wander: then a mark that is left in one is found by another
 * connection, or not found again while that is in a transaction. It asks five times, and holds nothing else against a pooler.
 */
export async function keepsItsSession(client: pg.Client, beside: pg.Client): Promise<boolean> {
  const mark = randomUUID();
  try {
    await client.query(`set bramka.session_mark = '${mark}'`);
    if ((await readMark(client)) !== mark) return false;
    await beside.query('begin');
    if ((await readMark(beside)) === mark) return false;
    return (await readMark(client)) === mark;
  } catch (error) {
    return !noTransactions.test((error as Error).message);
  }
}

async function readMark(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ mark: string }>(`select current_setting('bramka.session_mark', true) as mark`);
  return rows[0]?.mark;
}
