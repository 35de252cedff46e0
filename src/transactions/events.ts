import type { Capture, Transaction, TransactionVoid } from '../kernel/db/generated/prisma/client.ts';
import type {
  EventType,
  MovementStatus,
  PaymentStatus,
  TransactionStatus,
} from '../kernel/db/generated/prisma/enums.ts';
import type { Fact } from '../kernel/events/append-events.ts';

/** What a transaction event keeps: the state of the attempt and of its payment as they were then. */
export type TransactionFactData = {
  readonly transaction: {
    readonly status: TransactionStatus;
    readonly reason?: string;
    readonly code?: string;
    readonly late?: true;
    readonly surplus?: true;
    /** Minor units; only of a settled one that took less than was authorised. */
    readonly settledAmount?: number;
  };
  readonly payment: { readonly status: PaymentStatus };
};

/** What the event of a capture or void keeps: its state as it was then. */
export type MovementFactData = { readonly status: MovementStatus; readonly code?: string };

/** The fact that a transaction has come into its present state, while its payment is in the given one. */
export function transactionFact(transaction: Transaction, paymentStatus: PaymentStatus, at: Date): Fact {
  return { ...factAbout(transaction, paymentStatus, at), type: `TRANSACTION_${transaction.status}` };
}

/** The fact that money came for a transaction that does not fit it, and lies in suspense. */
export function heldFact(transaction: Transaction, paymentStatus: PaymentStatus, at: Date): Fact {
  return { ...factAbout(transaction, paymentStatus, at), type: 'TRANSACTION_HELD' };
}

function factAbout(transaction: Transaction, paymentStatus: PaymentStatus, at: Date): Omit<Fact, 'type'> {
  const data: TransactionFactData = {
    transaction: {
      status: transaction.status,
      ...(transaction.reason === null ? {} : { reason: transaction.reason }),
      ...(transaction.acquirerCode === null ? {} : { code: transaction.acquirerCode }),
      ...(transaction.late ? { late: true } : {}),
      ...(transaction.surplus ? { surplus: true } : {}),
      ...(isPart(transaction) ? { settledAmount: Number(transaction.settledAmount) } : {}),
    },
    payment: { status: paymentStatus },
  };
  const { shopId, paymentId, id: transactionId } = transaction;
  return { shopId, at, paymentId, transactionId, data };
}

function isPart({ status, amount, settledAmount }: Transaction): boolean {
  return status === 'SETTLED' && settledAmount < amount;
}

/** The state as it stands in an event's type: every state but NEW, which no movement is ever written in. */
type ToldStatus = Exclude<MovementStatus, 'NEW'>;

type Owner = Pick<Transaction, 'paymentId'>;

/** The fact that a capture has come into its present state. */
export function captureFact(capture: Capture, { paymentId }: Owner, at: Date): Fact {
  const type: EventType = `CAPTURE_${capture.status as ToldStatus}`;
  const { shopId, transactionId, id: captureId } = capture;
  return { shopId, type, at, paymentId, transactionId, captureId, data: { capture: movementData(capture) } };
}

/** The fact that a void has come into its present state. */
export function voidFact(row: TransactionVoid, { paymentId }: Owner, at: Date): Fact {
  const type: EventType = `VOID_${row.status as ToldStatus}`;
  const { shopId, transactionId, id: voidId } = row;
  return { shopId, type, at, paymentId, transactionId, voidId, data: { void: movementData(row) } };
}

function movementData({ status, acquirerCode }: Pick<Capture, 'status' | 'acquirerCode'>): MovementFactData {
  return { status, ...(acquirerCode === null ? {} : { code: acquirerCode }) };
}
