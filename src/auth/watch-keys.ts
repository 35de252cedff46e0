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
  /** How many use a key, in whatever way it was shown. */
  users(keyId: string): number;
  close(): void;
};

/** How often a key in use is looked at. */
export const checkEveryMs = 400;

/** So long the next look waits for one that is not answered, in milliseconds. */
const patienceMs = 1_000;

type Entry = { readonly holder: KeyHolder; readonly listeners: Set<() => void> };

/**
 * Makes the watch: one check per key in use, however many subscriptions it has, and of all keys at once. A failed check counts as no news;
 * while one is under way, which a silent database can make last, no other begins for a second.
 */
export function watchKeys(authenticator: Authenticator): KeyWatch {
  const watched = new Map<string, Entry>();
  const users = new Map<string, number>();
  const count = ({ holder }: Entry, change: number): void => {
    const { keyId } = holder.actor;
    const now = (users.get(keyId) ?? 0) + change;
    if (now > 0) users.set(keyId, now);
    else users.delete(keyId);
  };
  let since: number | undefined;
  const timer = setInterval(() => {
    const now = performance.now();
    if (since !== undefined && now - since < patienceMs) return;
    since = now;
    void Promise.allSettled(Array.from(watched, ([name, entry]) => check(name, entry))).then(() => {
      if (since === now) since = undefined;
    });
  }, checkEveryMs);
  timer.unref();

  async function check(name: string, entry: Entry): Promise<void> {
    const { authorization } = entry.holder;
    const actor = await authenticator.authenticate(authorization);
    if (actor && nameOf({ authorization, actor }) === name) return;
    // A check before this one, which took longer, may have told them.
    if (watched.get(name) !== entry) return;
    watched.delete(name);
    count(entry, -entry.listeners.size);
    for (const listener of entry.listeners) listener();
  }

  return {
    watch: (holder, onLost) => {
      const name = nameOf(holder);
      const entry = watched.get(name) ?? { holder, listeners: new Set() };
      watched.set(name, entry);
      entry.listeners.add(onLost);
      count(entry, 1);
      return entry.holder;
    },
    unwatch: (holder, onLost) => {
      const name = nameOf(holder);
      const entry = watched.get(name);
      if (!entry?.listeners.delete(onLost)) return;
      count(entry, -1);
      if (entry.listeners.size === 0) watched.delete(name);
    },
    users: (keyId) => users.get(keyId) ?? 0,
    close: () => clearInterval(timer),
  };
}

/** Tells a key and what it may do from all others: whoever comes after a change holds something else than who came before. */
function nameOf({ authorization, actor: { keyId, shopId, scopes } }: KeyHolder): string {
  return JSON.stringify([authorization, keyId, shopId, [...scopes].sort()]);
}
