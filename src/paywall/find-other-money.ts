import type { Acquirers } from '../acquirers/port.ts';
import { after } from '../kernel/clock.ts';
import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { PayerState } from './find-payer-state.ts';

/** How long a transfer may turn up that was replaced: a bank's page is open for minutes, and the bank tells within a day. */
const transferTurnsUp = { ms: 24 * 3_600_000 };

/**
 * Finds the attempt that brought money beside the one a page shows, or that may still: a transfer that was replaced cannot
 * be recalled at the bank. What the shop has given back counts no more.
 * @param shown the attempt that the page shows.
 */
export function findOtherMoney(
  { attempts, now }: Pick<PayerState, 'attempts' | 'now'>,
  acquirers: Acquirers,
  shown: Transaction | undefined,
): Transaction | undefined {
  const others = attempts.filter((attempt) => attempt !== shown);
  return others.findLast(isSurplus) ?? others.findLast((other) => mayTurnUp(other, acquirers, now));
}

/** Says whether an attempt brought money for a payment that another one had paid already, and the payer has yet to get it back. */
export function isSurplus({ surplus, refundedAmount, settledAmount }: Transaction): boolean {
  return surplus && refundedAmount < settledAmount;
}

function mayTurnUp({ reason, acquirer, updatedAt }: Transaction, acquirers: Acquirers, now: Date): boolean {
  const cannotStop = acquirers.get(acquirer)?.capabilities.stopsOrders === false;
  return reason === 'SUPERSEDED' && cannotStop && now < after(updatedAt, transferTurnsUp);
}
