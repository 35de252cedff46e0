import type { Database } from '../kernel/db/database.ts';
import { emptyLog, type LogEnds, readManyLogEnds } from '../kernel/events/read-events.ts';
import { readPatiently } from '../kernel/read-patiently.ts';

/**
 * Gives a function that reads where a shop's log begins and ends, at a moment after it was asked. Who asks while a
 * read is under way shares the next one, so that a thousand subscribers that come back at once cost a few statements.
 */
export function gatherEnds(database: Database): (shopId: string) => Promise<LogEnds> {
  let waiting: { readonly shopIds: Set<string>; readonly ends: Promise<ReadonlyMap<string, LogEnds>> } | undefined;
  let running: Promise<unknown> = Promise.resolve();

  function queue(): NonNullable<typeof waiting> {
    const shopIds = new Set<string>();
    const ends = running.then(() => {
      waiting = undefined;
      return readPatiently(() => readManyLogEnds(database, [...shopIds]));
    });
    running = ends.catch(() => {});
    return { shopIds, ends };
  }

  return async (shopId) => {
    waiting ??= queue();
    waiting.shopIds.add(shopId);
    const ends = await waiting.ends;
    return ends.get(shopId) ?? emptyLog;
  };
}
