import { appendEntry } from '../audit/sql/append-entry.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { ApiKey } from '../kernel/db/generated/prisma/client.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { newId } from '../kernel/ids.ts';
import { parseText } from '../kernel/text.ts';
import { type Actor, requireScope } from './actor.ts';
import { ScopeNotHeld } from './errors.ts';
import { hashKey, type KeyMode, newApiKey, parseScopes } from './model.ts';
import { requireRoom } from './require-room.ts';
import { insertKey } from './store.ts';

export type CreateApiKeyInput = {
  readonly name: string;
  /** Undefined: good for all shops of the merchant, unless the key that asks is bound to one itself. */
  readonly shopId: string | undefined;
  readonly scopes: readonly string[];
  readonly expiresAt: Date | undefined;
};

/**
 * Makes an API key. The key itself is in the answer alone; only its hash is kept, and in the audit log that it was made.
 * The caller has checked that the actor may see the shop.
 * @throws Forbidden without the scope `keys:write`; InvalidInput for an empty or long name, unknown scopes, scopes that
 * the asking key lacks, or an expiry that has passed; TooManyKeys.
 */
export async function createApiKey(
  tx: Tx,
  deps: { readonly actor: Actor; readonly clock: Clock; readonly mode: KeyMode },
  input: CreateApiKeyInput,
): Promise<{ apiKey: ApiKey; secret: string }> {
  const { actor, clock, mode } = deps;
  requireScope(actor, 'keys:write');
  const now = clock.now();
  const name = parseText(input.name.trim(), 'name', { max: 100 });
  const scopes = parseScopes(input.scopes);
  const notHeld = scopes.find((scope) => !actor.scopes.has(scope));
  if (notHeld !== undefined) throw new ScopeNotHeld(notHeld);
  if (input.expiresAt !== undefined && input.expiresAt <= now) {
    throw new InvalidInput('The key would have expired already; give a moment in the future.', ['expiresAt']);
  }
  await requireRoom(tx, { merchantId: actor.merchantId, kind: 'API' }, now);
  const secret = newApiKey(mode);
  const apiKey: ApiKey = {
    id: newId(now),
    kind: 'API',
    merchantId: actor.merchantId,
    shopId: input.shopId ?? actor.shopId ?? null,
    name,
    hash: new Uint8Array(hashKey(secret)),
    hint: secret.slice(-4),
    scopes,
    createdAt: now,
    expiresAt: input.expiresAt ?? null,
    revokedAt: null,
  };
  await insertKey(tx, apiKey);
  const { id, shopId, expiresAt, merchantId } = apiKey;
  const what = { actor: `key:${actor.keyId}`, action: 'CREATE_API_KEY', subject: `key:${id}` };
  await appendEntry(tx, { at: now, merchantId, ...what, data: { name, shopId, scopes, expiresAt } });
  return { apiKey, secret };
}
