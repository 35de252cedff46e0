import { appendEntry } from '../audit/sql/append-entry.ts';
import { type Actor, requireWholeMerchant } from '../auth/actor.ts';
import { afterWorkingHours } from '../calendar/model.ts';
import type { Tx } from '../kernel/db/database.ts';
import { hashInput, IdempotencyKeyReused, parseIdempotencyKey } from '../kernel/idempotency.ts';
import { newShopId } from '../kernel/ids.ts';
import { setTimers } from '../kernel/jobs/timers.ts';
import { type Channel, channels } from '../shops/model.ts';
import { insertShop } from '../shops/sql/insert-shop.ts';
import type { ContractDeps } from './deps.ts';
import { NoRunningContract, WrongState } from './errors.ts';
import { timers } from './model.ts';
import { parseShop, type ShopInput } from './parse-application.ts';
import { findSubmission, readPayoutCurrencies } from './sql/find-submission.ts';
import { lockMerchant } from './store.ts';

/**
 * Submits a further shop for review; it becomes ACTIVE by itself after a few working hours, unless an operator holds or
 * refuses it. It takes the currencies for which the merchant has payout accounts.
 * @throws Forbidden without the scope `contract:write`, or by a key that is bound to one shop; InvalidInput naming the
 * field; IdempotencyKeyReused; NoRunningContract unless the merchant is ACTIVE or NOTICE; WrongState for a merchant without
 * a payout account, whose shop could take no currency.
 */
export async function submitShop(
  tx: Tx,
  deps: Pick<ContractDeps, 'clock' | 'activationHours'> & { readonly actor: Actor },
  input: ShopInput & { readonly idempotencyKey: string },
): Promise<{ readonly shopId: string; readonly replayed: boolean }> {
  const { actor } = deps;
  requireWholeMerchant(actor, 'contract:write');
  const key = parseIdempotencyKey(input.idempotencyKey);
  const shop = parseShop(input);
  const hash = hashInput(shop);
  const { merchantId } = actor;
  const locked = await lockMerchant(tx, merchantId);
  if (!locked) throw new Error(`There is no merchant ${merchantId}.`);
  const known = await findSubmission(tx, merchantId, key);
  if (known && !hash.equals(known.hash)) throw new IdempotencyKeyReused();
  if (known) return { shopId: known.id, replayed: true };
  const { status } = locked.merchant;
  if (status !== 'ACTIVE' && status !== 'NOTICE') throw new NoRunningContract(status);
  const currencies = await readPayoutCurrencies(tx, merchantId);
  if (currencies.length === 0) {
    throw new WrongState(
      'You have no payout account, so the shop could take no currency; ask for a payout account first.',
    );
  }
  const at = deps.clock.now({ clockOffsetMs: Number(locked.merchant.clockOffsetMs) });
  const dueAt = afterWorkingHours(at, deps.activationHours);
  const shopId = newShopId();
  await insertShop(tx, {
    ...{ ...shop, id: shopId, merchantId, status: 'SUBMITTED', createdAt: at },
    currencies,
    channels: Object.keys(channels) as Channel[],
    submission: { key, hash, dueAt },
  });
  await setTimers(tx, [{ kind: timers.activateShop, subject: shopId, merchantId, dueAt }]);
  const what = { actor: `key:${actor.keyId}`, action: 'SUBMIT_SHOP', subject: `shop:${shopId}` };
  await appendEntry(tx, { at, merchantId, ...what, data: { ...shop, dueAt } });
  return { shopId, replayed: false };
}
