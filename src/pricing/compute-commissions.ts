import { dayOf } from '../calendar/model.ts';
import { toPln } from '../fx/model.ts';
import { type RateAsk, type Rates, rateKey, readRates } from '../fx/store.ts';
import type { Tx } from '../kernel/db/database.ts';
import { addTurnovers } from '../merchants/sql/add-turnovers.ts';
import { commissionFor, promotionAt, type Sale } from './model.ts';
import { type NewCommission, writeCommissions } from './sql/write-commissions.ts';
import { type CountedMerchant, type PlanInForce, readPlans } from './store.ts';

/** A transaction that settled, with all that it settled. */
export type SettledSale = Sale & { readonly transactionId: string; readonly shopId: string; readonly at: Date };

/**
 * Computes and keeps the commission of sales by the plans in force when they settled, one after the other in the given
 * order: each counts towards the turnover by which the promotion of the next is judged. The caller holds the locks of the
 * shops and, where turnover is counted, of the merchants (`lockTurnovers`), so that sales of several shops count one after
 * the other too. Two statements; for merchants whose turnover is counted one more, and another when there are foreign
 * sales.
 * @returns the commissions in the order of the sales.
 */
export async function computeCommissions(tx: Tx, sales: readonly SettledSale[]): Promise<readonly NewCommission[]> {
  if (sales.length === 0) return [];
  const asks = sales.map(({ transactionId, shopId, at }) => ({ id: transactionId, shopId, at }));
  const plans = await readPlans(tx, asks);
  const rates = await readRatesFor(tx, sales, plans);
  const merchants = new Map([...plans.values()].map(({ merchant }) => [merchant.id, merchant]));
  const added = new Map<string, bigint>();
  const commissions = sales.map((sale) => {
    const plan = planOf(plans, sale);
    const merchant = merchants.get(plan.merchant.id) ?? plan.merchant;
    const commission = commissionOf(sale, { ...plan, merchant }, rates);
    if (commission.turnover !== null) {
      merchants.set(merchant.id, { ...merchant, turnover: merchant.turnover + commission.turnover });
      added.set(merchant.id, (added.get(merchant.id) ?? 0n) + commission.turnover);
    }
    return commission;
  });
  await writeCommissions(tx, commissions);
  if (added.size > 0) await addTurnovers(tx, added);
  return commissions;
}

function commissionOf(sale: SettledSale, plan: PlanInForce, rates: Rates): NewCommission {
  const { transactionId, shopId, at } = sale;
  const { turnover: turnoverBefore } = plan.merchant;
  const promotion = promotionAt(plan, { at, turnoverBefore });
  const counted = isCounted(plan.merchant, at) ? countOf(sale, rates) : { turnover: null, fxTable: null };
  return {
    ...commissionFor(plan, sale, promotion),
    ...{ transactionId, shopId, at, planId: plan.id, promotion },
    turnoverBefore: plan.promotion ? turnoverBefore : null,
    ...counted,
  };
}

function isCounted({ turnover, countedUntil, countedTo }: CountedMerchant, at: Date): boolean {
  return countedUntil !== null && at < countedUntil && turnover < countedTo;
}

/**
 * What a sale counts towards the turnover: foreign ones at the mid rate in force on the day, in Warsaw, on which they
 * settled. One for which no table is known counts nothing, in the merchant's favour, and is not counted later.
 */
function countOf(sale: SettledSale, rates: Rates): Pick<NewCommission, 'turnover' | 'fxTable'> {
  const ask = rateAsk(sale);
  if (!ask) return { turnover: sale.amount, fxTable: null };
  const found = rates.get(rateKey(ask));
  return found
    ? { turnover: toPln(sale.amount, found.rate), fxTable: found.tableNumber }
    : { turnover: 0n, fxTable: null };
}

async function readRatesFor(
  tx: Tx,
  sales: readonly SettledSale[],
  plans: ReadonlyMap<string, PlanInForce>,
): Promise<Rates> {
  const asks = sales.flatMap((sale) => {
    const ask = isCounted(planOf(plans, sale).merchant, sale.at) ? rateAsk(sale) : undefined;
    return ask ? [ask] : [];
  });
  return asks.length > 0 ? readRates(tx, asks) : new Map();
}

function rateAsk({ currency, at }: SettledSale): RateAsk | undefined {
  return currency === 'PLN' ? undefined : { currency, day: dayOf(at).toString() };
}

function planOf(plans: ReadonlyMap<string, PlanInForce>, { transactionId, shopId }: SettledSale): PlanInForce {
  const plan = plans.get(transactionId);
  if (!plan) throw new Error(`Shop ${shopId} has no price plan.`);
  return plan;
}
