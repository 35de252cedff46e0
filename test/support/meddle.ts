import { createHash } from 'node:crypto';
import type { Database, Statement } from '../../src/kernel/db/database.ts';

/** What a bug does to one statement of a verb: its rows, made with the real `run` or without it. */
export type Meddler = (statement: Statement, run: (statement: Statement) => Promise<object[]>) => Promise<object[]>;

/** Leaves a statement out, as if somebody had forgotten it. */
export const forget =
  (name: string, when: (statement: Statement) => boolean = () => true): Meddler =>
  async (statement, run) =>
    statement.name === name && when(statement) ? [] : run(statement);

/** Changes what a statement is given. */
export const change =
  (name: string, edit: (values: unknown[]) => unknown[]): Meddler =>
  (statement, run) =>
    run(statement.name === name ? { ...statement, values: edit([...statement.values]) } : statement);

/** The values of a statement with another one in a place. */
export const replaced = (values: unknown[], place: number, by: (value: unknown) => unknown): unknown[] =>
  values.map((value, index) => (index === place ? by(value) : value));

/** What is planned anew each time is not prepared, and bears its name in a comment. */
type Sent = Omit<Statement, 'name'> & { readonly name: string | undefined };
type Queried = Sent | string;
type Client = { query(queried: Queried, ...rest: unknown[]): Promise<{ rows: object[] }> };

function nameOf({ name, text }: Sent): string {
  return name ?? /^-- (\S+)/.exec(text)?.[1] ?? '';
}

/** The database with connections whose named statements pass through the meddler, in transactions and outside of them. */
export function meddledDatabase(database: Database, meddler: Meddler): Database {
  const meddle = <Target extends object>(target: Target, others: object = {}): Target =>
    new Proxy(target, {
      get: (own, name) => {
        const value: unknown = Reflect.get(name in others ? others : own, name);
        if (name !== 'query') return typeof value === 'function' && !(name in others) ? value.bind(own) : value;
        return async (queried: Queried, ...rest: unknown[]) => {
          const client = own as unknown as Client;
          if (typeof queried === 'string') return client.query(queried, ...rest);
          let result: { rows: object[] } = { rows: [] };
          const rows = await meddler({ ...queried, name: nameOf(queried) }, async (real) => {
            const isPrepared = queried.name !== undefined;
            result = await client.query(isPrepared ? renamed(real, queried) : { ...real, name: undefined });
            return result.rows;
          });
          // Whoever is no verb of ours may want to know more than the rows.
          return Object.assign(result, { rows });
        };
      },
    });
  const { pool } = database;
  return { ...database, pool: meddle(pool, { connect: async () => meddle(await pool.connect()) }) };
}

/** A statement is prepared under its name, so a changed text needs a name of its own. */
function renamed(real: Statement, original: Sent): Statement {
  if (real.text === original.text || real.name !== original.name) return real;
  return { ...real, name: `bug ${createHash('sha256').update(real.text).digest('hex').slice(0, 32)}` };
}
