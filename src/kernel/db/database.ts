import { PrismaPg } from '@prisma/adapter-pg';
import pg from 'pg';
import { endsInTime } from '../ends-in-time.ts';
import { breakOffWhenUnusable } from './break-off-unusable.ts';
import { PrismaClient } from './generated/prisma/client.ts';
import type { EventType } from './generated/prisma/enums.ts';
import { prepareSession } from './prepare-session.ts';
import { shortageIn } from './short-of.ts';

/** One SQL statement. It is prepared once per connection under its name, so a name belongs to one text. */
export type Statement = {
  readonly name: string;
  readonly text: string;
  readonly values: readonly unknown[];
  /** True for tables that are empty at one moment and full at the next: a plan made before would read them from end to end. */
  readonly planAnew?: true;
};

/**
 * One Postgres transaction, or the statements of `withoutTransaction`. All writes go through it; a verb that takes a `Tx`
 * touches nothing but the database, and its caller opened the transaction and commits it.
 */
export type Tx = {
  /**
   * Runs one statement and gives its rows; 64-bit integers arrive as bigint, times as Date. Statements run in the order of the
   * calls, each after the one before it: those that need nothing of each other's rows are asked for together and share one
   * round trip. After a failed one the server refuses the rest.
   */
  query<Row extends object>(statement: Statement): Promise<Row[]>;
  /** Notes that a shop's log now ends at this number, with events of these types; listeners of the database hear of it after the commit. */
  noteNumber(shopId: string, number: bigint, types: Iterable<EventType>): void;
};

/** Shops whose log grew in one transaction, with the number it now ends at. */
export type News = ReadonlyMap<string, bigint>;

/** @param types of which types the events are, of all shops together. */
type NewsListener = (news: News, types: ReadonlySet<EventType>) => void;

/** The connection to Postgres: `pg` for everything that writes, Prisma for the reads of GraphQL. */
export type Database = {
  readonly url: string;
  readonly pool: pg.Pool;
  readonly prisma: PrismaClient;
  /** How long servers and networks may take, as every pool on this database has it. */
  readonly limits: Limits;
  /** Calls `listener` after each commit of this process that wrote events; gives the function that stops it. */
  onNews(listener: NewsListener): () => void;
  close(): Promise<void>;
};

/** The limits of a connection, in milliseconds; those that the server keeps, `onConnect` sets. */
type Limits = {
  readonly onConnect: typeof prepareSession;
  readonly idleTimeoutMillis: number;
  readonly connectionTimeoutMillis: number;
  readonly query_timeout: number;
  readonly keepAlive: boolean;
  readonly keepAliveInitialDelayMillis: number;
};

export type DatabaseOptions = {
  readonly url: string;
  /** After how long without an answer a connection is given up, in milliseconds; 20 seconds when undefined. */
  readonly answerWithinMs?: number;
  /** Connections for writing; reads through Prisma have as many of their own. */
  readonly connectionsMax?: number;
  /** After how many seconds without use a connection is closed; 600 when undefined. */
  readonly idleSeconds?: number;
  /** Told of each new connection for writing. */
  readonly onConnect?: () => void;
  /** Told of errors of idle connections, which have no caller to tell. */
  readonly onError?: (error: Error) => void;
};

/**
 * The database could not be reached, is short of something as when its disk is full, or the connection broke off. If that was
 * during the commit, nobody knows whether it took place: whoever asked repeats with the same idempotency key.
 */
export class DatabaseUnavailable extends Error {
  constructor(cause: unknown) {
    const short = shortageIn(cause);
    const lost = 'The database cannot be reached, or the connection to it broke off.';
    super(short === undefined ? lost : `The database cannot take this now: ${short}.`, { cause });
  }
}

/** How long a connection for reading may be used; another one may lead to another server. */
const readingSecondsMax = 60;
/** How long connections in use are waited for at the end. */
const farewell = { ms: 5_000 };
const retriesMax = 5;
/** serialization_failure and deadlock_detected: the transaction did nothing and may simply run again. */
const transientCodes = new Set(['40001', '40P01']);

