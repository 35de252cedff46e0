import pg from 'pg';
import { type Statement, types } from './database.ts';
import { endless, prepareSession } from './prepare-session.ts';

/** One moment of the whole database, to read for as long as it takes. */
export type Snapshot = {
  /** Reads all rows of one statement. */
  query<Row extends object>(statement: Statement): Promise<Row[]>;
  /** Reads the rows of one statement in pieces, however many they are. */
  stream<Row extends object>(statement: Statement): AsyncIterable<Row>;
};

const rowsAtOnce = 500;

/**
 * Reads in one snapshot of the database (repeatable read, read only), on a connection of its own without limits of time:
 * every statement sees the same moment, whatever is written meanwhile, and nobody waits for it.
 */
export async function readSnapshot<Result>(
  url: string,
  work: (snapshot: Snapshot) => Promise<Result>,
): Promise<Result> {
  const client = new pg.Client({ connectionString: url, types, keepAlive: true });
  // Broken off between two statements it would end the process; the next statement says so.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await prepareSession(client, endless);
    await client.query('begin isolation level repeatable read read only');
    // All rows of a cursor are read; the planner would favour a tenth of them.
    await client.query('set local cursor_tuple_fraction = 1');
    return await work(snapshotOf(client));
  } finally {
    await client.end();
  }
}

/** Reads in the transaction that a connection has open. */
export function snapshotOf(client: pg.ClientBase): Snapshot {
  return {
    query: async <Row extends object>({ text, values }: Statement) => (await client.query<Row>(text, [...values])).rows,
    stream: (statement) => stream(client, statement),
  };
}

async function* stream<Row extends object>(client: pg.ClientBase, { text, values }: Statement): AsyncGenerator<Row> {
  await client.query(`declare piece no scroll cursor for ${text}`, [...values]);
  try {
    let rows: Row[];
    do {
      ({ rows } = await client.query<Row>(`fetch ${rowsAtOnce} from piece`));
      yield* rows;
    } while (rows.length === rowsAtOnce);
  } finally {
    await client.query('close piece');
  }
}
