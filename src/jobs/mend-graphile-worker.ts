// What graphile-worker 0.18 does wrong when it ends or its database breaks off, and how we live with it.

import type { WorkerEvents } from 'graphile-worker';
import type pg from 'pg';
import { isLost } from '../kernel/db/database.ts';

/**
 * Resolves when all places of a queue, which it has from its beginning to its end, are given up. The queue may not say
 * that it has ended: once it could not write that a job is done, and wrote it of another one while it ended, it waits for
 * ever, since it counts such a write twice.
 */
export function whenIdle(events: WorkerEvents): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let places = 0;
  events.on('worker:create', () => {
    places += 1;
  });
  events.on('worker:stop', () => {
    places -= 1;
    if (places === 0) resolve();
  });
  return promise;
}

/**
 * Tells when the answer to a fetch of jobs was lost with its connection. The queue only asks again, while the jobs of that
 * answer, which it never heard of, stay taken by it as long as it lives.
 */
export function onLostFetch(client: pg.PoolClient, tell: () => void): void {
  const query = client.query.bind(client) as (...args: unknown[]) => unknown;
  const watched = (...args: unknown[]): unknown => {
    const answer = query(...args);
    const { name } = (args[0] ?? {}) as { readonly name?: string };
    if (name?.startsWith('get_job') && answer instanceof Promise) {
      answer.catch((error: unknown) => {
        // What the server itself refused took no jobs, unless it was just going away.
        if (isLost(error)) tell();
      });
    }
    return answer;
  };
  client.query = watched as typeof client.query;
}

type Enhanced = { withRetries(...args: unknown[]): Promise<unknown> };

/**
 * Tells when the first fetch of a queue failed. It reads the numbers of its tasks before that, once, and keeps the failure of
 * that reading for ever in the place of them: it would never fetch a job.
 */
export function onFailedBeginning(events: WorkerEvents, tell: () => void): void {
  let hasFetched = false;
  events.on('localQueue:getJobs:complete', () => {
    hasFetched = true;
  });
  events.on('localQueue:init', ({ localQueue }) => {
    const { withPgClient } = localQueue as unknown as { readonly withPgClient: Enhanced };
    const ask = withPgClient.withRetries;
    withPgClient.withRetries = (...args) => {
      const answer = ask(...args);
      answer.catch(() => {
        if (!hasFetched) tell();
      });
      return answer;
    };
  });
}

/** What we need to know of the jobs that were fetched and have no place yet. */
type Fetched = {
  readonly mode: string;
  backgroundCount: number;
  readonly decreaseBackgroundCount: () => void;
  readonly decreaseBackgroundCountWithError: (error: unknown) => void;
  background(work: Promise<void>): void;
};

/**
 * Lets a queue that ends give back what it has fetched. It refuses to wait for that, as if it had ended already: then it
 * takes its own end for failed, gives back jobs that are running as well, and an error of the giving back ends the process.
 */
export function giveBackAtTheEnd(events: WorkerEvents): void {
  events.on('localQueue:init', ({ localQueue }) => {
    const fetched = localQueue as unknown as Fetched;
    const background = fetched.background.bind(fetched);
    fetched.background = (work) => {
      if (fetched.mode !== 'RELEASED' || fetched.backgroundCount > 0) return background(work);
      fetched.backgroundCount += 1;
      work.then(fetched.decreaseBackgroundCount, fetched.decreaseBackgroundCountWithError);
    };
  });
}
