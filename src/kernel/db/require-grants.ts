import type pg from 'pg';
import { StartError } from '../start-error.ts';
import type { Migration } from './migrations-folder.ts';

/** So many tables are named. */
const namedMax = 3;
const named = /\b(?:create\s+(?:unlogged\s+)?table(?:\s+if\s+not\s+exists)?|rename\s+to)\s+"?(\w+)"?/gi;

/** Where the queue of jobs has its tables; it makes them itself. */
const queue = 'graphile_worker';

/**
 * Demands that the role may read and add rows in all tables of the migrations, and use the queue of jobs if there is one, which it
 * may not when another role made them and granted it nothing. What else it may not shows when it is needed. Others may have
 * tables beside ours.
 * @throws StartError in one line that names the schema of the queue, or some of the tables.
 */
export async function requireGrants(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  await requireTables(client, migrations);
  const { rowCount } = await client.query(
    `select from pg_namespace where nspname = $1 and not has_schema_privilege(oid, 'usage')`,
    [queue],
  );
  if (rowCount === 0) return;
  throw new StartError(
    `The role of DATABASE_URL may not use the schema ${queue} of the database; let it own the database, or that schema and all in it.`,
  );
}

async function requireTables(client: pg.Client, migrations: readonly Migration[]): Promise<void> {
  const ours = new Set(migrations.flatMap(({ sql }) => [...sql.matchAll(named)].map(([, name]) => name)));
  // Found as our statements find them, and a partition is reached by its table.
  const { rows } = await client.query<{ name: string }>(
    `select relname as name from unnest($1::text[]) as name join pg_class on oid = to_regclass(quote_ident(name))
     where relkind in ('r', 'p') and not relispartition
       and not (has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert'))
     order by relname`,
    [[...ours]],
  );
  if (rows.length === 0) return;
  const some = rows.slice(0, namedMax).map(({ name }) => name);
  const more = rows.length > namedMax ? ', …' : '';
  const tables = rows.length === 1 ? 'a table' : `${rows.length} tables`;
  throw new StartError(
    `The role of DATABASE_URL may not read and write ${tables} of the database (${some.join(', ')}${more}); ` +
      'let it own the database, or its schema and all tables in it.',
  );
}
