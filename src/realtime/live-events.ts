import { type Actor, Unauthenticated } from '../auth/actor.ts';
import type { GraphContext } from '../graphql/context.ts';
import type { Event } from '../kernel/db/generated/prisma/client.ts';
import { Refusal } from '../kernel/errors.ts';
import { FeedClosed } from './errors.ts';
import type { Following } from './follow-events.ts';

/** What a subscription yields: events, and as its last word perhaps why it ended. */
export type Live = Event | { readonly refusal: Refusal };

/**
 * Follows a shop's log for one subscription. It ends when the key stops being good; a refusal on the way is yielded as
 * the last value, so that the subscriber gets it as an error of the operation and not as a broken connection.
 */
export async function liveEvents(
  context: GraphContext,
  actor: Actor,
  following: Omit<Following, 'signal'>,
): Promise<AsyncGenerator<Live, void, undefined>> {
  const lost = new AbortController();
  const holder = { authorization: context.authorization ?? '', actor };
  const unwatch = context.app.keyWatch.watch(holder, () => lost.abort());
  try {
    const events = await context.app.feed.follow({ ...following, signal: lost.signal });
    return relay(events, lost.signal, unwatch);
  } catch (error) {
    unwatch();
    throw error;
  }
}

async function* relay(
  events: AsyncGenerator<Event, void, undefined>,
  lost: AbortSignal,
  unwatch: () => void,
): AsyncGenerator<Live, void, undefined> {
  try {
    yield* events;
    if (lost.aborted) yield { refusal: new Unauthenticated() };
  } catch (error) {
    if (error instanceof Refusal) yield { refusal: error };
    else if (!(error instanceof FeedClosed)) throw error;
  } finally {
    unwatch();
  }
}
