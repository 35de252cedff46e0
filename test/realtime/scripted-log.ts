import type fc from 'fast-check';
import type { Database, News, Statement } from '../../src/kernel/db/database.ts';
import type { Event } from '../../src/kernel/db/generated/prisma/client.ts';
import type { Meddler } from '../support/meddle.ts';

export const shopId = '00000000-0000-4000-8000-00000000000a';
export const otherShopId = '00000000-0000-4000-8000-00000000000b';
const payments = ['00000000-0000-4000-8000-0000000000c0', '00000000-0000-4000-8000-0000000000c1'] as const;

/** The filters that followers have; `undefined` leaves nothing out. */
export const filters = [undefined, { types: ['PAYOUT_SENT'] }, { paymentId: payments[0] }] as const;

const at = new Date('2026-03-02T12:00:00.000Z');
const subject = {
  ...{ transactionId: null, refundId: null, payoutId: null, profileId: null },
  ...{ captureId: null, voidId: null },
};

/** The event with this number: each third is of another type, and they belong to two payments in turns. */
export const eventOf = (number: bigint): Event => ({
  ...{ shopId, number, at, data: {}, ...subject },
  type: number % 3n === 0n ? 'PAYOUT_SENT' : 'PAYMENT_CREATED',
  paymentId: payments[Number(number % 2n)] ?? null,
});

/** A bug that is planted into the feed, at the seams to its database and to other processes. */
export type Bug = {
  readonly meddler: Meddler;
  /** Nothing is heard while the end of the log is read, as if followers joined after it. */
  readonly deafWhileJoining?: boolean;
};

/** A shop's log as the feed sees it through its database: it answers statements when the schedule says so. */
export type ScriptedLog = {
  readonly database: Database;
  /** Number of the last event. */
  last(): bigint;
  /** Adds so many events. Nobody is told. */
  commit(size: number): void;
  /** Tells the listeners of the database, as a commit of this process does. */
  tell(news: News): void;
  /** How many statements were answered. */
  statements(): number;
};

/** Far more than an honest run needs: each event, hint, stay and sweep costs a few. */
export const statementsMax = 1_000;

type Row = Record<string, unknown>;

/**
 * Makes an empty log in memory. A statement sees the log at some moment between its start and its end, both of which the
 * scheduler chooses, as Postgres does. @param bug is planted into it.
 */
export function createScriptedLog(scheduler: fc.Scheduler, { meddler, deafWhileJoining }: Bug): ScriptedLog {
  const listeners = new Set<(news: News) => void>();
  let last = 0n;
  let statements = 0;
  let joining = 0;

  function answer({ name, values }: Statement): Row[] {
    if (name === 'read-last-numbers') return [{ shopId, number: last }];
    if (name === 'read-log-ends') return [{ shopId, first: 1n, last }];
    const [, after, before, limit, types, paymentId] = values as [
      string,
      bigint,
      bigint,
      number,
      string[] | null,
      string?,
    ];
    const found: Event[] = [];
    for (let number = after + 1n; number < before && number <= last && found.length < limit; number += 1n) {
      const event = eventOf(number);
      if ((types?.includes(event.type) ?? true) && (paymentId ?? event.paymentId) === event.paymentId)
        found.push(event);
    }
    return found;
  }

  const run = async (statement: Statement): Promise<object[]> => {
    statements += 1;
    if (statements > statementsMax) throw new Error('There is no end of statements.');
    const joins = Number(statement.name === 'read-log-ends');
    joining += joins;
    await scheduler.schedule(Promise.resolve(), `${statement.name} is on its way`);
    const rows = answer(statement);
    await scheduler.schedule(Promise.resolve(), `${statement.name} comes back`);
    joining -= joins;
    return rows;
  };
  const query = async (statement: Statement): Promise<{ rows: object[] }> => ({ rows: await meddler(statement, run) });
  const onNews = (listener: (news: News) => void): (() => void) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  };
  return {
    // What a feed uses of a database, and no more.
    database: { url: '', pool: { query }, onNews } as unknown as Database,
    last: () => last,
    commit: (size) => {
      last += BigInt(size);
    },
    tell: (news) => {
      if (deafWhileJoining && joining > 0) return;
      for (const listener of listeners) listener(news);
    },
    statements: () => statements,
  };
}
