import { type Actor, requireScope } from '../auth/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { parseText } from '../kernel/text.ts';
import { type AddressRule, parseCallableAddress } from '../kernel/web-address.ts';
import { AddressByMessage, SettlementFixed } from './errors.ts';
import type { FixedSettings, Shop, ShopSettings } from './model.ts';
import { writeShopSettings } from './sql/write-shop-settings.ts';

/** 15 months: as long as an unpaid payment may wait at most (imoje protocol, section 13). */
const validitySecondsMax = 40_000_000;
const sandboxDelayMsMax = 600_000;

/**
 * Changes settings of a shop. What the contract fixes is refused by name: the way of settling, and the address, which the
 * bank changes.
 * @throws Forbidden without the scope `shops:write`; InvalidInput for a name that is empty or over 100 characters, an
 * address that may not be called, a validity outside 60 to 40,000,000 seconds, a sandbox delay outside 0 to 600,000 ms;
 * SettlementFixed; AddressByMessage.
 */
export async function updateShop(
  tx: Tx,
  deps: { readonly actor: Actor; readonly clock: Clock; readonly addressRule: AddressRule },
  input: { readonly shop: Shop; readonly settings: ShopSettings; readonly fixed?: FixedSettings },
): Promise<void> {
  requireScope(deps.actor, 'shops:write');
  const { shop, settings } = input;
  const { name, notificationUrl } = settings;
  if (input.fixed?.settlement !== undefined) throw new SettlementFixed();
  if (input.fixed?.url !== undefined) throw new AddressByMessage();
  if (name !== undefined) parseText(name.trim(), 'name', { max: 100 });
  if (typeof notificationUrl === 'string') {
    parseCallableAddress(notificationUrl, deps.addressRule, ['notificationUrl']);
  }
  inRange(settings.paymentValiditySeconds, [60, validitySecondsMax], 'paymentValiditySeconds');
  inRange(settings.sandboxDelayMs, [0, sandboxDelayMsMax], 'sandboxDelayMs');
  await lockShops(tx, [shop.id]);
  await writeShopSettings(tx, { shopId: shop.id, at: deps.clock.now(shop), settings });
}

function inRange(value: number | null | undefined, [min, max]: readonly [number, number], field: string): void {
  if (value === null || value === undefined || (value >= min && value <= max)) return;
  throw new InvalidInput(`${field} must be ${min} to ${max}, not ${value}.`, [field]);
}
