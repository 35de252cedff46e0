import { appendEntry } from '../audit/sql/append-entry.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { ApiKey } from '../kernel/db/generated/prisma/client.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { parseText } from '../kernel/text.ts';
import { type Actor, requireWholeMerchant, restScopes } from './actor.ts';
import { TokenDoesMore } from './errors.ts';
import { hashKey, newRestToken } from './model.ts';
import { requireRoom } from './require-room.ts';
import { insertKey } from './store.ts';

export type CreateRestTokenInput = {
  readonly name: string;
  readonly expiresAt: Date | undefined;
};

/**
 * Makes a token for the imoje REST door, good for all shops of the merchant. The token itself is in the answer alone;
 * only its hash is kept, and in the audit log that it was made.
 * @throws Forbidden without the scope `keys:write`, or by a key that is bound to one shop; InvalidInput when the key lacks
 * a scope that every token has, for an empty or long name, or an expiry that has passed; TooManyKeys.
 */
export async function createRestToken(
  tx: Tx,
  deps: { readonly actor: Actor; readonly clock: Clock },
  input: CreateRestTokenInput,
): Promise<{ restToken: ApiKey; secret: string }> {
  const { actor, clock } = deps;
  requireWholeMerchant(actor, 'keys:write');
  const notHeld = [...restScopes].find((scope) => !actor.scopes.has(scope));
  if (notHeld !== undefined) throw new TokenDoesMore(notHeld);
  const now = clock.now();
  const name = parseText(input.name.trim(), 'name', { max: 100 });
  if (input.expiresAt !== undefined && input.expiresAt <= now) {
    throw new InvalidInput('The token would have expired already; give a moment in the future.', ['expiresAt']);
  }
  await requireRoom(tx, { merchantId: actor.merchantId, kind: 'REST' }, now);
  const secret = newRestToken();
  const restToken: ApiKey = {
    ...{ id: newId(now), kind: 'REST', merchantId: actor.merchantId, shopId: null, name },
    ...{ hash: new Uint8Array(hashKey(secret)), hint: secret.slice(-4), scopes: [] },
    ...{ createdAt: now, expiresAt: input.expiresAt ?? null, revokedAt: null },
  };
  await insertKey(tx, restToken);
  const { id, merchantId, expiresAt } = restToken;
  const what = { actor: `key:${actor.keyId}`, action: 'CREATE_REST_TOKEN', subject: `key:${id}` };
  await appendEntry(tx, { at: now, merchantId, ...what, data: { name, expiresAt } });
  return { restToken, secret };
}
