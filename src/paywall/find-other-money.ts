import type { Acquirers } from '../acquirers/port.ts';
import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import { mayBringMoney, stopsOrders } from '../payments/may-bring-money.ts';
import type { PayerState } from './find-payer-state.ts';

/**
 * Finds the attempt of which a payer has to know beside the one a page shows: it brought money as well, or it may, and its
 * acquirer cannot stop it. What the shop has given back counts no more.
 * @param shown the attempt that the page shows.
 */
export function findOtherMoney(
  { attempts, now }: Pick<PayerState, 'attempts' | 'now'>,
  acquirers: Acquirers,
  shown: Transaction | undefined,
): Transaction | undefined {
  const others = attempts.filter((attempt) => attempt !== shown);
  const isStopped = (other: Transaction): boolean => other.status === 'CANCELLED' && stopsOrders(other, acquirers);
  return (
    others.findLast(isSurplus) ?? others.findLast((other) => mayBringMoney(other, acquirers, now) && !isStopped(other))
  );
}

/** Says whether an attempt brought money for a payment that another one had paid already, and the payer has yet to get it back. */
export function isSurplus({ surplus, refundedAmount, settledAmount }: Transaction): boolean {
  return surplus && refundedAmount < settledAmount;
}
