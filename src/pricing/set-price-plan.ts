import { appendEntry } from '../audit/sql/append-entry.ts';
import type { Operator } from '../auth/authenticate-operator.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import { InvalidInput, NotFound } from '../kernel/errors.ts';
import { isUuid, newId } from '../kernel/ids.ts';
import { readMerchantClocks, readSigning } from '../merchants/store.ts';
import { lockMerchantWithShops } from '../shops/lock-merchant.ts';
import { findShopOwner } from '../shops/store.ts';
import { checkTerms, type WantedTerms } from './check-terms.ts';
import { lastDayOf, type PricePlan, type Promotion, promotionOf, type Terms } from './model.ts';
import { recountTurnover } from './sql/recount-turnover.ts';
import { insertPlan, readPlans } from './store.ts';

/** What an operator wants the prices of a shop to be from a moment on. */
export type SetPricePlanInput = WantedTerms & {
  readonly shopId: string;
  /** Undefined: from now on. */
  readonly validFrom?: Date | undefined;
  /** Whether the promotion of the merchant's contract holds in this shop, while it lasts. */
  readonly promotion: boolean;
};

/**
 * Gives a shop new prices from a moment on; commissions that were computed stay as they are, and plans that begin later
 * stay in force from then on. With a promotion, all that the merchant has settled since he signed counts towards its
 * limit. Kept in the audit log. Terms that the shop has at that moment anyway change nothing and are not kept, so the
 * call can be repeated.
 * @throws NotFound; InvalidInput: a rate, channel or overdraft that is none, a moment that is past, or a promotion that
 * is over by then or whose contract is not signed. Then nothing is changed.
 */
export async function setPricePlan(
  tx: Tx,
  { clock, operator }: { readonly clock: Clock; readonly operator: Operator },
  input: SetPricePlanInput,
): Promise<PricePlan> {
  const checked = checkTerms(input);
  const shopId = input.shopId.toLowerCase();
  const merchantId = isUuid(shopId) ? await findShopOwner(tx, shopId) : undefined;
  if (merchantId === undefined) throw new NotFound('No shop has this id.', ['shopId']);
  await lockMerchantWithShops(tx, merchantId);
  const now = clock.now((await readMerchantClocks(tx, [merchantId])).get(merchantId));
  const { validFrom = now } = input;
  const signedAt = await readSigning(tx, merchantId);
  const promotion = input.promotion ? requirePromotion(signedAt) : undefined;
  const terms: Terms = { ...checked, promotion };
  const before = (await readPlans(tx, [{ id: shopId, shopId, at: validFrom }])).get(shopId);
  if (before && isSame(before, terms)) return before;
  requireLater(validFrom, now);
  if (promotion) requireRunning(promotion, validFrom);
  const plan = { id: newId(now), validFrom, ...terms };
  const { startsCount } = await insertPlan(tx, { ...plan, shopId, createdAt: now });
  if (startsCount && signedAt) await recountTurnover(tx, merchantId, signedAt);
  await appendEntry(tx, {
    ...{ at: now, merchantId, actor: `operator:${operator.keyId}`, action: 'SET_PRICE_PLAN' },
    ...{ subject: `shop:${shopId}`, data: { before: before ? told(before) : null, after: told(plan) } },
  });
  return plan;
}

function requireLater(validFrom: Date, now: Date): void {
  if (validFrom >= now) return;
  const sentence = `A plan cannot begin in the past, at ${validFrom.toISOString()}; commissions that were computed stay.`;
  throw new InvalidInput(sentence, ['validFrom']);
}

function requirePromotion(signedAt: Date | undefined): Promotion {
  if (signedAt) return promotionOf(signedAt);
  const sentence = 'The merchant has not signed, so no promotion runs; set the plan without it.';
  throw new InvalidInput(sentence, ['promotion']);
}

function requireRunning(promotion: Promotion, validFrom: Date): void {
  if (validFrom < promotion.until) return;
  const sentence = `The promotion was over at the end of ${lastDayOf(promotion)}; set the plan without it.`;
  throw new InvalidInput(sentence, ['promotion']);
}

function isSame(one: Terms, other: Terms): boolean {
  return JSON.stringify(toldTerms(one)) === JSON.stringify(toldTerms(other));
}

/** A plan as the audit log keeps it. */
function told(plan: PricePlan): object {
  return { id: plan.id, validFrom: plan.validFrom, ...toldTerms(plan) };
}

function toldTerms({ ratesPpm, overdraft, promotion, refundGivesCommission }: Terms): object {
  return {
    ratesPpm: Object.fromEntries(Object.entries(ratesPpm).sort(([a], [b]) => (a < b ? -1 : 1))),
    overdraft: String(overdraft),
    promotion: promotion ? { until: promotion.until, turnover: String(promotion.turnover) } : null,
    refundGivesCommission,
  };
}
