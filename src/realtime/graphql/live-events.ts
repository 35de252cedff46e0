import { type Actor, Unauthenticated } from '../../auth/actor.ts';
import type { GraphContext } from '../../graphql/context.ts';
import type { Event } from '../../kernel/db/generated/prisma/client.ts';
import { FeedClosed } from '../errors.ts';
import type { Following } from '../follow-events.ts';
import type { Live } from '../model.ts';

/**
 * Follows a shop's log for one subscription. It ends when the key stops being good; what fails on the way is yielded as
 * the last value, so that the subscriber gets it as an error of the operation and not as a broken connection, which would
 * end the other operations of a socket as well.
 */
export async function liveEvents(
  context: GraphContext,
  actor: Actor,
  following: Omit<Following, 'signal'>,
): Promise<AsyncIterableIterator<Live>> {
  const ending = new AbortController();
  let keyLost = false;
  const holder = { authorization: context.authorization ?? '', actor };
  const unwatch = context.app.keyWatch.watch(holder, () => {
    keyLost = true;
    ending.abort();
  });
  try {
    const events = await context.app.feed.follow({ ...following, signal: ending.signal });
    const end = (): void => {
      unwatch();
      ending.abort();
    };
    return relay(events, { end, lastWord: () => (keyLost ? { end: new Unauthenticated() } : undefined) });
  } catch (error) {
    unwatch();
    throw error;
  }
}

type Ending = { end(): void; lastWord(): Live | undefined };

/** Not an async generator: its `return` would wait for the next event, and a client may leave while there is none. */
function relay(events: AsyncGenerator<Event, void, undefined>, ending: Ending): AsyncIterableIterator<Live> {
  let over = false;
  const finish = (last: Live | undefined): IteratorResult<Live> => {
    over = true;
    ending.end();
    return last ? { done: false, value: last } : { done: true, value: undefined };
  };
  return {
    [Symbol.asyncIterator]() {
      return this;
    },
    next: async () => {
      if (over) return { done: true, value: undefined };
      try {
        const taken = await events.next();
        return taken.done ? finish(ending.lastWord()) : taken;
      } catch (error) {
        // The process stops; the transport has told the client so.
        return finish(error instanceof FeedClosed ? undefined : { end: error });
      }
    },
    return: async () => finish(undefined),
  };
}
