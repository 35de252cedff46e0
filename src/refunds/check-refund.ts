import { type Actor, requireScope } from '../auth/actor.ts';
import { readStandings } from '../baskets/sql/read-shares.ts';
import { inTransaction } from '../kernel/db/database.ts';
import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import { Refusal } from '../kernel/errors.ts';
import { readBalances } from '../ledger/sql/read-balances.ts';
import { readPlans } from '../pricing/store.ts';
import { readShopStates } from '../shops/sql/read-shop-states.ts';
import { findVisibleTransaction } from '../transactions/find-transaction.ts';
import { requireRefundable } from './decide-refund.ts';
import type { RefundDeps } from './deps.ts';
import { RefundWindowClosed, TransactionNotSettled } from './errors.ts';
import { type Cover, overdraftOf } from './model.ts';
import { readLacking } from './read-known.ts';

/** Whether an amount could be refunded now, and how much at most. */
export type RefundCheck = {
  readonly transaction: Transaction;
  /** Why not; undefined when it could. */
  readonly refusal: Refusal | undefined;
  /** What is left of the settled amount; 0 where nothing can go back, whatever the amount. */
  readonly left: bigint;
};

/**
 * Says whether an amount of a transaction could be refunded at this moment; nothing is ordered or reserved.
 * @throws Forbidden without the scope `payments:read`; NotFound.
 */
export async function checkRefund(
  deps: Pick<RefundDeps, 'database' | 'shops' | 'clock'>,
  actor: Actor,
  wish: { readonly transactionId: string; readonly amount: bigint },
): Promise<RefundCheck> {
  requireScope(actor, 'payments:read');
  const { transaction, shop } = await findVisibleTransaction(deps, actor, wish.transactionId);
  const now = deps.clock.now(shop);
  const { cover, standings } = await inTransaction(deps.database, async (tx) => {
    const [balances, plans, states, lacking, found] = await Promise.all([
      readBalances(tx, [shop.id]),
      readPlans(tx, [{ id: shop.id, shopId: shop.id, at: now }]),
      readShopStates(tx, [shop.id]),
      readLacking(tx, [shop.merchantId]),
      readStandings(tx, [transaction.id]),
    ]);
    const cover: Cover = {
      balance: balances.find(({ currency }) => currency === transaction.currency)?.amount ?? 0n,
      overdraft: overdraftOf(states.get(shop.id), plans.get(shop.id)),
      lacking: lacking.get(`${shop.merchantId} ${transaction.currency}`) ?? 0n,
    };
    return { cover, standings: found.get(transaction.id) ?? [] };
  });
  const left = transaction.settledAmount - transaction.refundedAmount;
  try {
    requireRefundable(transaction, { amount: wish.amount, cover, standings, now });
    return { transaction, refusal: undefined, left };
  } catch (error) {
    const isNever = error instanceof TransactionNotSettled || error instanceof RefundWindowClosed;
    if (error instanceof Refusal) return { transaction, refusal: error, left: isNever ? 0n : left };
    throw error;
  }
}
