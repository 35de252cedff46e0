import { appendEntry } from '../audit/sql/append-entry.ts';
import type { Actor } from '../auth/actor.ts';
import { createCache } from '../kernel/cache.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Database, inTransaction } from '../kernel/db/database.ts';
import { OwnIpMissing } from './errors.ts';
import { readTrustedIps, writeTrustedIps } from './store.ts';

/** The addresses from which the tokens of merchants are good. */
export type TrustedIps = {
  /** The addresses that a merchant trusts, at most half a second old; none: his tokens are good from anywhere. */
  of(merchantId: string): Promise<readonly string[]>;
  /**
   * Trusts these addresses from now on and no others, and keeps in the audit log who said so; none lifts the rule. They
   * are in their usual form. Nobody locks himself out unnoticed: the list must hold the address that it is set from. When
   * that address is lost later, tokens help no more, nor do new ones; the operator then lifts the rule in the database
   * (`update merchant set trusted_ips = '{}' where id = …`). API keys, and so GraphQL, are not bound to addresses.
   * @throws OwnIpMissing, and changes nothing.
   */
  trust(
    actor: Actor,
    wish: { readonly trustedIps: readonly string[]; readonly from: string },
  ): Promise<readonly string[]>;
};

/** A change made by another process counts within this time. */
const rememberedMs = 500;

/** Opens the rule on addresses; it asks the database at most twice a second for each merchant. */
export function openTrustedIps({
  database,
  clock,
}: {
  readonly database: Database;
  readonly clock: Clock;
}): TrustedIps {
  const lists = createCache({
    load: (merchantId) => readTrustedIps(database, merchantId),
    ageMsMax: rememberedMs,
    entriesMax: 10_000,
  });
  return {
    of: async (merchantId) => (await lists.get(merchantId)) ?? [],
    trust: async ({ merchantId, keyId }, { trustedIps: wished, from }) => {
      const trustedIps = [...new Set(wished)];
      if (trustedIps.length > 0 && !trustedIps.includes(from)) throw new OwnIpMissing(from);
      const at = clock.now();
      await inTransaction(database, async (tx) => {
        const before = await writeTrustedIps(tx, merchantId, { trustedIps, at });
        const what = { actor: `key:${keyId}`, action: 'TRUST_IPS', subject: `merchant:${merchantId}` };
        await appendEntry(tx, { at, merchantId, ...what, data: { before, after: trustedIps } });
      });
      lists.forget(merchantId);
      return trustedIps;
    },
  };
}
