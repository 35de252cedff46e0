import type {
  EventType,
  MovementStatus,
  PaymentMethod,
  PaymentStatus,
  TransactionStatus,
} from '../kernel/db/generated/prisma/enums.ts';

/** The name under which webhooks keep how far they have read the event log. */
export const readerName = 'webhooks';

/** Name of the job, and kind of the timer, that sends one delivery; the subject is its id. */
export const deliverWebhookJob = 'deliver-webhook';

/** The same for one more send that a person has ordered. */
export const resendWebhookJob = 'resend-webhook';

/** The payment's queue, so that a newer notification does not overtake an older one. */
export function queueOf({ id, paymentId }: { readonly id: string; readonly paymentId: string | null }): string {
  return paymentId ?? id;
}

const second = 1_000;
const minute = 60 * second;

/**
 * The waits between sends: imoje's ladder (protocol, section 4) names 3 sends 10 seconds apart, then 5 each at 5, 60,
 * 360 and 720 minutes: 23 sends. The first send, at once, is counted among the first three, so there are 22 waits.
 */
const waits: readonly number[] = [
  ...Array<number>(2).fill(10 * second),
  ...[5, 60, 360, 720].flatMap((minutes) => Array<number>(5).fill(minutes * minute)),
];

/** How often a notification is sent before it is given up. */
export const sendsMax = waits.length + 1;

/** How long to wait after this many failed sends (1 and up) for the next one; undefined when it is given up. */
export function delayAfter(tries: number): { readonly ms: number } | undefined {
  const ms = waits[tries - 1];
  return ms === undefined ? undefined : { ms };
}

/** What a notification is about: an attempt or a refund, each together with its payment, or a payment alone. */
export type NotificationSubject = 'transaction' | 'refund' | 'payment';

/**
 * The facts that the shop is told in the imoje form. UNKNOWN is our own want of an answer and is still `pending` on the
 * wire; of a payment alone, only its end without money is news. A refund is `new` on the wire until it is over,
 * so its end is the only change there is to tell.
 */
const toldFacts: { readonly [type in EventType]?: NotificationSubject } = {
  TRANSACTION_PENDING: 'transaction',
  TRANSACTION_AUTHORIZED: 'transaction',
  TRANSACTION_SUBMITTED: 'transaction',
  TRANSACTION_SETTLED: 'transaction',
  TRANSACTION_REJECTED: 'transaction',
  TRANSACTION_ERROR: 'transaction',
  TRANSACTION_CANCELLED: 'transaction',
  TRANSACTION_EXPIRED: 'transaction',
  REFUND_SETTLED: 'refund',
  REFUND_REJECTED: 'refund',
  PAYMENT_CANCELLED: 'payment',
  PAYMENT_EXPIRED: 'payment',
};

/** How many facts of the logs of shops are read at a time. */
export const factsMax = 500;

/** The types of event that make a notification. */
export const toldTypes = Object.keys(toldFacts) as EventType[];

/** What an event tells the shop about; undefined when it makes no notification. */
export function subjectOf(type: EventType): NotificationSubject | undefined {
  return toldFacts[type];
}

/** The states of a transaction as imoje writes them (protocol, section 11). */
export const wireTransactionStatus = {
  NEW: 'new',
  PENDING: 'pending',
  AUTHORIZED: 'authorized',
  SUBMITTED: 'submitted_for_settlement',
  SETTLED: 'settled',
  REJECTED: 'rejected',
  ERROR: 'error',
  CANCELLED: 'cancelled',
  EXPIRED: 'cancelled',
  UNKNOWN: 'pending',
} as const satisfies Record<TransactionStatus, string>;

/**
 * The states of a refund as imoje writes them (protocol, section 7). One that is not over is `new` and never `pending`:
 * the official plugin waits for the notification after `new` alone, and takes every other word for an error.
 */
export const wireRefundStatus = {
  NEW: 'new',
  PENDING: 'new',
  UNKNOWN: 'new',
  SETTLED: 'settled',
  REJECTED: 'rejected',
} as const satisfies Record<MovementStatus, string>;

const paymentWords = {
  NEW: 'new',
  PENDING: 'pending',
  AUTHORIZED: 'authorized',
  SETTLED: 'settled',
  CANCELLED: 'cancelled',
  EXPIRED: 'cancelled',
} as const satisfies Record<PaymentStatus, string>;

const refusedWords = { REJECTED: 'rejected', ERROR: 'error' } as const satisfies {
  readonly [status in TransactionStatus]?: string;
};

/** All words that imoje writes for the state of a payment. */
export const wirePaymentStatuses = [...new Set([...Object.values(paymentWords), ...Object.values(refusedWords)])];

/**
 * The state of a payment as imoje writes it. One that may be tried again after a refusal is NEW in our books and has the word
 * of its last attempt on the wire, since today's plugins fail an order by it
 * (docs/decisions/0028-a-payment-on-the-imoje-wire-fails-with-its-attempt.md).
 * @param last the state of the newest attempt; undefined before the first.
 */
export function wirePaymentStatus(
  status: PaymentStatus,
  last: TransactionStatus | undefined,
): (typeof wirePaymentStatuses)[number] {
  if (status === 'NEW' && (last === 'REJECTED' || last === 'ERROR')) return refusedWords[last];
  return paymentWords[status];
}

/** The methods as imoje's `paymentMethod` writes them (protocol, section 11). */
export const wireMethod = {
  BLIK: 'blik',
  PBL: 'pbl',
  CARD: 'card',
  WALLET: 'wallet',
  PAY_LATER: 'imoje_paylater',
  INSTALLMENTS: 'imoje_installments',
  LEASE: 'lease',
  WIRE_TRANSFER: 'wt',
} as const satisfies Record<PaymentMethod, string>;

/** A moment as imoje writes it: whole seconds since 1970, the rest cut off. */
export function unixSeconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}
