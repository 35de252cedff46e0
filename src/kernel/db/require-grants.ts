import type pg from 'pg';
import { StartError } from '../start-error.ts';
import type { Migration } from './migrations-folder.ts';

/** So many tables are named. */
const namedMax = 3;
const named = /\b(?:create\s+(?:unlogged\s+)?table(?:\s+if\s+not\s+exists)?|rename\s+to)\s+"?(\w+)"?/gi;

/** Where the queue of jobs has its tables; it makes them itself. */
const queue = 'graphile_worker';

/**
 * Demands that the role has the rights of the owner of all tables of the migrations, and of the queue of jobs. Grants are not enough: each
 * month the log of events gets a partition, and the tables of the queue show a row to their owner alone, so a gateway would start
 * and do nothing. Others may have tables beside ours.
 * @throws StartError in one line that names the schema of the queue, or some of the tables.
 */
export async function requireGrants(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  await requireTables(client, migrations);
  await requireQueue(client);
}

async function requireQueue(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ isThere: boolean; isOurs: boolean; mayCreate: boolean }>(
    `select exists (select from pg_class where relnamespace = queue.oid and relname = 'migrations') as "isThere",
       (queue.oid is null or pg_has_role(nspowner, 'usage')) and not exists (
         select from pg_class where relnamespace = queue.oid and relkind in ('r', 'p') and not pg_has_role(relowner, 'usage')
       ) as "isOurs",
       has_database_privilege(current_database(), 'create') as "mayCreate"
     from (select) as once left join pg_namespace as queue on nspname = $1`,
    [queue],
  );
  const [found] = rows;
  if (!found?.isOurs) {
    throw new StartError(
      `The role of DATABASE_URL does not own the schema ${queue} of the database and all in it, where the queue of jobs is; let it own ` +
        'them, or be a member of the role that does.',
    );
  }
  if (found.isThere || found.mayCreate) return;
  throw new StartError(
    `The role of DATABASE_URL may not make the schema ${queue} of the database, where the queue of jobs will be; grant it "create" on the ` +
      'database for the first start, or let it own the database.',
  );
}

async function requireTables(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  const ours = new Set(migrations.flatMap(({ sql }) => [...sql.matchAll(named)].map(([, name]) => name)));
  // Found as our statements find them, and a partition is reached by its table.
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from unnest($1::text[]) as name join pg_class on oid = to_regclass(quote_ident(name))
     where relkind in ('r', 'p') and not relispartition and not pg_has_role(relowner, 'usage')
     order by relname`,
    [[...ours]],
  );
  if (rows.length === 0) return;
  const some = rows.slice(0, namedMax).map(({ name }) => name);
  const more = rows.length > namedMax ? ', …' : '';
  const tables = rows.length === 1 ? 'a table' : `${rows.length} tables`;
  throw new StartError(
    `The role of DATABASE_URL does not own ${tables} of the database (${some.join(', ')}${more}), and grants are not enough; ` +
      'let it own the database, or its schema and all tables in it, or be a member of the role that does.',
  );
}
