import type { Tx } from '../kernel/db/database.ts';
import type { Profile, ProfileWish } from '../kernel/db/generated/prisma/client.ts';
import { chargedBy, declineAlias, joinAlias, joinsOthers, placeAlias, renewedAlias } from './judge-alias.ts';
import { withApps } from './model.ts';
import { type Decided, hasMoney, newProfile } from './new-profile.ts';
import { rewriteProfiles } from './sql/rewrite-profiles.ts';
import { readAliasesOf } from './store.ts';

/** What becomes of aliases: those to write, and the profile of each attempt that registered one. */
export type ChangedAliases = {
  readonly made: readonly Profile[];
  readonly stored: readonly { readonly transactionId: string; readonly profile: Profile }[];
  /** Those that came into another state, new ones included. */
  readonly moved: readonly Profile[];
};

/**
 * Says what decided attempts by BLIK do to the aliases of their customers, and writes it to those that are there: one that was registered
 * takes its place among them, and one that its bank declined expires. The caller holds the locks of the shops.
 */
export async function changeAliases(
  tx: Tx,
  decided: readonly { readonly wish: ProfileWish; readonly one: Decided }[],
): Promise<ChangedAliases> {
  const before = await readAliasesOf(
    tx,
    decided.map(({ wish }) => wish),
  );
  const now = new Map(before.map((alias) => [alias.id, alias]));
  const placed = new Map<string, string>();
  for (const { wish, one } of decided) {
    for (const alias of changesOf([...now.values()], wish, one)) {
      now.set(alias.id, alias);
      if (alias.firstTransactionId === wish.transactionId) placed.set(wish.transactionId, alias.id);
    }
  }
  const was = new Map(before.map((alias) => [alias.id, alias]));
  const all = [...now.values()];
  await rewriteProfiles(
    tx,
    all.flatMap((profile) => {
      const old = was.get(profile.id);
      return old && old !== profile ? [{ profile, was: old.status }] : [];
    }),
  );
  return {
    made: all.filter(({ id }) => !was.has(id)),
    stored: [...placed].flatMap(([transactionId, id]) => {
      const profile = now.get(id);
      return profile ? [{ transactionId, profile }] : [];
    }),
    moved: all.filter(({ id, status }) => was.get(id)?.status !== status),
  };
}

function changesOf(all: readonly Profile[], wish: ProfileWish, one: Decided): readonly Profile[] {
  const known = all.filter(({ shopId, customerId }) => shopId === wish.shopId && customerId === wish.customerId);
  const charged = chargedBy(wish);
  if (charged) {
    const alias = known.find(({ id }) => id === charged.charges);
    const isDeclined = one.transaction.reason === 'ALIAS_DECLINED';
    const declined = isDeclined && alias && declineAlias(alias, { ...charged, token: wish.token }, one.at);
    return declined ? [declined] : [];
  }
  if (!hasMoney(one)) return [];
  const fresh = { ...newProfile(wish, one), ...withApps(wish, one.apps ?? []) };
  return joinsOthers(wish) ? joinAlias(known, fresh) : placeAlias(known, fresh, renewedAlias(wish));
}