/** 64-bit integers arrive as bigint. */
export const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8
      ? BigInt
      : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
};

/** Opens the pools; nothing is connected before the first query. */
export function openDatabase(options: DatabaseOptions): Database {
  const max = options.connectionsMax ?? 10;
  const limits: Limits = {
    onConnect: prepareSession,
    // A new connection plans each statement anew, several times: after a quiet minute a payer would wait for that.
    idleTimeoutMillis: (options.idleSeconds ?? 600) * 1_000,
    connectionTimeoutMillis: 10_000,
    // Beyond what the server allows a statement: by then the network has swallowed the answer.
    query_timeout: options.answerWithinMs ?? 20_000,
    keepAlive: true,
    // Without it the system asks after two hours of silence whether the other side is still there.
    keepAliveInitialDelayMillis: 10_000,
  };
  const pool = new pg.Pool({ connectionString: options.url, max, types, pipeline: true, ...limits });
  const onError = options.onError ?? (() => {});
  pool.on('error', onError);
  // A connection in use has no listener of the pool's: broken off between two statements, it would end the process.
  pool.on('connect', (client) => {
    client.on('error', onError);
    breakOffWhenUnusable(client);
    options.onConnect?.();
  });
  let prisma: PrismaClient | undefined;
  const openPrisma = (): PrismaClient => {
    // Reads find out by nothing that their server has become a replica, and another one takes the writes.
    const lifetime = { maxLifetimeSeconds: readingSecondsMax };
    const reading = new pg.Pool({ connectionString: options.url, max, ...lifetime, ...limits });
    sayWhenLost(reading);
    const handlers = { onPoolError: onError, onConnectionError: onError, disposeExternalPool: true };
    return new PrismaClient({ adapter: new PrismaPg(reading, handlers) });
  };
  const listeners = new Set<NewsListener>();
  const database: OpenDatabase = {
    url: options.url,
    pool,
    // Made when it is first asked: that takes some 30 ms, and commands and the background work may never ask it.
    get prisma() {
      prisma ??= openPrisma();
      return prisma;
    },
    limits,
    listeners,
    onNews: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {
      // A statement that waits for a lock would keep the process from its end.
      await endsInTime(Promise.all([pool.end(), prisma?.$disconnect()]), farewell);
    },
  };
  return database;
}

type OpenDatabase = Database & { readonly listeners: ReadonlySet<NewsListener> };

/**
 * Runs `work` in one transaction (read committed) and commits it. A deadlock or serialization failure rolls back and
 * runs `work` again, so `work` may touch nothing but the transaction.
 */
export function inTransaction<Result>(database: Database, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return runAgain(() => attempt(database as OpenDatabase, work, transaction));
}

/**
 * Runs `work` like `inTransaction`, but each of its statements commits by itself: it saves two round trips, and what a
 * statement locks is free when it ends, even if this process or the network to it is gone by then. So one statement has to
 * write all that belongs together.
 */
export function withoutTransaction<Result>(database: Database, work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return runAgain(() => attempt(database as OpenDatabase, work, noTransaction));
}

async function runAgain<Result>(attemptIt: () => Promise<Result>): Promise<Result> {
  for (let attempts = 1; ; attempts += 1) {
    try {
      return await attemptIt();
    } catch (error) {
      if (attempts > retriesMax || !isTransient(error)) throw error;
    }
  }
}

/** The statements around a work; the last one is sent when it fails, and also finds out whether the connection is dead. */
type Frame = { readonly begin?: string; readonly commit?: string; readonly giveUp: string };
const transaction: Frame = { begin: 'begin', commit: 'commit', giveUp: 'rollback' };
const noTransaction: Frame = { giveUp: 'select' };

