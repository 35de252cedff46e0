import { appendEntry } from '../audit/sql/append-entry.ts';
import { type Actor, requireWholeMerchant } from '../auth/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { SupportMessage } from '../kernel/db/generated/prisma/client.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { hashInput, IdempotencyKeyReused, parseIdempotencyKey } from '../kernel/idempotency.ts';
import { newId } from '../kernel/ids.ts';
import { parseText } from '../kernel/text.ts';
import { parseWebAddress } from '../kernel/web-address.ts';
import { readMerchantClocks } from '../merchants/store.ts';
import type { Shop } from '../shops/model.ts';
import { findMessageByKey, insertMessage } from './store.ts';

export type MessageInput = {
  readonly idempotencyKey: string;
  readonly text: string;
  /** Which shop it is about, which the caller has found for the actor; undefined: none. */
  readonly shop: Shop | undefined;
  /** The address that the shop is to have. */
  readonly newUrl: string | undefined;
};

/**
 * Writes to the bank; with a new address, an operator approves or refuses it. Kept in the audit log when it is to change
 * something.
 * @throws Forbidden without the scope `contract:write`, or by a key that is bound to one shop; InvalidInput for a text of 0 or
 * over 2,000 characters, a bad address, or one without a shop; IdempotencyKeyReused.
 */
export async function sendMessage(
  tx: Tx,
  deps: { readonly clock: Clock; readonly actor: Actor },
  input: MessageInput,
): Promise<{ readonly message: SupportMessage; readonly replayed: boolean }> {
  const { actor, clock } = deps;
  requireWholeMerchant(actor, 'contract:write');
  const idempotencyKey = parseIdempotencyKey(input.idempotencyKey);
  const text = parseText(input.text.trim(), 'text', { max: 2_000, lines: true });
  const newUrl = input.newUrl === undefined ? null : parseWebAddress(input.newUrl, ['newUrl']);
  const shopId = input.shop?.id ?? null;
  if (newUrl !== null && shopId === null) throw new InvalidInput('Say which shop is to have this address.', ['shopId']);
  const inputHash = hashInput({ text, newUrl, shopId });
  const { merchantId } = actor;
  const at = clock.now((await readMerchantClocks(tx, [merchantId])).get(merchantId));
  const message: SupportMessage = {
    ...{ id: newId(at), merchantId, shopId, idempotencyKey, inputHash: new Uint8Array(inputHash), text, newUrl },
    ...{ status: 'OPEN', answer: null, createdAt: at, updatedAt: at },
  };
  if (!(await insertMessage(tx, message))) {
    const known = await findMessageByKey(tx, merchantId, idempotencyKey);
    if (!known || !inputHash.equals(known.inputHash)) throw new IdempotencyKeyReused();
    return { message: known, replayed: true };
  }
  if (newUrl !== null) {
    const what = { actor: `key:${actor.keyId}`, action: 'REQUEST_SHOP_ADDRESS', subject: `shop:${shopId}` };
    await appendEntry(tx, { at, merchantId, ...what, data: { messageId: message.id, newUrl } });
  }
  return { message, replayed: false };
}
