import { type Actor, Unauthenticated } from '../../auth/actor.ts';
import type { GraphContext } from '../../graphql/context.ts';
import type { Event } from '../../kernel/db/generated/prisma/client.ts';
import { encodeCursor } from '../../kernel/events/cursor.ts';
import { over, type Source, sourceOf } from '../../kernel/source.ts';
import { FeedClosed, TooMuchOpen } from '../errors.ts';
import type { Following } from '../follow-events.ts';
import type { Live, LiveEvents } from '../model.ts';
import type { Followed } from '../walk-log.ts';

/**
 * Follows a shop's log for one subscription, unless its key has too much open. It ends when the key stops being good; what
 * fails on the way is yielded as the last value, so that the subscriber gets it as an error of the operation and not as a
 * broken connection, which would end the other operations of a socket as well.
 */
export async function liveEvents(context: GraphContext, actor: Actor, following: Following): Promise<LiveEvents> {
  const holder = { authorization: context.authorization ?? '', actor };
  let keyLost = false;
  let events: Followed | undefined;
  const { keyWatch, openPerKey } = context.app;
  if (openPerKey > 0 && keyWatch.users(actor.keyId) >= openPerKey) throw new TooMuchOpen(openPerKey);
  const onKeyLost = (): void => {
    keyLost = true;
    events?.end();
  };
  const unwatch = (): void => keyWatch.unwatch(holder, onKeyLost);
  keyWatch.watch(holder, onKeyLost);
  try {
    events = await context.app.feed.follow(following);
  } catch (error) {
    unwatch();
    if (error instanceof FeedClosed) return lastWord(error);
    throw error;
  }
  // It may have been lost while the place to begin at was looked up.
  if (keyLost) events.end();
  const from = encodeCursor(following.shopId, events.from);
  return relay(events, { from, unwatch, lastWord: () => (keyLost ? { end: new Unauthenticated() } : undefined) });
}

/** Who comes while the process stops is told the same as those who follow already. */
function lastWord(end: FeedClosed): LiveEvents {
  let said = false;
  const take = (): IteratorResult<Live, void> => {
    if (said) return over;
    said = true;
    return { done: false, value: { end } };
  };
  return sourceOf({ take, wait: queueMicrotask, end: () => void take() });
}

function relay(
  events: Source<Event>,
  { from, unwatch, lastWord }: { readonly from: string; unwatch(): void; lastWord(): Live | undefined },
): LiveEvents {
  let ended = false;
  const end = (): void => {
    ended = true;
    unwatch();
    events.end();
  };
  const finish = (last: Live | undefined): IteratorResult<Live, void> => {
    end();
    return last ? { done: false, value: last } : over;
  };
  const take = (): IteratorResult<Live, void> | undefined => {
    if (ended) return over;
    try {
      const taken = events.take();
      return taken?.done ? finish(lastWord()) : taken;
    } catch (error) {
      return finish({ end: error });
    }
  };
  return sourceOf({ take, wait: events.wait, end, from });
}
