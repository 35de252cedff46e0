import type { Database } from '../../src/kernel/db/database.ts';

/** Keeps every row that is changed or deleted from now on, as text in the table `old_row`: what stood there for a moment counts. */
export async function keepOldRows({ pool }: Pick<Database, 'pool'>): Promise<void> {
  await pool.query(`
    create table old_row (was text);
    create function keep_old_row() returns trigger language plpgsql as $$
    begin
      insert into public.old_row values (old::text);
      return null;
    end $$;
    do $$
    declare one record;
    begin
      for one in
        select format('%I.%I', n.nspname, c.relname) as name
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'r' and n.nspname in ('public', 'graphile_worker') and c.relname <> 'old_row'
      loop
        execute format(
          'create trigger keep_old_row after update or delete on %s for each row execute function public.keep_old_row()',
          one.name
        );
      end loop;
    end $$`);
}
