import { createCache } from '../kernel/cache.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../kernel/db/database.ts';
import { hashKey, isOperatorKey, type KeyMode, shownKey } from './model.ts';
import { findOperatorKey } from './store.ts';

/** Somebody at the bank: of no merchant, and let in by the operator's operations alone. */
export type Operator = { readonly keyId: string; readonly name: string };

/** Turns what came in `Authorization` into an operator. */
export type OperatorAuthenticator = {
  /** The operator of a key, or undefined when the header is missing or holds no good operator's key. */
  authenticate(authorization: string | undefined): Promise<Operator | undefined>;
};

/** A revoked key stops working everywhere within this time. */
const rememberedMs = 500;

/** Makes the authenticator of operators: it asks the database at most twice a second for each key. */
export function createOperatorAuthenticator(deps: {
  readonly database: Database;
  readonly clock: Clock;
  readonly keyMode: KeyMode;
}): OperatorAuthenticator {
  const keys = createCache({
    load: (hash: string) => findOperatorKey(deps.database, Buffer.from(hash, 'hex')),
    ageMsMax: rememberedMs,
    entriesMax: 1_000,
  });
  return {
    authenticate: async (authorization) => {
      const key = shownKey(authorization);
      if (key === undefined || !isOperatorKey(key, deps.keyMode)) return undefined;
      const row = await keys.get(hashKey(key).toString('hex'));
      if (!row || (row.expiresAt !== null && row.expiresAt <= deps.clock.now())) return undefined;
      return { keyId: row.id, name: row.name };
    },
  };
}
