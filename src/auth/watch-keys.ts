import type { Actor } from './actor.ts';
import type { Authenticator } from './authenticate-actor.ts';

/** Looks after keys that are in use by something that lasts, such as a subscription. */
export type KeyWatch = {
  /** Calls `onLost` once when the key is revoked, expires, or may do something else than before; gives the way out. */
  watch(holder: { readonly authorization: string; readonly actor: Actor }, onLost: () => void): () => void;
  close(): void;
};

/** How often a key in use is looked at. */
export const checkEveryMs = 400;

type Watched = { readonly actor: Actor; readonly listeners: Set<() => void> };

/** Makes the watch: one check per key in use, however many subscriptions it has. A failed check counts as no news. */
export function watchKeys(authenticator: Authenticator): KeyWatch {
  const watched = new Map<string, Watched>();
  const timer = setInterval(() => {
    for (const [authorization, entry] of watched) void check(authorization, entry).catch(() => undefined);
  }, checkEveryMs);
  timer.unref();

  async function check(authorization: string, entry: Watched): Promise<void> {
    const actor = await authenticator.authenticate(authorization);
    if (actor && isSame(actor, entry.actor)) return;
    if (watched.get(authorization) === entry) watched.delete(authorization);
    for (const listener of entry.listeners) listener();
  }

  return {
    watch: ({ authorization, actor }, onLost) => {
      const entry = watched.get(authorization) ?? { actor, listeners: new Set() };
      watched.set(authorization, entry);
      entry.listeners.add(onLost);
      return () => {
        entry.listeners.delete(onLost);
        if (entry.listeners.size === 0 && watched.get(authorization) === entry) watched.delete(authorization);
      };
    },
    close: () => clearInterval(timer),
  };
}

function isSame(one: Actor, other: Actor): boolean {
  return (
    one.keyId === other.keyId && one.shopId === other.shopId && one.scopes.symmetricDifference(other.scopes).size === 0
  );
}
