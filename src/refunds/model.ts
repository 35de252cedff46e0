import type { PaymentMethod } from '../kernel/db/generated/prisma/enums.ts';

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
