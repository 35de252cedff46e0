import { type Actor, maySee } from '../auth/actor.ts';
import { createCache } from '../kernel/cache.ts';
import type { Database } from '../kernel/db/database.ts';
import { NotFound } from '../kernel/errors.ts';
import { isUuid } from '../kernel/ids.ts';
import { MerchantNotActive, ShopNotActive } from './errors.ts';
import type { Shop } from './model.ts';
import { readShop } from './store.ts';

/** Finds shops; what it says is at most a second old, so that hot verbs need no question to the database for it. */
export type ShopFinder = {
  find(shopId: string): Promise<Shop | undefined>;
  /** Forgets a shop that was changed here. */
  forget(shopId: string): void;
};

const rememberedMs = 1_000;

/** Makes the finder of shops. */
export function createShopFinder(database: Database): ShopFinder {
  const shops = createCache({
    load: (shopId: string) => readShop(database, shopId),
    ageMsMax: rememberedMs,
    entriesMax: 10_000,
  });
  return {
    find: async (shopId) => (isUuid(shopId) ? shops.get(shopId) : undefined),
    forget: (shopId) => shops.forget(shopId),
  };
}

/**
 * Finds a shop on behalf of an actor.
 * @throws NotFound when there is none that the actor may see.
 */
export async function findVisibleShop(shops: ShopFinder, actor: Actor, shopId: string): Promise<Shop> {
  const shop = await shops.find(shopId.toLowerCase());
  if (!shop || !maySee(actor, shop)) throw new NotFound('No shop with this id belongs to you.', ['shopId']);
  return shop;
}

/**
 * Demands that a shop may take payments.
 * @throws ShopNotActive or MerchantNotActive.
 */
export function requireActive(shop: Pick<Shop, 'status' | 'merchantActive'>): void {
  if (shop.status !== 'ACTIVE') throw new ShopNotActive(shop.status);
  if (!shop.merchantActive) throw new MerchantNotActive();
}
