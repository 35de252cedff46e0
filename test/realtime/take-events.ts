import type { Database, News } from '../../src/kernel/db/database.ts';
import type { Event } from '../../src/kernel/db/generated/prisma/client.ts';
import type { HintBus } from '../../src/realtime/listen-hints.ts';

/** Longer than any test: a sweep that never comes. */
export const never = 2_000_000_000;

/** Takes so many events, as a reader does who asks for one after the other. */
export async function take(events: AsyncGenerator<Event>, count: number): Promise<Event[]> {
  const taken: Event[] = [];
  while (taken.length < count) {
    const { value, done } = await events.next();
    if (done) throw new Error(`The feed ended after ${taken.length} of ${count} events.`);
    taken.push(value);
  }
  return taken;
}

/** Takes so many events, and gives their numbers. */
export async function takeNumbers(events: AsyncGenerator<Event>, count: number): Promise<number[]> {
  return (await take(events, count)).map((event) => Number(event.number));
}

/** The numbers from one to another, both included. */
export function numbers(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
}

export type ScriptedBus = HintBus & {
  /** Hints as if another process had sent it. */
  hint(shopId: string, number: bigint): void;
  /** What was to be told to other processes. */
  readonly published: News[];
};

/** A bus on which nobody else is, and which carries what the test says. */
export function createScriptedBus(): ScriptedBus {
  const listeners = new Set<(news: News) => void>();
  const published: News[] = [];
  return {
    published,
    publish: (news) => void published.push(news),
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    follow: () => () => {},
    close: async () => {},
    hint: (shopId, number) => {
      for (const listener of listeners) listener(new Map([[shopId, number]]));
    },
  };
}

/** The same database, but each statement of reads waits for `watch` to have seen it, which may let it fail by throwing. */
export function watchReads(database: Database, watch: (name: string) => unknown): Database {
  const pool = new Proxy(database.pool, {
    get: (target, property) => {
      if (property !== 'query') return Reflect.get(target, property);
      return async (statement: { readonly name: string }) => {
        await watch(statement.name);
        return target.query(statement as never);
      };
    },
  });
  return { ...database, pool };
}
