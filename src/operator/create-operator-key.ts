import { appendEntry } from '../audit/sql/append-entry.ts';
import { hashKey, type KeyMode, newOperatorKey } from '../auth/model.ts';
import { endOperatorKey, insertOperatorKey } from '../auth/store.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import { NotFound } from '../kernel/errors.ts';
import { newId, parseId } from '../kernel/ids.ts';
import { parseText } from '../kernel/text.ts';

/**
 * Makes a key for somebody at the bank, and keeps in the audit log that it was made. The key itself is in the answer alone;
 * only its hash is kept. No merchant and no operator can call this: it is done on the machine.
 * @param wish.expiresAt undefined: good until it is revoked.
 * @throws InvalidInput for a name that is empty or over 100 characters.
 */
export async function createOperatorKey(
  tx: Tx,
  deps: { readonly clock: Clock; readonly mode: KeyMode },
  wish: { readonly name: string; readonly expiresAt: Date | undefined },
): Promise<{ readonly id: string; readonly secret: string }> {
  const at = deps.clock.now();
  const name = parseText(wish.name.trim(), 'name', { max: 100 });
  const secret = newOperatorKey(deps.mode);
  const id = newId(at);
  const expiresAt = wish.expiresAt ?? null;
  await insertOperatorKey(tx, {
    ...{ id, name, expiresAt, createdAt: at, hint: secret.slice(-4) },
    hash: new Uint8Array(hashKey(secret)),
  });
  const what = { actor: 'gateway', action: 'CREATE_OPERATOR_KEY', subject: `operator:${id}` };
  await appendEntry(tx, { at, merchantId: null, ...what, data: { name, expiresAt } });
  return { id, secret };
}

/**
 * Revokes an operator's key, and keeps that in the audit log. It stops working within a second.
 * @throws NotFound when there is no such key that is good.
 */
export async function revokeOperatorKey(tx: Tx, { clock }: { readonly clock: Clock }, keyId: string): Promise<void> {
  const at = clock.now();
  const id = parseId(keyId, "operator's key");
  const name = await endOperatorKey(tx, id, at);
  if (name === undefined) throw new NotFound('No good key of an operator has this id.', ['id']);
  const what = { actor: 'gateway', action: 'REVOKE_OPERATOR_KEY', subject: `operator:${id}` };
  await appendEntry(tx, { at, merchantId: null, ...what, data: { name } });
}
