import { appendEntry } from '../audit/sql/append-entry.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { ApiKey } from '../kernel/db/generated/prisma/client.ts';
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
  const found = await revoke(tx, deps, { id: keyId, kind: 'API', action: 'REVOKE_API_KEY' });
  if (!found) throw new NotFound('No API key with this id belongs to you.', ['id']);
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
  const found = await revoke(tx, deps, { id: tokenId, kind: 'REST', action: 'REVOKE_REST_TOKEN' });
  if (!found) throw new NotFound('No REST token with this id belongs to you.', ['id']);
}

/** @returns whether there is such a key. The audit log has it once, when it is revoked. */
async function revoke(
  tx: Tx,
  { actor, clock }: { readonly actor: Actor; readonly clock: Clock },
  { id, kind, action }: Pick<ApiKey, 'id' | 'kind'> & { readonly action: string },
): Promise<boolean> {
  requireScope(actor, 'keys:write');
  const { merchantId, shopId } = actor;
  const at = clock.now();
  const marked = await markRevoked(tx, { id, kind, merchantId, shopId }, at);
  if (marked?.isNew) {
    const what = { actor: `key:${actor.keyId}`, action, subject: `key:${id}` };
    await appendEntry(tx, { at, merchantId, ...what, data: { name: marked.name } });
  }
  return marked !== undefined;
}
