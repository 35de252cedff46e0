import type { Actor } from '../auth/actor.ts';
import type { TransactionSource } from '../kernel/db/generated/prisma/enums.ts';
import { InvalidInput, NotFound } from '../kernel/errors.ts';
import { findVisibleProfile, parseAppKey } from '../profiles/find-profile.ts';
import { appsOf, tokenOf } from '../profiles/model.ts';
import type { Shop } from '../shops/model.ts';
import type { StartedTransaction } from './decide-start.ts';
import type { PaymentDeps } from './deps.ts';
import { type StartTransactionInput, startTransaction } from './start-transaction.ts';

const field = ['blik', 'profileId'];

/**
 * Starts an attempt that a stored BLIK alias pays, without a code. Where several bank apps hold the alias and none is named,
 * nothing is sent: the attempt is NEW until the payer has chosen, and another one with the app takes its place.
 * @throws NotFound for an alias of nobody, of another shop or of others; InvalidInput when it is no alias, a code is given as
 * well or the key of the app is none; and all that `startTransaction` throws.
 */
export async function payByAlias(
  deps: PaymentDeps,
  owner: { readonly actor: Actor; readonly shop: Shop; readonly source: TransactionSource },
  input: StartTransactionInput & { readonly profileId: string; readonly appKey?: string | undefined },
): Promise<StartedTransaction> {
  const { actor, shop, source } = owner;
  if (input.appKey !== undefined) parseAppKey(input.appKey, ['blik', 'appKey']);
  const { profile } = await findVisibleProfile(deps, actor, { id: input.profileId, field });
  if (profile.shopId !== shop.id) {
    throw new NotFound('No stored instrument with this id belongs to this shop.', field);
  }
  if (input.method !== 'BLIK' || profile.method !== 'BLIK' || input.blikCode !== undefined) {
    const sentence =
      'blik.profileId takes a stored BLIK alias instead of a code, with the method BLIK; charge cards with chargeProfile.';
    throw new InvalidInput(sentence, field);
  }
  const choosesApp = input.appKey === undefined && appsOf(profile).length > 1;
  const start = { ...input, channel: 'blik_oneclick', profileId: profile.id, choosesApp, card: tokenOf(profile) };
  return startTransaction(deps, { shop, source }, start);
}
