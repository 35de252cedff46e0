import pg from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import { type Database, orUnavailable } from './db/database.ts';

/** How many may happen under one key in a window of time, which begins with the first of them. */
export type CountRule = { readonly max: number; readonly windowMs: number };

/** How the count of one key stands. */
export type Tally = {
  readonly count: number;
  /** True when there were more than the rule allows. */
  readonly over: boolean;
  /** Milliseconds until the key is counted anew; 0 when nothing is counted. */
  readonly msLeft: number;
};

/** How a key stands after one more was counted, and how to take that one back, once; when its window has ended that does nothing. */
export type Counted = Tally & { giveBack(): Promise<void> };

/** Counts one more under a key, in the memory of this process. */
export type MemoryCount = (key: string) => Promise<Counted>;

/**
 * Counts in memory. At most `keysMax` keys are kept: when there are more, the one whose window began first is forgotten,
 * so whoever comes from ever new addresses can take no more memory than that.
 */
export function createMemoryCount(rule: CountRule & { readonly keysMax: number }): MemoryCount {
  const limiter = new RateLimiterMemory({ points: rule.max, duration: rule.windowMs / 1000, keyPrefix: '' });
  /** The number of each key's window, in the order in which these began; it may still hold keys that the limiter has dropped. */
  const windows = new Map<string, number>();
  let begun = 0;
  const begin = async (key: string): Promise<void> => {
    windows.delete(key);
    windows.set(key, ++begun);
    const oldest = windows.size > rule.keysMax ? windows.keys().next().value : undefined;
    if (oldest === undefined) return;
    windows.delete(oldest);
    await limiter.delete(oldest);
  };
  return async (key) => {
    const result = await resultOf(limiter.consume(key));
    if (result.isFirstInDuration) await begin(key);
    const window = windows.get(key);
    let isBack = false;
    const giveBack = async (): Promise<void> => {
      if (isBack) return;
      isBack = true;
      const { consumedPoints = 0, msBeforeNext = 0 } = (await limiter.get(key)) ?? {};
      if (windows.get(key) === window && consumedPoints > 0 && msBeforeNext > 0) await limiter.reward(key);
    };
    return { ...toTally(rule, result), giveBack };
  };
}

/** Counts in Postgres, shared by all processes of one database. */
export type SharedCount = {
  /** Counts one more under this key, and gives how it then stands. */
  add(key: string): Promise<Tally>;
  /** How a key stands, without counting. */
  read(key: string): Promise<Tally>;
};

export type SharedCountRule = CountRule & {
  /** What is counted: a word of its own for each count, since all share one table. */
  readonly name: string;
  /** How long a key stays over the rule once it is; until the end of its window when undefined. */
  readonly stopMs?: number;
};

/**
 * Counts in the table `abuse_count`, by the machine's clock: no merchant's sandbox clock moves it. What is over there is
 * removed by a loop of the worker. The database's errors are thrown on: whoever asks must know that nothing was counted.
 * @throws DatabaseUnavailable, from `add` and `read`, when the database is why nothing could be counted or read.
 */
export function createSharedCount({ pool }: Pick<Database, 'pool'>, rule: SharedCountRule): SharedCount {
  const query = async (statement: pg.QueryConfig): Promise<pg.QueryResult> => {
    try {
      return await pool.query({ ...statement, types: numbersAsNumbers });
    } catch (error) {
      throw orUnavailable(error);
    }
  };
  const limiter = new RateLimiterPostgres({
    storeClient: { query },
    storeType: 'client',
    tableName: 'abuse_count',
    tableCreated: true,
    clearExpiredByTimeout: false,
    keyPrefix: rule.name,
    points: rule.max,
    duration: rule.windowMs / 1000,
    blockDuration: (rule.stopMs ?? 0) / 1000,
  });
  return {
    add: async (key) => toTally(rule, await resultOf(limiter.consume(key))),
    read: async (key) => toTally(rule, (await limiter.get(key)) ?? new RateLimiterRes()),
  };
}

/** The limiter calculates with the moments it stored, which elsewhere in this program would arrive as bigint. */
const numbersAsNumbers: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.INT8
      ? Number
      : pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
};

/** The library throws its result when the rule is broken; anything else that it throws is an error. */
async function resultOf(consumed: Promise<RateLimiterRes>): Promise<RateLimiterRes> {
  try {
    return await consumed;
  } catch (thrown) {
    if (thrown instanceof RateLimiterRes) return thrown;
    throw thrown;
  }
}

function toTally(rule: CountRule, result: RateLimiterRes): Tally {
  return {
    count: result.consumedPoints,
    over: result.consumedPoints > rule.max,
    msLeft: Math.max(result.msBeforeNext, 0),
  };
}
