import type { Database } from '../../src/kernel/db/database.ts';

/** A process that is killed in the middle of its run: at its nth statement, of which `begin` and `commit` are some. */
export function dyingAt(database: Database, last: number): Database {
  let statements = 0;
  const isDead = (): boolean => statements >= last;
  const counted =
    (query: (...args: unknown[]) => Promise<unknown>) =>
    async (...args: unknown[]): Promise<unknown> => {
      statements += 1;
      if (isDead()) throw new Error('the process was killed');
      return query(...args);
    };
  const pool = overriding(database.pool, {
    query: counted(database.pool.query.bind(database.pool) as never),
    connect: async () => {
      const client = await database.pool.connect();
      return overriding(client, {
        query: counted(client.query.bind(client) as never),
        release: () => client.release(isDead()),
      });
    },
  });
  return overriding(database, { pool });
}

function overriding<Target extends object>(target: Target, others: object): Target {
  return new Proxy(target, { get: (own, name) => Reflect.get(name in others ? others : own, name) as unknown });
}
