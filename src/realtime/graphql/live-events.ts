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
  const holder = { authorization: context.authorization ?? '', actor };
  let keyLost = false;
  let events: AsyncGenerator<Event, void, undefined> | undefined;
  const unwatch = context.app.keyWatch.watch(holder, () => {
    keyLost = true;
    void events?.return();
  });
  try {
    events = await context.app.feed.follow(following);
  } catch (error) {
    unwatch();
    if (error instanceof FeedClosed) return lastWord(error);
    throw error;
  }
  const walk = events;
  // It may have been lost while the place to begin at was looked up.
  if (keyLost) void walk.return();
  const end = (): void => {
    unwatch();
    void walk.return();
  };
  return relay(walk, { end, lastWord: () => (keyLost ? { end: new Unauthenticated() } : undefined) });
}

/** Who comes while the process stops is told the same as those who follow already. */
async function* lastWord(end: FeedClosed): AsyncGenerator<Live, void, undefined> {
  yield { end };
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
        return finish({ end: error });
      }
    },
    return: async () => finish(undefined),
  };
}
