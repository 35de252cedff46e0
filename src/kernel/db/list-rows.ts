import { type Database, read } from './database.ts';
import type { Choice } from './list-columns.ts';
import { inListOrder, type Page } from './page.ts';

/** What every list may be cut down to. */
export type Span = {
  /** Made at this moment or later. */
  readonly createdFrom?: Date | undefined;
  /** Made before this moment. */
  readonly createdBefore?: Date | undefined;
};

/** A condition of a filter, with the value it is given. The letter marks statements that have it, since a name belongs to one text. */
export type Condition = { readonly letter: string; readonly text: (value: string) => string };

/** A table whose rows have an id, a shop and a moment of creation, and are listed shop by shop. */
export type Listed<Filter extends Span, Column> = {
  /** Of the statements, `list-payments`. */
  readonly name: string;
  readonly table: string;
  /** By which the conditions and the chosen columns name the table. */
  readonly alias: string;
  /** Those beside the span of creation, which all lists have. Their letters are none of b, f and p. */
  readonly conditions: { readonly [name in keyof Omit<Required<Filter>, keyof Span>]: Condition };
  /** Chooses what is read, for the statement of this name. */
  readonly choose: (statement: string, columns: readonly Column[] | undefined) => Choice;
};

/** Which rows of a shop are wanted; all conditions of the filter at once. */
export type ListAsk<Filter extends Span, Column> = {
  readonly shopId: string;
  readonly filter: Filter;
  readonly newestFirst: boolean;
  readonly page: Page;
  /** What is read of each row beside its id; undefined: all that is shown. */
  readonly columns?: readonly Column[] | undefined;
};

/**
 * Reads a page of the rows of a shop in one statement. Creation comes first in the order, so that the planner takes the
 * index on (shop, created_at, id) and never the primary key. Who may see them is the caller's to say.
 */
export async function listRows<Row extends object, Filter extends Span, Column>(
  database: Database,
  { name: list, table, alias, conditions, choose }: Listed<Filter, Column>,
  { shopId, filter, newestFirst, page, columns }: ListAsk<Filter, Column>,
): Promise<Row[]> {
  const values: unknown[] = [shopId, page.limit];
  const next = (value: unknown): string => `$${values.push(value)}`;
  const possible: Readonly<Record<string, Condition>> = { ...conditions, ...spanOf(alias) };
  // In the order of the conditions, so that a filter has one text in whatever order it was written.
  const asked = Object.entries(possible).flatMap(([name, { letter, text }]) => {
    const value = filter[name as keyof Filter];
    return value === undefined ? [] : [{ letter, text: text(next(value)) }];
  });
  const down = newestFirst !== page.backward;
  const row = `(${alias}.created_at, ${alias}.id)`;
  if (page.from !== undefined) {
    const id = `${next(page.from)}::uuid`;
    const beside = `((select created_at from ${table} where id = ${id}), ${id})`;
    asked.push({ letter: 'p', text: `${row} ${down ? '<' : '>'} ${beside}` });
  }
  const direction = down ? 'desc' : 'asc';
  const { name, selectList } = choose(`${list}-${direction}-${asked.map(({ letter }) => letter).join('')}`, columns);
  const rows = await read<Row>(database, {
    name,
    text: `
      select ${selectList} from ${table} ${alias}
      where ${[`${alias}.shop_id = $1::uuid`, ...asked.map(({ text }) => text)].join(' and ')}
      order by ${alias}.created_at ${direction}, ${alias}.id ${direction} limit $2::int`,
    values,
  });
  return inListOrder(rows, page);
}

function spanOf(alias: string): Record<keyof Span, Condition> {
  return {
    createdFrom: { letter: 'f', text: (value) => `${alias}.created_at >= ${value}::timestamptz` },
    createdBefore: { letter: 'b', text: (value) => `${alias}.created_at < ${value}::timestamptz` },
  };
}
