import { appendEntry } from '../audit/sql/append-entry.ts';
import { type Actor, requireScope } from '../auth/actor.ts';
import { newServiceKey } from '../auth/model.ts';
import { after, type Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { newId } from '../kernel/ids.ts';
import type { Seal } from '../kernel/seal.ts';
import type { Shop } from './model.ts';
import { endCurrentServiceKey, insertServiceKey } from './store.ts';

/** The longest time for which an old service key may stay good beside the new one: 30 days, in hours. */
export const overlapHoursMax = 720;

/**
 * Gives a shop a new service key; notifications are signed with it from now on, and forms may be signed with the old
 * one until the overlap is over. Kept in the audit log.
 * @param overlapHours 0 to 720.
 * @throws Forbidden without the scope `shops:write`; InvalidInput when the overlap is out of range.
 */
export async function rotateServiceKey(
  tx: Tx,
  deps: { readonly actor: Actor; readonly clock: Clock; readonly seal: Seal },
  input: { readonly shop: Shop; readonly overlapHours: number },
): Promise<{ serviceKey: string; oldValidUntil: Date }> {
  requireScope(deps.actor, 'shops:write');
  const { shop, overlapHours } = input;
  if (!(overlapHours >= 0 && overlapHours <= overlapHoursMax)) {
    throw new InvalidInput(`The overlap must be 0 to ${overlapHoursMax} hours, not ${overlapHours}.`, ['overlapHours']);
  }
  const now = deps.clock.now(shop);
  const oldValidUntil = after(now, { ms: overlapHours * 3_600_000 });
  await lockShops(tx, [shop.id]);
  await endCurrentServiceKey(tx, shop.id, oldValidUntil);
  const serviceKey = await giveServiceKey(tx, deps.seal, { shopId: shop.id, at: now });
  const what = { actor: `key:${deps.actor.keyId}`, action: 'ROTATE_SERVICE_KEY', subject: `shop:${shop.id}` };
  await appendEntry(tx, { at: now, merchantId: shop.merchantId, ...what, data: { oldValidUntil } });
  return { serviceKey, oldValidUntil };
}

/** Makes the current service key of a shop that has none, and gives it in clear, this once. */
export async function giveServiceKey(
  tx: Tx,
  seal: Seal,
  owner: { readonly shopId: string; readonly at: Date },
): Promise<string> {
  const serviceKey = newServiceKey();
  const sealed = new Uint8Array(seal.close(serviceKey, owner.shopId));
  await insertServiceKey(tx, {
    id: newId(owner.at),
    shopId: owner.shopId,
    sealed,
    createdAt: owner.at,
    validUntil: null,
  });
  return serviceKey;
}
