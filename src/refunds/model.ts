import type { Refund } from '../kernel/db/generated/prisma/client.ts';
import type { MovementStatus, PaymentMethod } from '../kernel/db/generated/prisma/enums.ts';

/** The moves a refund may make. */
export const refundMoves = {
  NEW: ['PENDING'],
  PENDING: ['SETTLED', 'REJECTED', 'UNKNOWN'],
  UNKNOWN: ['SETTLED', 'REJECTED'],
  SETTLED: [],
  REJECTED: [],
} as const satisfies Record<MovementStatus, readonly MovementStatus[]>;

/** Says whether a refund may move from one state to another. */
export function mayMoveRefund(from: MovementStatus, to: MovementStatus): boolean {
  const targets: readonly MovementStatus[] = refundMoves[from];
  return targets.includes(to);
}

/** Says whether the acquirer's word on a refund is still awaited. */
export function isOpen(refund: Pick<Refund, 'status'>): boolean {
  return refund.status === 'PENDING' || refund.status === 'UNKNOWN';
}

/**
 * How long after its settlement a transaction can be refunded, in calendar months: cards three years, BLIK and pay later
 * twelve months (imoje protocol, section 7); methods for which nothing is written follow the twelve months.
 */
export const windowMonths = {
  BLIK: 12,
  PBL: 12,
  CARD: 36,
  WALLET: 36,
  PAY_LATER: 12,
  INSTALLMENTS: 12,
  LEASE: 12,
  WIRE_TRANSFER: 12,
} as const satisfies Record<PaymentMethod, number>;

/** The moment at which a transaction of this method cannot be refunded any more. */
export function windowEnd(method: PaymentMethod, settledAt: Date): Date {
  const end = new Date(settledAt);
  end.setUTCMonth(end.getUTCMonth() + windowMonths[method]);
  // The 29th of February has no counterpart in the years after it: then the window ends with that month, not in March.
  if (end.getUTCDate() !== settledAt.getUTCDate()) end.setUTCDate(0);
  return end;
}

/** The job that asks the acquirer what became of a refund; its subject is the refund. */
export const askTimer = 'ask-refund';

const askAfterSeconds = [15, 15, 30, 60, 120, 300, 3_600] as const;

/** How long to wait before the acquirer is asked, in the given round (0 is the first); in the end every 6 hours. */
export function askDelay(round: number): { ms: number } {
  return { ms: (askAfterSeconds[round] ?? 21_600) * 1000 };
}
