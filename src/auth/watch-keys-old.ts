import type { Actor } from './actor.ts';
import type { Authenticator } from './authenticate-actor.ts';

/** Who shows a key: the header, and the actor that it makes. */
export type KeyHolder = { readonly authorization: string; readonly actor: Actor };

/** Whoever goes on for as long as a key is good; it may not fail when it hears that the key is not. */
export type KeyUser = { onKeyLost(): void };

/** Looks after keys that are in use by something that lasts, such as a subscription. */
export type KeyWatch = {
  /**
   * Tells a user once when the key is revoked, expires, or may do something else than before. Gives the same holder again,
   * but one for all who use the key: thousands of sockets would each keep their own.
   */
  watch(holder: KeyHolder, user: KeyUser): KeyHolder;
  /** Ends that. */
  unwatch(holder: KeyHolder, user: KeyUser): void;
  /** How many use a key, in whatever way it was shown. */
  users(keyId: string): number;
  close(): void;
};

/** How often a key in use is looked at. */
export const checkEveryMs = 400;

/** So long the next look waits for one that is not answered, in milliseconds. */
const patienceMs = 1_000;

type Entry = { readonly holder: KeyHolder; readonly users: Set<KeyUser> };

/**
 * Makes the watch: one check per key in use, however many subscriptions it has, and of all keys at once. A failed check counts as no news;
 * while one is under way, which a silent database can make last, no other begins for a second.
 */
export function watchKeys(authenticator: Authenticator): KeyWatch {
  const watched = new Map<string, Entry>();
  const counts = new Map<string, number>();
  const count = ({ holder }: Entry, change: number): void => {
    const { keyId } = holder.actor;
    const now = (counts.get(keyId) ?? 0) + change;
    if (now > 0) counts.set(keyId, now);
    else counts.delete(keyId);
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
    const actor = await authenticator.authenticate(entry.holder.authorization);
    if (actor && nameOf(actor) === name) return;
    // A check before this one, which took longer, may have told them.
    if (watched.get(name) !== entry) return;
    watched.delete(name);
    count(entry, -entry.users.size);
    for (const user of entry.users) user.onKeyLost();
  }

  return {
    watch: (holder, user) => {
      const name = nameOf(holder.actor);
      const entry = watched.get(name) ?? { holder, users: new Set() };
      watched.set(name, entry);
      entry.users.add(user);
      count(entry, 1);
      return entry.holder;
    },
    unwatch: (holder, user) => {
      const name = nameOf(holder.actor);
      const entry = watched.get(name);
      if (!entry?.users.delete(user)) return;
      count(entry, -1);
      if (entry.users.size === 0) watched.delete(name);
    },
    users: (keyId) => counts.get(keyId) ?? 0,
    close: () => clearInterval(timer),
  };
}

/**
 * Tells a key and what it may do from all others: whoever comes after a change holds something else than who came before. How
 * it was shown tells nothing: each spelling would be looked at by itself.
 */
function nameOf({ keyId, shopId, scopes }: Actor): string {
  return JSON.stringify([keyId, shopId, [...scopes].sort()]);
}
