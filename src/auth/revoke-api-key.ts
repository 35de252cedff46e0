import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import { NotFound } from '../kernel/errors.ts';
import { type Actor, requireScope } from './actor.ts';
import { markRevoked } from './store.ts';

/**
 * Revokes an API key, once and for all; revoking it again changes nothing. It stops working within a second, in live
 * subscriptions as well.
 * @throws Forbidden without the scope `keys:write`; NotFound when the actor may not see such a key.
 */
export async function revokeApiKey(
  tx: Tx,
  deps: { readonly actor: Actor; readonly clock: Clock },
  keyId: string,
): Promise<void> {
  requireScope(deps.actor, 'keys:write');
  const { merchantId, shopId } = deps.actor;
  const revoked = await markRevoked(tx, { id: keyId, kind: 'API', merchantId, shopId }, deps.clock.now());
  if (!revoked) throw new NotFound('No API key with this id belongs to you.', ['id']);
}

/**
 * Revokes a token of the imoje REST door, once and for all; revoking it again changes nothing. It stops working within a
 * second.
 * @throws Forbidden without the scope `keys:write`; NotFound when the actor may not see such a token, which keys that are
 * bound to a shop never may.
 */
export async function revokeRestToken(
  tx: Tx,
  deps: { readonly actor: Actor; readonly clock: Clock },
  tokenId: string,
): Promise<void> {
  requireScope(deps.actor, 'keys:write');
  const { merchantId, shopId } = deps.actor;
  const revoked = await markRevoked(tx, { id: tokenId, kind: 'REST', merchantId, shopId }, deps.clock.now());
  if (!revoked) throw new NotFound('No REST token with this id belongs to you.', ['id']);
}
