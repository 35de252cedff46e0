import { type Actor, requireScope } from '../auth/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import { type Database, inTransaction } from '../kernel/db/database.ts';
import { InvalidInput } from '../kernel/errors.ts';
import { type Currency, parsePaymentAmount } from '../kernel/money.ts';
import { CurrencyNotAvailable, ShopNotActive } from '../shops/errors.ts';
import { findVisibleShop, type ShopFinder } from '../shops/find-shop.ts';
import { channels, isChannel } from '../shops/model.ts';
import type { ExplainedCommission } from './describe-commission.ts';
import { commissionFor, promotionAt } from './model.ts';
import { readPlans } from './store.ts';

/** What would be sold, and how it would be paid. */
export type QuoteInput = {
  readonly shopId: string;
  readonly channel: string;
  /** Minor units, 1 to 999,999,999. */
  readonly amount: bigint;
  readonly currency: Currency;
};

/**
 * Says what a sale would cost the merchant if it settled at this moment, before anything else does.
 * @throws Forbidden without the scope `payments:read`; NotFound; InvalidInput: an amount out of range, no such channel,
 * or a currency that it does not take; CurrencyNotAvailable when the shop does not take it; ShopNotActive while the shop is not open and nobody has set prices for it.
 */
export async function quoteCommission(
  deps: { readonly database: Database; readonly shops: ShopFinder; readonly clock: Clock },
  actor: Actor,
  input: QuoteInput,
): Promise<ExplainedCommission> {
  requireScope(actor, 'payments:read');
  const shop = await findVisibleShop(deps.shops, actor, input.shopId);
  const sale = { channel: requireChannel(input), amount: parsePaymentAmount(input.amount), currency: input.currency };
  if (!shop.currencies.includes(input.currency)) throw new CurrencyNotAvailable(input.currency, shop.currencies);
  const at = deps.clock.now(shop);
  const plans = await inTransaction(deps.database, (tx) => readPlans(tx, [{ id: shop.id, shopId: shop.id, at }]));
  const plan = plans.get(shop.id);
  if (!plan && shop.status !== 'ACTIVE') throw new ShopNotActive(shop.status);
  if (!plan) throw new Error(`Shop ${shop.id} has no price plan.`);
  const { turnover } = plan.merchant;
  const promotion = promotionAt(plan, { at, turnoverBefore: turnover });
  return {
    ...commissionFor(plan, sale, promotion),
    ...{ plan, promotion, turnoverBefore: plan.promotion ? turnover : null, counted: undefined, givenBack: 0n },
  };
}

function requireChannel({ channel, currency }: QuoteInput): string {
  if (!isChannel(channel)) {
    throw new InvalidInput(`There is no channel ${JSON.stringify(channel)}; name one such as blik.`, ['channel']);
  }
  const taken: readonly Currency[] | 'all' = channels[channel].currencies;
  if (taken === 'all' || taken.includes(currency)) return channel;
  throw new InvalidInput(`The channel ${channel} takes ${taken.join(', ')}, not ${currency}.`, ['currency']);
}
