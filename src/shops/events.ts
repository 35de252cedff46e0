import type { ShopStatus } from '../kernel/db/generated/prisma/enums.ts';
import type { Fact } from '../kernel/events/append-events.ts';

/** What a shop event keeps: the shop's state as it was then. */
export type ShopFactData = { readonly shop: { readonly status: ShopStatus } };

/** The fact that a shop has come into a state; nothing is told of its submission, since nobody can listen then. */
export function shopFact(
  shop: { readonly id: string; readonly status: Exclude<ShopStatus, 'SUBMITTED'> },
  at: Date,
): Fact {
  const data: ShopFactData = { shop: { status: shop.status } };
  return { shopId: shop.id, type: `SHOP_${shop.status}`, at, data };
}
