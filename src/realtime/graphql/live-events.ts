import { type Actor, Unauthenticated } from '../../auth/actor.ts';
import type { KeyHolder, KeyUser, KeyWatch } from '../../auth/watch-keys.ts';
import type { GraphContext } from '../../graphql/context.ts';
import { encodeCursor } from '../../kernel/events/cursor.ts';
import { over, type Source, sourceKind, sourceOf } from '../../kernel/source.ts';
import { FeedClosed, TooMuchOpen } from '../errors.ts';
import type { Following } from '../follow-events.ts';
import type { Ending, Live, LiveEvents } from '../model.ts';
import type { Followed } from '../walk-log.ts';

/**
 * Follows a shop's log for one subscription, unless its key has too much open. It ends when the key stops being good; what
 * fails on the way is yielded as the last value, so that the subscriber gets it as an error of the operation and not as a
 * broken connection, which would end the other operations of a socket as well.
 */
export async function liveEvents(context: GraphContext, actor: Actor, following: Following): Promise<LiveEvents> {
  const { feed, keyWatch, openPerKey } = context.app;
  if (openPerKey > 0 && keyWatch.users(actor.keyId) >= openPerKey) throw new TooMuchOpen(openPerKey);
  const own = { authorization: context.authorization ?? '', actor };
  const relay = makeRelay({
    keyWatch,
    holder: own,
    shopId: following.shopId,
    events: undefined,
    keyLost: false,
    ended: false,
  });
  relay.holder = keyWatch.watch(own, relay);
  try {
    relay.events = await feed.follow(following);
  } catch (error) {
    keyWatch.unwatch(own, relay);
    if (error instanceof FeedClosed) return lastWord(error);
    throw error;
  }
  // It may have been lost while the place to begin at was looked up.
  if (relay.keyLost) relay.events.end();
  return relay;
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

type Relay = {
  readonly keyWatch: KeyWatch;
  readonly shopId: string;
  holder: KeyHolder;
  /** What it relays, once it is known where that begins. */
  events: Followed | undefined;
  keyLost: boolean;
  ended: boolean;
};

/** The events of a walk until the key is lost, and then why it ended. */
const makeRelay = sourceKind<Live, Relay, KeyUser & { readonly from: string | undefined }>({
  get from() {
    return this.events && encodeCursor(this.shopId, this.events.from);
  },
  take() {
    if (this.ended) return over;
    try {
      const taken = this.events?.take();
      if (!taken?.done) return taken;
      return finish(this, this.keyLost ? { end: new Unauthenticated() } : undefined);
    } catch (error) {
      return finish(this, { end: error });
    }
  },
  wait(look) {
    this.events?.wait(look);
  },
  end() {
    this.ended = true;
    this.keyWatch.unwatch(this.holder, this);
    this.events?.end();
  },
  onKeyLost() {
    this.keyLost = true;
    this.events?.end();
  },
});

function finish(relay: Source<Live>, last: Ending | undefined): IteratorResult<Live, void> {
  relay.end();
  return last ? { done: false, value: last } : over;
}
