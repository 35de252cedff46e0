import pg from 'pg';
import { readerName } from '../src/webhooks/model.ts';

/** What a database says of itself after a run. */
export type Counts = {
  readonly payments: number;
  readonly events: number;
  /** Shops whose counter is not the number of their events. */
  readonly wrongShops: number;
  /** Deadlocks since the database was made; a session tells its own when it ends, at the latest. */
  readonly deadlocks: number;
};

/** Counts payments, events and deadlocks, and compares each shop's counter with its events. */
export async function readCounts(url: string): Promise<Counts> {
  return readOne<Counts>(
    url,
    `with log as (
      select c.shop_id, c.last_number, (select count(*) from event e where e.shop_id = c.shop_id) as events
      from shop_counter c
    )
    select (select count(*) from payment)::int as payments, sum(events)::int as events,
      (count(*) filter (where events <> last_number))::int as "wrongShops",
      (select deadlocks from pg_stat_database where datname = current_database())::int as deadlocks
    from log`,
  );
}

/** Says whether the gateway's webhooks have read every log to its end. */
export async function isCaughtUp(url: string): Promise<boolean> {
  const { behind } = await readOne<{ behind: boolean }>(
    url,
    `select exists (
      select from shop_counter c left join reader r on r.shop_id = c.shop_id and r.name = '${readerName}'
      where c.last_number > coalesce(r.number, 0)
    ) as behind`,
  );
  return !behind;
}

/** Runs one statement on a connection of its own, which gives one row. */
export async function readOne<Row extends object>(url: string, sql: string): Promise<Row> {
  const client = new pg.Client(url);
  await client.connect();
  try {
    const [row] = (await client.query<Row>(sql)).rows;
    if (!row) throw new Error('The statement gave no row.');
    return row;
  } finally {
    await client.end();
  }
}
