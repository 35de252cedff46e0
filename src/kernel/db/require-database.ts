import pg from 'pg';
import { StartError } from '../start-error.ts';

const connectMsMax = 5_000;

/**
 * Looks whether a database server can be used, and if it must be durable, whether it keeps what it acknowledged.
 * @throws StartError in one line, without the password.
 */
export async function requireDatabase(url: string, wish: { readonly durable: boolean }): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: connectMsMax });
  const { host, pathname } = new URL(url);
  try {
    await client.connect();
    const unsafe = wish.durable ? await findUnsafeSetting(client) : undefined;
    if (unsafe) throw new StartError(`The database runs with ${unsafe} off and could lose money; switch it on.`);
  } catch (error) {
    if (error instanceof StartError) throw error;
    const reason = error instanceof Error && error.message ? error.message : 'no answer';
    throw new StartError(`The database ${host}${pathname} cannot be reached (${reason}); check DATABASE_URL.`);
  } finally {
    await client.end().catch(() => undefined);
  }
}

async function findUnsafeSetting(client: pg.Client): Promise<string | undefined> {
  const { rows } = await client.query<{ name: string }>(`
    select name from pg_settings
    where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'`);
  return rows[0]?.name;
}
