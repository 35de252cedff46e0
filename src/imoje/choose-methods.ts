import type { Prisma } from '../kernel/db/generated/prisma/client.ts';
import type { Currency, PaymentMethod } from '../kernel/db/generated/prisma/enums.ts';
import { listMethods } from '../payments/list-methods.ts';
import type { PrepareDeps } from '../payments/prepare-payment.ts';
import type { Shop } from '../shops/model.ts';

/**
 * Chooses among the methods that a shop asks for by imoje's words: those that it lacks, or that cannot
 * pay this, are passed over as long as one is left.
 * What is closed or out of order now may be open when the payer chooses. Empty stands for all.
 */
export function chooseMethods(
  deps: PrepareDeps,
  shop: Shop,
  wish: {
    readonly asked: readonly PaymentMethod[];
    readonly amount: bigint;
    readonly currency: Currency;
    readonly documents: Prisma.JsonObject | undefined;
  },
): readonly PaymentMethod[] {
  const { asked, amount, currency, documents = null } = wish;
  const now = deps.clock.now(shop);
  const offered = listMethods(deps.acquirers, shop, {
    ...{ amount, currency, wanted: asked, documents },
    ...{ now, includeUnavailable: true },
  });
  return offered.length > 0 && asked.length > 0 ? offered.map((option) => option.method) : asked;
}
