import type { Acquirers } from '../acquirers/port.ts';
import { after } from '../kernel/clock.ts';
import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { DeclineReason } from '../kernel/db/generated/prisma/enums.ts';
import { isLive } from '../transactions/model.ts';
import { askCancelledMs, askGivenUpMs } from './model.ts';

/** How long a transfer may turn up that was not stopped: a bank's page is open for minutes, and the bank tells within a day. */
const transferTurnsUpMs = 24 * 3_600_000;
/** The same of a transfer that the payer makes of his own: over a long weekend, and from another country. */
const ownTransferTurnsUpMs = 7 * transferTurnsUpMs;

/**
 * Says whether an attempt may still bring money, so that "no money was taken" would be a promise too much: it is running;
 * money is held for it; its acquirer never answered; or it was ended by us, and may have been confirmed at the bank before.
 */
export function mayBringMoney(attempt: Transaction, acquirers: Acquirers, now: Date): boolean {
  const { status, reason, updatedAt, heldAmount } = attempt;
  if (heldAmount > 0n || isAwaited(status)) return true;
  const within = (ms: number): boolean => now < after(updatedAt, { ms });
  if (reason === 'NO_ANSWER') return within(askGivenUpMs);
  const endedByUs = status === 'CANCELLED' && reason !== null && reasonsOfOurs.includes(reason);
  const turnsUpMs = attempt.transferAccount === null ? transferTurnsUpMs : ownTransferTurnsUpMs;
  return endedByUs && within(stopsOrders(attempt, acquirers) ? askCancelledMs : turnsUpMs);
}

/** Why we end an attempt that is running. */
const reasonsOfOurs: readonly DeclineReason[] = ['SUPERSEDED', 'PAYMENT_CANCELLED', 'PAYMENT_EXPIRED'];

/** Says whether the acquirer's word on the money itself is awaited; what is reserved is not taken without the shop. */
function isAwaited(status: Transaction['status']): boolean {
  return status !== 'AUTHORIZED' && isLive(status);
}

/** Says whether the acquirer of an attempt can stop what is under way. */
export function stopsOrders({ acquirer }: Transaction, acquirers: Acquirers): boolean {
  return acquirers.get(acquirer)?.capabilities.stopsOrders !== false;
}
