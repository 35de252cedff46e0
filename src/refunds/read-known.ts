import type { Standing } from '../baskets/model.ts';
import { holdStandings, readStandings } from '../baskets/sql/read-shares.ts';
import { sumLacking } from '../baskets/sql/sum-lacking.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../kernel/db/database.ts';
import type { Refund, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { Currency } from '../kernel/db/generated/prisma/enums.ts';
import { readBalances } from '../ledger/sql/read-balances.ts';
import { lockMerchants } from '../merchants/sql/lock-merchants.ts';
import { readPlans } from '../pricing/store.ts';
import type { Shop } from '../shops/model.ts';
import { readShopStates } from '../shops/sql/read-shop-states.ts';
import { readTransactions } from '../transactions/store.ts';
import { overdraftOf } from './model.ts';
import { readRefundsByKey } from './store.ts';

type Wish = {
  readonly shop: Shop;
  readonly transactionId: string;
  readonly idempotencyKey: string;
  readonly amount: bigint;
};

/** What deciding refunds needs to know; each decision notes in the maps what it changes, for those that follow. */
export type Known = {
  readonly byKey: Map<string, Refund>;
  readonly transactions: Map<string, Transaction>;
  /** By shop and currency. */
  readonly balances: Map<string, bigint>;
  /** By transaction; undefined where the shop takes no payments. */
  readonly overdrafts: ReadonlyMap<string, bigint | undefined>;
  /** By transaction: what recipients have of it. */
  readonly standings: Map<string, readonly Standing[]>;
  /** By merchant and currency: what his recipients lack together. Only read where a wish could make somebody lack money. */
  readonly lacking: Map<string, bigint>;
};

/**
 * Reads what is known of these wishes, whose shops the caller has locked: in one round trip where nothing is a basket's and
 * balances cover all. Where it is, shops of the merchant take from the same recipients and share what these may lack, so
 * the merchant is locked with the balances of those who have a part.
 */
export async function readKnown(tx: Tx, clock: Clock, wishes: readonly Wish[]): Promise<Known> {
  const shopIds = wishes.map((wish) => wish.shop.id);
  const ids = [...new Set(wishes.map((wish) => wish.transactionId))];
  const asks = wishes.map(({ transactionId, shop }) => ({ id: transactionId, shopId: shop.id, at: clock.now(shop) }));
  const keys = wishes.map(({ shop, idempotencyKey }) => ({ shopId: shop.id, idempotencyKey }));
  const [refunds, transactions, balances, plans, states, standings] = await Promise.all([
    readRefundsByKey(tx, keys),
    readTransactions(tx, ids),
    readBalances(tx, shopIds),
    readPlans(tx, asks),
    readShopStates(tx, shopIds),
    readStandings(tx, ids),
  ]);
  const shops = new Map(wishes.map((wish) => [wish.transactionId, states.get(wish.shop.id)]));
  const known = {
    byKey: new Map(refunds.map((refund) => [`${refund.shopId} ${refund.idempotencyKey}`, refund])),
    transactions: new Map(transactions.map((transaction) => [transaction.id, transaction])),
    balances: new Map(balances.map((balance) => [`${balance.shopId} ${balance.currency}`, balance.amount])),
    overdrafts: new Map(ids.map((id) => [id, overdraftOf(shops.get(id), plans.get(id))])),
    standings: standings.size === 0 ? standings : await hold(tx, wishes, [...standings.keys()]),
  };
  const lacking = await readLacking(tx, whoMayLack(known, wishes));
  return { ...known, lacking };
}

/** Locks merchants, then balances of recipients (domain: lock order), and reads these as they are then. */
async function hold(tx: Tx, wishes: readonly Wish[], transactionIds: readonly string[]): Promise<Known['standings']> {
  const isSplit = new Set(transactionIds);
  const merchantIds = wishes.flatMap(({ shop, transactionId }) =>
    isSplit.has(transactionId) ? [shop.merchantId] : [],
  );
  const [, held] = await Promise.all([lockMerchants(tx, merchantIds), holdStandings(tx, transactionIds)]);
  return held;
}

/** The merchants for whom a balance could be less than all their wishes in its currency take together: mostly none. */
function whoMayLack(
  { transactions, balances, standings }: Pick<Known, 'transactions' | 'balances' | 'standings'>,
  wishes: readonly Wish[],
): readonly string[] {
  const currencyOf = ({ transactionId }: Wish): Currency | undefined => transactions.get(transactionId)?.currency;
  const wanted = new Map<string, bigint>();
  for (const wish of wishes) {
    const key = `${wish.shop.merchantId} ${currencyOf(wish)}`;
    wanted.set(key, (wanted.get(key) ?? 0n) + (wish.amount > 0n ? wish.amount : 0n));
  }
  return wishes.flatMap((wish) => {
    const all = wanted.get(`${wish.shop.merchantId} ${currencyOf(wish)}`) ?? 0n;
    const own = balances.get(`${wish.shop.id} ${currencyOf(wish)}`) ?? 0n;
    const others = standings.get(wish.transactionId) ?? [];
    return [own, ...others.map(({ balance }) => balance)].some((balance) => balance < all)
      ? [wish.shop.merchantId]
      : [];
  });
}

/** Reads what recipients of these merchants lack, by merchant and currency. */
export async function readLacking(tx: Tx, merchantIds: readonly string[]): Promise<Map<string, bigint>> {
  if (merchantIds.length === 0) return new Map();
  const rows = await sumLacking(tx, merchantIds);
  return new Map(rows.map(({ merchantId, currency, amount }) => [`${merchantId} ${currency}`, amount]));
}
