import type { Refund, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { EventType, MovementStatus } from '../kernel/db/generated/prisma/enums.ts';
import type { Fact } from '../kernel/events/append-events.ts';

/** What a refund event keeps: the refund's state as it was then. */
export type RefundFactData = { readonly refund: { readonly status: MovementStatus; readonly code?: string } };

/** The state as it stands in an event's type: every state but NEW, which no refund is ever written in. */
type ToldStatus = Exclude<MovementStatus, 'NEW'>;

/** The fact that a refund has come into its present state. */
export function refundFact(refund: Refund, transaction: Pick<Transaction, 'paymentId'>, at: Date): Fact {
  const code = refund.acquirerCode === null ? {} : { code: refund.acquirerCode };
  const data: RefundFactData = { refund: { status: refund.status, ...code } };
  const type: EventType = `REFUND_${refund.status as ToldStatus}`;
  const { shopId, transactionId, id: refundId } = refund;
  return { shopId, type, at, paymentId: transaction.paymentId, transactionId, refundId, data };
}
