import type { Tx } from '../kernel/db/database.ts';
import { appendEvents } from '../kernel/events/append-events.ts';
import { newId } from '../kernel/ids.ts';
import { openAccounts } from '../ledger/sql/open-accounts.ts';
import { listRatesPpm, promotionOf } from '../pricing/model.ts';
import { recountTurnover } from '../pricing/sql/recount-turnover.ts';
import { insertPlan, readPlans } from '../pricing/store.ts';
import { shopFact } from '../shops/events.ts';
import { giveServiceKey } from '../shops/rotate-service-key.ts';
import { moveShop } from '../shops/sql/move-shop.ts';
import type { ContractDeps } from './deps.ts';
import type { HeldShop } from './store.ts';

/**
 * Opens a submitted shop, inside a transaction that has locked its merchant with all shops: its accounts, its service key,
 * the first event of its log, and, unless an operator has set its prices meanwhile, the list prices with the promotion of
 * the contract.
 * @param opening.signedAt since when the promotion runs; null: there is none.
 */
export async function openShop(
  tx: Tx,
  deps: Pick<ContractDeps, 'seal'>,
  opening: { readonly shop: HeldShop; readonly signedAt: Date | null; readonly at: Date },
): Promise<void> {
  const { shop, signedAt, at } = opening;
  await moveShop(tx, { id: shop.id, from: 'SUBMITTED', to: 'ACTIVE', reason: null, at });
  await openAccounts(
    tx,
    shop.currencies.map((currency) => ({ kind: 'SHOP', owner: shop.id, currency })),
  );
  const plans = await readPlans(tx, [{ id: shop.id, shopId: shop.id, at }]);
  if (!plans.has(shop.id)) {
    const { startsCount } = await insertPlan(tx, {
      ...{ id: newId(at), shopId: shop.id, validFrom: at, createdAt: at, ratesPpm: listRatesPpm },
      ...(signedAt === null ? {} : { promotion: promotionOf(signedAt) }),
    });
    if (startsCount && signedAt) await recountTurnover(tx, shop.merchantId, signedAt);
  }
  await giveServiceKey(tx, deps.seal, { shopId: shop.id, at });
  await appendEvents(tx, [shopFact({ id: shop.id, status: 'ACTIVE' }, at)]);
}
