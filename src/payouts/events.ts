import type { Payout } from '../kernel/db/generated/prisma/client.ts';
import type { EventType, PayoutStatus } from '../kernel/db/generated/prisma/enums.ts';
import type { Fact } from '../kernel/events/append-events.ts';

/** What a payout event keeps: the payout's state as it was then. */
export type PayoutFactData = { readonly payout: { readonly status: PayoutStatus; readonly reason?: string } };

/** The facts that payouts have come into their present state; a recipient's payout is no fact of a shop. */
export function payoutFacts(payouts: readonly Payout[], at: (payout: Payout) => Date): Fact[] {
  return payouts.flatMap((payout) => {
    if (payout.shopId === null) return [];
    const reason = payout.returnReason === null ? {} : { reason: payout.returnReason };
    const data: PayoutFactData = { payout: { status: payout.status, ...reason } };
    const type: EventType = `PAYOUT_${payout.status}`;
    return [{ shopId: payout.shopId, type, at: at(payout), payoutId: payout.id, data }];
  });
}
