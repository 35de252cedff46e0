import type { Actor } from '../auth/actor.ts';
import type { Prisma } from '../kernel/db/generated/prisma/client.ts';

/** The part of a where clause that keeps a reader to the recipients of his merchant, or of his shop. */
export function visibleRecipients(actor: Actor): Prisma.RecipientWhereInput {
  const ofMerchant = { merchantId: actor.merchantId };
  return actor.shopId === undefined ? ofMerchant : { ...ofMerchant, shares: { some: { shopId: actor.shopId } } };
}
