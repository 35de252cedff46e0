import type { Database } from '../../src/kernel/db/database.ts';

/** One entry of a shop's log, with its number and its kept data. */
export type Entry = {
  readonly number: number;
  readonly type: string;
  readonly paymentId: string | null;
  readonly transactionId: string | null;
  readonly at: Date;
  readonly data: object;
};

/** Reads the whole log of a shop. */
export async function readLog(database: Database, shopId: string): Promise<Entry[]> {
  const { rows } = await database.pool.query<Entry>(
    `select number::int, type::text, payment_id as "paymentId", transaction_id as "transactionId", at, data
     from event where shop_id = $1::uuid order by number`,
    [shopId],
  );
  return rows;
}

/** Reads the types of a shop's log after a number. */
export async function readTypes(database: Database, shopId: string, after = 0): Promise<string[]> {
  return (await readLog(database, shopId)).slice(after).map((entry) => entry.type);
}

/** Reads the timers of some rows, as `kind round time`. */
export async function readTimers(database: Database, ...subjects: string[]): Promise<string[]> {
  const { rows } = await database.pool.query<{ kind: string; round: number; dueAt: Date }>(
    'select kind, round, due_at as "dueAt" from timer where subject = any($1::text[]) order by kind',
    [subjects],
  );
  return rows.map((row) => `${row.kind} ${row.round} ${row.dueAt.toISOString()}`);
}

/** The books of a shop: what was posted, captured and charged, and the balance it led to. */
export type Books = {
  readonly postings: readonly string[];
  readonly captures: readonly string[];
  readonly commissions: readonly string[];
  readonly balance: number;
};

/** Reads the books of a shop in PLN. */
export async function readBooks(database: Database, shopId: string): Promise<Books> {
  const { rows } = await database.pool.query<Books>(
    `select
      array(select p.kind || ' ' || f.kind || ' ' || t.kind || ' ' || p.amount || ' ' || p.currency
        from posting p join account f on f.id = p.from_id join account t on t.id = p.to_id
        where $1::text in (f.owner, t.owner) order by p.id) as postings,
      array(select c.status || ' ' || c.amount from capture c where c.shop_id = $1::uuid order by c.id) as captures,
      array(select c.base || ' ' || c.rate_ppm || ' ' || c.amount from commission c where c.shop_id = $1::uuid
        order by c.computed_at, c.transaction_id) as commissions,
      (select b.amount::int from account a join account_balance b on b.account_id = a.id
        where a.kind = 'SHOP' and a.owner = $1::text and a.currency = 'PLN') as balance`,
    [shopId],
  );
  return rows[0] as Books;
}

/** The books of a shop that nothing was ever paid to. */
export const noBooks: Books = { postings: [], captures: [], commissions: [], balance: 0 };

/** Counts the rows of a table. */
export async function countRows(database: Database, table: 'payment' | 'transaction' | 'event'): Promise<number> {
  const { rows } = await database.pool.query<{ count: bigint }>(`select count(*) from ${table}`);
  return Number(rows[0]?.count);
}
