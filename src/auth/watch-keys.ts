import type { Actor } from './actor.ts';
import type { Authenticator } from './authenticate-actor.ts';

/** Who shows a key: the header, and the actor that it makes. */
export type KeyHolder = { readonly authorization: string; readonly actor: Actor };

/** Looks after keys that are in use by something that lasts, such as a subscription. */
export type KeyWatch = {
  /**
   * Calls `onLost` once when the key is revoked, expires, or may do something else than before. Gives the same holder again,
   * but one for all who use the key: thousands of sockets would each keep their own.
   */
  watch(holder: KeyHolder, onLost: () => void): KeyHolder;
  /** Ends that. */
  unwatch(holder: KeyHolder, onLost: () => void): void;
  close(): void;
};

/** How often a key in use is looked at. */
export const checkEveryMs = 400;

type Entry = { readonly holder: KeyHolder; readonly listeners: Set<() => void> };

/** Makes the watch: one check per key in use, however many subscriptions it has. A failed check counts as no news. */
export function watchKeys(authenticator: Authenticator): KeyWatch {
  const watched = new Map<string, Entry>();
  const timer = setInterval(() => {
    for (const [authorization, entry] of watched) void check(authorization, entry).catch(() => undefined);
  }, checkEveryMs);
  timer.unref();

  async function check(authorization: string, entry: Entry): Promise<void> {
    const actor = await authenticator.authenticate(authorization);
    if (actor && isSame(actor, entry.holder.actor)) return;
    if (watched.get(authorization) === entry) watched.delete(authorization);
    for (const listener of entry.listeners) listener();
  }

  return {
    watch: (holder, onLost) => {
      const entry = watched.get(holder.authorization) ?? { holder, listeners: new Set() };
      watched.set(holder.authorization, entry);
      entry.listeners.add(onLost);
      // What the key lost since others began to use it must not be given to who comes now.
      return isSame(holder.actor, entry.holder.actor) ? entry.holder : holder;
    },
    unwatch: ({ authorization }, onLost) => {
      const entry = watched.get(authorization);
      if (entry?.listeners.delete(onLost) && entry.listeners.size === 0) watched.delete(authorization);
    },
    close: () => clearInterval(timer),
  };
}

function isSame(one: Actor, other: Actor): boolean {
  return (
    one.keyId === other.keyId && one.shopId === other.shopId && one.scopes.symmetricDifference(other.scopes).size === 0
  );
}
