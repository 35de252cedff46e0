import type { Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { EventType, PaymentStatus, TransactionStatus } from '../kernel/db/generated/prisma/enums.ts';
import type { Fact } from '../kernel/events/append-events.ts';

/** What a transaction event keeps: the state of the attempt and of its payment as they were then. */
export type TransactionFactData = {
  readonly transaction: {
    readonly status: TransactionStatus;
    readonly reason?: string;
    readonly code?: string;
    readonly late?: true;
    readonly surplus?: true;
  };
  readonly payment: { readonly status: PaymentStatus };
};

/** The state as it stands in an event's type: every state but NEW, which no attempt is ever written in. */
type ToldStatus = Exclude<TransactionStatus, 'NEW'>;

/** The fact that a transaction has come into its present state, while its payment is in the given one. */
export function transactionFact(transaction: Transaction, paymentStatus: PaymentStatus, at: Date): Fact {
  const data: TransactionFactData = {
    transaction: {
      status: transaction.status,
      ...(transaction.reason === null ? {} : { reason: transaction.reason }),
      ...(transaction.acquirerCode === null ? {} : { code: transaction.acquirerCode }),
      ...(transaction.late ? { late: true } : {}),
      ...(transaction.surplus ? { surplus: true } : {}),
    },
    payment: { status: paymentStatus },
  };
  const type: EventType = `TRANSACTION_${transaction.status as ToldStatus}`;
  const { shopId, paymentId, id: transactionId } = transaction;
  return { shopId, type, at, paymentId, transactionId, data };
}
