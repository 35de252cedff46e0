import { type Cache, createCache } from '../kernel/cache.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import { type Actor, restScopes, type Scope } from './actor.ts';
import { hashKey, isApiKey, isRestToken, type KeyMode, shownKey } from './model.ts';
import { findKey, type KeyRow } from './store.ts';

/** Turns what came in `Authorization` into an actor. */
export type Authenticator = {
  /** The actor of a key, or undefined when the header is missing or the key is not good (any more). */
  authenticate(authorization: string | undefined): Promise<Actor | undefined>;
  /** Forgets what it remembers of a key that was changed here. */
  forget(keyId: string): void;
};

/** A revoked or narrowed key stops working everywhere within this time. */
export const rememberedMs = 500;

/**
 * Makes the authenticator of one door: it asks the database at most twice a second for each key.
 * @param deps.keyMode which API keys it takes; `rest` takes the tokens of the imoje REST door, and nothing else.
 */
export function createAuthenticator(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly keyMode: KeyMode | 'rest';
}): Authenticator {
  const { keyMode } = deps;
  const kind = keyMode === 'rest' ? 'REST' : 'API';
  const hashes = new Map<string, string>();
  const keys: Cache<KnownKey> = createCache({
    load: async (hash) => {
      const row = await findKey(deps.database, hash);
      if (row) hashes.set(row.id, hash);
      return row && { row, actor: toActor(row) };
    },
    ageMsMax: rememberedMs,
    entriesMax: 10_000,
  });
  return {
    authenticate: async (authorization) => {
      const key = shownKey(authorization);
      if (key === undefined) return undefined;
      const hash = hashKey(key).toString('hex');
      // What was looked up here before has a good form; its checksum would cost as much again as its hash.
      if (!keys.has(hash) && !(keyMode === 'rest' ? isRestToken(key) : isApiKey(key, keyMode))) return undefined;
      const known = await keys.get(hash);
      return known?.row.kind === kind && isGood(known.row, deps.clock) ? known.actor : undefined;
    },
    forget: (keyId) => {
      const hash = hashes.get(keyId);
      if (hash !== undefined) keys.forget(hash);
      hashes.delete(keyId);
    },
  };
}

/** A key, and the actor that all who show it share. */
type KnownKey = { readonly row: KeyRow; readonly actor: Actor };

function isGood(row: KeyRow, clock: Clock): boolean {
  const now = clock.now({ clockOffsetMs: Number(row.clockOffsetMs) });
  return row.expiresAt === null || row.expiresAt > now;
}

function toActor(row: KeyRow): Actor {
  return {
    keyId: row.id,
    merchantId: row.merchantId,
    shopId: row.shopId ?? undefined,
    scopes: row.kind === 'REST' ? restScopes : new Set(row.scopes as Scope[]),
  };
}
