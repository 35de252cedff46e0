import type pg from 'pg';
import { StartError } from '../start-error.ts';

/** So many tables are named. */
const namedMax = 3;

/**
 * Demands that the role may read and add rows in all tables, which it may not when another role migrated the database and granted
 * it nothing. What else it may not shows when it is needed.
 * @throws StartError in one line that names some of the tables.
 */
export async function requireGrants(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ name: string }>(`
    select relname as name from pg_class
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and not relispartition
      and not (has_table_privilege(oid, 'select') and has_table_privilege(oid, 'insert'))
    order by relname`);
  if (rows.length === 0) return;
  const named = rows.slice(0, namedMax).map(({ name }) => name);
  const more = rows.length > namedMax ? ', …' : '';
  throw new StartError(
    `The role of DATABASE_URL may not read and write ${rows.length} tables of the database (${named.join(', ')}${more}); ` +
      'let it own the database, or its schema and all tables in it.',
  );
}
