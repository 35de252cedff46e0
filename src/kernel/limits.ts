import pg from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { Database } from './db/database.ts';

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

/** Counts in the memory of this process. */
export type MemoryCount = {
  /** Counts one more under this key, and gives how it then stands. */
  add(key: string): Promise<Tally>;
  /** Takes back one that was counted under this key at a moment, in milliseconds since 1970, unless the window of that has ended. */
  giveBack(key: string, countedAt: number): Promise<void>;
};

/**
 * Counts in memory. At most `keysMax` keys are kept: when there are more, the one whose window began first is forgotten,
 * so whoever comes from ever new addresses can take no more memory than that.
 */
export function createMemoryCount(rule: CountRule & { readonly keysMax: number }): MemoryCount {
  const limiter = new RateLimiterMemory({ points: rule.max, duration: rule.windowMs / 1000, keyPrefix: '' });
  /** In the order in which their windows began; it may still hold keys that the limiter has dropped. */
  const keys = new Set<string>();
  return {
    add: async (key) => {
      const result = await resultOf(limiter.consume(key));
      if (result.isFirstInDuration) {
        keys.delete(key);
        keys.add(key);
        const oldest = keys.size > rule.keysMax ? keys.values().next().value : undefined;
        if (oldest !== undefined) {
          keys.delete(oldest);
          await limiter.delete(oldest);
        }
      }
      return toTally(rule, result);
    },
    giveBack: async (key, countedAt) => {
      const { consumedPoints = 0, msBeforeNext = 0 } = (await limiter.get(key)) ?? {};
      const began = Date.now() + msBeforeNext - rule.windowMs;
      if (consumedPoints > 0 && msBeforeNext > 0 && countedAt >= began) await limiter.reward(key);
    },
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
 */
export function createSharedCount({ pool }: Pick<Database, 'pool'>, rule: SharedCountRule): SharedCount {
  const limiter = new RateLimiterPostgres({
    storeClient: { query: (statement: pg.QueryConfig) => pool.query({ ...statement, types: numbersAsNumbers }) },
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