async function attempt<Result>(
  { pool, listeners }: OpenDatabase,
  work: (tx: Tx) => Promise<Result>,
  { begin, commit, giveUp }: Frame,
): Promise<Result> {
  const client = await pool.connect().catch((error: unknown) => {
    throw new DatabaseUnavailable(error);
  });
  const news = new Map<string, bigint>();
  const types = new Set<EventType>();
  let broken: Error | undefined;
  // What commits by itself is news even if something fails after it.
  let tellNews = commit === undefined;
  // Of statements asked for together one may fail while another's function goes on: it must not write outside the transaction.
  let over = false;
  try {
    if (begin !== undefined) await client.query(begin);
    const result = await work({
      query: async (statement) => {
        if (over) throw new Error(`${statement.name} was asked for after its transaction.`);
        return run(client, statement);
      },
      noteNumber: (shopId, number, written) => {
        news.set(shopId, number);
        for (const type of written) types.add(type);
      },
    });
    over = true;
    if (commit !== undefined) await client.query(commit);
    tellNews = true;
    return result;
  } catch (error) {
    over = true;
    // When even that fails the connection is dead, and the pool must not hand it out again.
    await client.query(giveUp).catch((failure: Error) => {
      broken = failure;
    });
    throw broken !== undefined || shortageIn(error) !== undefined ? new DatabaseUnavailable(error) : error;
  } finally {
    client.release(broken);
    if (tellNews && news.size > 0) for (const listener of listeners) listener(news, types);
  }
}

/** Prisma has several errors of its own for a lost connection, and hands on as it is what it does not know. */
function sayWhenLost(pool: pg.Pool): void {
  const query = pool.query.bind(pool) as (...args: unknown[]) => Promise<unknown>;
  const told = (...args: unknown[]): Promise<unknown> =>
    query(...args).catch((error: unknown) => {
      throw orUnavailable(error);
    });
  pool.query = told as typeof pool.query;
}

/**
 * Runs one statement outside any transaction of ours, for reads.
 * @throws DatabaseUnavailable when the connection is the reason that it failed, or what the server is short of.
 */
export async function read<Row extends object>(database: Database, statement: Statement): Promise<Row[]> {
  try {
    return await run(database.pool, statement);
  } catch (error) {
    throw orUnavailable(error);
  }
}

/** What is told in the place of what a statement failed with: that the database is away or short where that is why, else the same. */
export function orUnavailable(error: unknown): unknown {
  return isLost(error) || shortageIn(error) !== undefined ? new DatabaseUnavailable(error) : error;
}

/**
 * SQLSTATEs of a server that ends, ends the connection, takes none, or takes no writes: classes 08 (but for protocol_violation,
 * which is a statement of ours that does not fit its values), 28 and 3D, 57P, too_many_connections and
 * read_only_sql_transaction.
 */
const lostCodes = /^(?:08(?!P01)|28|3D|57P|53300|25006)/;
/** What `pg` itself says of a statement; all else that it says is of the connection. */
const ownWords = /^Prepared statements must be unique/;

/**
 * Whether something failed on the way to the server, or because the server ends; all else is said of a statement. The severity
 * tells little, as it comes in the language of the server; PgBouncer speaks English, and all that it says has the code 08P01.
 */
export function isLost(error: unknown): boolean {
  if (error instanceof pg.DatabaseError) {
    return lostCodes.test(error.code ?? '') || (error.code === '08P01' && error.severity === 'FATAL');
  }
  if (!(error instanceof Error) || error instanceof TypeError || error instanceof RangeError) return false;
  return !ownWords.test(error.message);
}

async function run<Row extends object>(client: pg.Pool | pg.PoolClient, statement: Statement): Promise<Row[]> {
  const { name, text, values: given, planAnew } = statement;
  const values = [...given];
  // Postgres keeps no plan for what has no name; whoever looks at what runs still sees which one it is.
  const result = await client.query<Row>(planAnew ? { text: `-- ${name}\n${text}`, values } : { name, text, values });
  return result.rows;
}

function isTransient(error: unknown): boolean {
  return error instanceof Error && 'code' in error && transientCodes.has(String(error.code));
}
