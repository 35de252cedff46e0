import { type Database, inTransaction } from '../kernel/db/database.ts';
import type { Payment, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { isUuid } from '../kernel/ids.ts';
import type { PaymentDeps } from '../payments/deps.ts';
import { readPayments } from '../payments/store.ts';
import { readRefundsOf } from '../refunds/store.ts';
import type { Shop } from '../shops/model.ts';
import { readAttempts } from '../transactions/store.ts';

/** All that a payer's page is drawn from. */
export type PayerState = {
  readonly payment: Payment;
  /** All attempts to pay it, oldest first. */
  readonly attempts: readonly Transaction[];
  /** What the payer has got back of the attempt that paid, in minor units; refunds that are not over do not count. */
  readonly givenBack: bigint;
  readonly shop: Shop;
  /** By the merchant's clock. */
  readonly now: Date;
};

/**
 * Finds the present state of a payment for its payer, who needs nothing but its id. A payment whose time is over shows
 * as expired even before it was written so.
 * @returns undefined when no payment has this id.
 */
export async function findPayerState(
  deps: Pick<PaymentDeps, 'database' | 'clock' | 'shops'>,
  paymentId: string,
): Promise<PayerState | undefined> {
  const id = paymentId.toLowerCase();
  if (!isUuid(id)) return undefined;
  const { payment, attempts } = await inTransaction(deps.database, async (tx) => ({
    payment: (await readPayments(tx, [id]))[0],
    attempts: await readAttempts(tx, [id]),
  }));
  const shop = payment && (await deps.shops.find(payment.shopId));
  if (!payment || !shop) return undefined;
  const now = deps.clock.now(shop);
  const givenBack = await sumGivenBack(deps.database, attempts);
  const lapsed = payment.status === 'NEW' && payment.validUntil <= now;
  return { payment: lapsed ? { ...payment, status: 'EXPIRED' } : payment, attempts, givenBack, shop, now };
}

/** The attempt that paid; money that came once more does not count. */
export function payingAttempt(attempts: readonly Transaction[]): Transaction | undefined {
  return attempts.find(({ status, surplus }) => status === 'SETTLED' && !surplus);
}

async function sumGivenBack(database: Database, attempts: readonly Transaction[]): Promise<bigint> {
  const paid = payingAttempt(attempts);
  const refunds = paid && paid.refundedAmount > 0n ? await readRefundsOf(database, paid.id) : [];
  return refunds.reduce((sum, { status, amount }) => (status === 'SETTLED' ? sum + amount : sum), 0n);
}
