import type { Tx } from '../kernel/db/database.ts';
import type { ForeignCurrency, RateTable } from './model.ts';

/** A rate and the table that has it. */
export type Rate = {
  readonly tableNumber: string;
  /** In units of 10^-8 PLN for one unit of the currency. */
  readonly rate: bigint;
};

/** Asks for the rate of a currency on a day, as `2026-01-02`. */
export type RateAsk = { readonly currency: ForeignCurrency; readonly day: string };

/** By currency and day, under the key of `rateKey`; what no table has is missing. */
export type Rates = ReadonlyMap<string, Rate>;

/** Under what the rate of a currency on a day is found among others. */
export function rateKey({ currency, day }: RateAsk): string {
  return `${currency} ${day}`;
}

/**
 * Reads the rates in force on days: those of the table of the day or, when there is none (weekends, holidays, not
 * imported), of the newest before it.
 */
export async function readRates(tx: Tx, asks: readonly RateAsk[]): Promise<Rates> {
  const rows = await tx.query<Rate & RateAsk>({
    name: 'read-rates',
    text: `
      select ask.currency, ask.day::text as day, r.table_number as "tableNumber", r.rate
      from (select distinct currency, day from unnest($1::currency[], $2::date[]) as a (currency, day)) as ask
      cross join lateral (
        select number from fx_table t where t.effective_date <= ask.day order by t.effective_date desc limit 1
      ) as t
      join fx_rate r on r.table_number = t.number and r.currency = ask.currency`,
    values: [asks.map((ask) => ask.currency), asks.map((ask) => ask.day)],
  });
  return new Map(rows.map((row) => [rateKey(row), { tableNumber: row.tableNumber, rate: row.rate }]));
}

/** Lets nobody else import tables until the transaction ends; readers and settlements go on. */
export async function lockTables(tx: Tx): Promise<void> {
  await tx.query({ name: 'lock-fx-tables', text: 'lock table fx_table in share row exclusive mode', values: [] });
}

/** Reads the tables that have one of these numbers or days. */
export async function readTables(
  tx: Tx,
  wanted: readonly Pick<RateTable, 'number' | 'effectiveDate'>[],
): Promise<RateTable[]> {
  const rows = await tx.query<{
    number: string;
    effectiveDate: string;
    currencies: ForeignCurrency[];
    rates: string[];
  }>({
    name: 'read-fx-tables',
    text: `
      select t.number, t.effective_date::text as "effectiveDate", array_agg(r.currency::text) as currencies,
        array_agg(r.rate::text) as rates
      from fx_table t join fx_rate r on r.table_number = t.number
      where t.number = any($1::text[]) or t.effective_date = any($2::date[])
      group by t.number order by t.number`,
    values: [wanted.map((table) => table.number), wanted.map((table) => table.effectiveDate)],
  });
  return rows.map(({ number, effectiveDate, currencies, rates }) => ({
    number,
    effectiveDate,
    rates: new Map(currencies.map((currency, place) => [currency, BigInt(rates[place] ?? 0)])),
  }));
}

/** Writes tables and their rates. */
export async function insertTables(tx: Tx, tables: readonly RateTable[], at: Date): Promise<void> {
  const rates = tables.flatMap(({ number, rates }) =>
    Array.from(rates, ([currency, rate]) => ({ number, currency, rate })),
  );
  await tx.query({
    name: 'insert-fx-tables',
    text: `
      insert into fx_table (number, effective_date, imported_at)
      select number, day, $3::timestamptz from unnest($1::text[], $2::date[]) as t (number, day)`,
    values: [tables.map((table) => table.number), tables.map((table) => table.effectiveDate), at],
  });
  await tx.query({
    name: 'insert-fx-rates',
    text: `
      insert into fx_rate (table_number, currency, rate)
      select * from unnest($1::text[], $2::currency[], $3::bigint[])`,
    values: [rates.map((row) => row.number), rates.map((row) => row.currency), rates.map((row) => row.rate)],
  });
}
