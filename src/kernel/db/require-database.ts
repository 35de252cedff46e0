import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { StartError } from '../start-error.ts';
import { connectBeside, keepsItsSession } from './keeps-its-session.ts';
import { notReached } from './not-reached.ts';

const connectMsMax = 5_000;
/** A crash under load may leave gigabytes of log to replay. */
const readyMsMax = 600_000;
const lookEveryMs = 200;
/** cannot_connect_now: PostgreSQL is there, and is starting up, shutting down or replaying its log after a crash. */
const notYet = '57P03';

/** What is asked of a database server. */
export type DatabaseWish = {
  /** Whether it must take writes; who only reads may ask a replica. */
  readonly writes: boolean;
  /** Whether it must keep what it has acknowledged. */
  readonly durable: boolean;
  /** How long one that is starting up is waited for, in milliseconds; ten minutes when undefined. */
  readonly readyWithinMs?: number;
  /** Ends the waiting; then it fails. */
  readonly signal?: AbortSignal | undefined;
};

/**
 * Looks whether a database can be used, as it is wished: whether it takes writes, has the encoding UTF8 and a schema for our tables, and
 * whether its server keeps what it acknowledged. One that is only just starting is waited for; one that does not answer at all is not, since its address may
 * be wrong.
 * @returns how many connections it takes from all who use this role and this database.
 * @throws StartError in one line, without the address.
 */
export async function requireDatabase(url: string, wish: DatabaseWish): Promise<{ readonly connectionsMax: number }> {
  const { fault, connectionsMax } = await lookInto(url, wish).catch((error: unknown) => {
    throw notReached(error);
  });
  if (fault) throw new StartError(fault);
  return { connectionsMax };
}

const sharedSessions =
  'The database is reached through a pooler that gives each transaction another session (pool_mode = transaction or statement ' +
  'of PgBouncer); set pool_mode = session there, or have DATABASE_URL lead to PostgreSQL itself.';

type Findings = { readonly fault: string | undefined; readonly connectionsMax: number };

async function lookInto(url: string, wish: DatabaseWish): Promise<Findings> {
  const client = await connect(url, wish);
  // It comes while the first one answers.
  const coming = connectBeside(url);
  try {
    const fault = await findFault(client, wish);
    const connectionsMax = await readConnectionsMax(client);
    const beside = await coming;
    const isGood = beside === undefined || (await keepsItsSession(client, beside));
    return { fault: fault ?? (isGood ? undefined : sharedSessions), connectionsMax };
  } finally {
    // Nobody waits until the server has ended its sessions, which takes as long as to begin one.
    void end(client);
    void coming.then(end);
  }
}

async function findFault(client: pg.Client, wish: DatabaseWish): Promise<string | undefined> {
  if (wish.writes && (await isReadOnly(client))) {
    return 'The database takes no writes (it is a replica, or default_transaction_read_only is on); set DATABASE_URL to one that does.';
  }
  const { encoding, schema } = await readPlace(client);
  if (encoding !== 'UTF8') {
    return `The encoding of the database is ${encoding}, and text is in UTF8; take a database that was made with "encoding 'UTF8' template template0".`;
  }
  if (wish.writes && schema === null) {
    return 'The database has none of the schemas that search_path names, so its tables would have no place; create one, or set search_path to one that is there.';
  }
  const unsafe = wish.durable ? await findUnsafeSetting(client) : undefined;
  return unsafe && `The database runs with ${unsafe} off and could lose money; switch it on.`;
}

async function connect(url: string, { readyWithinMs = readyMsMax, signal }: DatabaseWish): Promise<pg.Client> {
  const end = performance.now() + readyWithinMs;
  for (;;) {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMsMax });
    // A session that breaks between two queries makes the next one fail; unheard, its error would end the process.
    client.on('error', () => undefined);
    try {
      await client.connect();
      return client;
    } catch (error) {
      await client.end().catch(() => undefined);
      if ((error as { code?: string }).code !== notYet || performance.now() > end) throw error;
    }
    await pause(lookEveryMs, undefined, { signal });
  }
}

async function end(client: pg.Client | undefined): Promise<void> {
  await client?.end().catch(() => undefined);
}

async function isReadOnly(client: pg.Client): Promise<boolean> {
  const { rows } = await client.query<{ value: string }>("select current_setting('transaction_read_only') as value");
  return rows[0]?.value === 'on';
}

/** In which encoding the database keeps text, and in which schema tables are made. */
async function readPlace(client: pg.Client): Promise<{ readonly encoding: string; readonly schema: string | null }> {
  const { rows } = await client.query<{ encoding: string; schema: string | null }>(
    "select current_setting('server_encoding') as encoding, current_schema() as schema",
  );
  return rows[0] ?? { encoding: '', schema: null };
}

async function findUnsafeSetting(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>(`
    select name from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'`);
  return rows[0]?.name;
}

/** The least of what the server, the role and the database allow; of those two, -1 is no limit. */
async function readConnectionsMax(client: pg.Client): Promise<number> {
  const { rows } = await client.query<{ most: number }>(`
    select least(
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
        - coalesce(current_setting('reserved_connections', true)::int, 0),
      (select nullif(rolconnlimit, -1) from pg_roles where rolname = session_user),
      (select nullif(datconnlimit, -1) from pg_database where datname = current_database())) as most`);
  return rows[0]?.most ?? 0;
}
