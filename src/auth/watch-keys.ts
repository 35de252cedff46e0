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

/** So long the next look at a key waits for one that is not answered, in milliseconds. */
const patienceMs = 1_000;

type Entry = {
  readonly holder: KeyHolder;
  readonly users: Set<KeyUser>;
  /** From when on the key is looked at again, by the clock of `performance`; 0 once the last look was answered. */
  nextLook: number;
};

/**
 * Makes the watch: one check per key in use, however many subscriptions it has, and each key by itself. A failed check counts as
 * no news; while one is under way, which a silent database can make last, no other begins for a second. All begin in the same
 * turns, so that one statement looks for all keys (store.ts), and of those before the last one nothing is kept.
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
  const timer = setInterval(() => {
    const now = performance.now();
    for (const [name, entry] of watched) if (entry.nextLook <= now) void check(name, entry, now + patienceMs);
  }, checkEveryMs);
  timer.unref();

  async function check(name: string, entry: Entry, nextLook: number): Promise<void> {
    entry.nextLook = nextLook;
    try {
      const actor = await authenticator.authenticate(entry.holder.authorization);
      if (!actor || nameOf(actor) !== name) tellLoss(name, entry);
    } catch {
      // Nobody knows, so they stay until the next one.
    } finally {
      if (entry.nextLook === nextLook) entry.nextLook = 0;
    }
  }

  function tellLoss(name: string, entry: Entry): void {
    // All of them may have left meanwhile, or a look beside this one has told them.
    if (watched.get(name) !== entry) return;
    watched.delete(name);
    count(entry, -entry.users.size);
    for (const user of entry.users) user.onKeyLost();
  }

  return {
    watch: (holder, user) => {
      const name = nameOf(holder.actor);
      const entry = watched.get(name) ?? { holder, users: new Set(), nextLook: 0 };
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
