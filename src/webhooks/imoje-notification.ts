import type { Payment, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { PaymentFactData } from '../payments/events.ts';
import type { TransactionFactData } from '../transactions/events.ts';
import { statusCodeDescription } from './imoje-status-codes.ts';
import { wireMethod, wirePaymentStatus, wireTransactionStatus } from './model.ts';

/** What of a payment never changes once it is made. */
export type ToldPayment = Pick<Payment, 'id' | 'shopId' | 'title' | 'orderId' | 'amount' | 'currency' | 'createdAt'>;

/** What of an attempt never changes once it is made. */
export type ToldTransaction = Pick<
  Transaction,
  'id' | 'source' | 'method' | 'channel' | 'amount' | 'currency' | 'createdAt'
>;

/** A fact with the rows it is about. The states come from the fact, as they were then; the rows may have gone on. */
export type Told = {
  readonly at: Date;
  /** The address that the shop is told at. */
  readonly notificationUrl: string;
  readonly payment: ToldPayment;
} & (
  | { readonly transaction: ToldTransaction; readonly data: TransactionFactData }
  | { readonly transaction: undefined; readonly data: PaymentFactData }
);

/**
 * Writes the body of an imoje notification (protocol, section 4): compact JSON with the keys in the documented order,
 * slashes as they are and letters as raw UTF-8, since some shops check the signature of what they parsed and wrote again.
 */
export function imojeNotification(told: Told): string {
  const transaction = told.transaction && transactionObject(told, told.transaction, told.data.transaction);
  return JSON.stringify({ ...(transaction && { transaction }), payment: paymentObject(told) });
}

/** Writes an attempt as imoje does, in the state that is told of it. */
export function transactionObject(told: Told, row: ToldTransaction, then: TransactionFactData['transaction']): object {
  const { payment, notificationUrl, at } = told;
  return {
    id: row.id,
    type: 'sale',
    status: wireTransactionStatus[then.status],
    source: row.source === 'API' ? 'api' : 'web',
    created: unixSeconds(row.createdAt),
    modified: unixSeconds(at),
    notificationUrl,
    serviceId: payment.shopId,
    amount: then.settledAmount ?? Number(row.amount),
    currency: row.currency,
    title: payment.title ?? '',
    orderId: payment.orderId,
    paymentMethod: wireMethod[row.method],
    paymentMethodCode: row.channel,
    ...refusalOf(then),
  };
}

/** Shops take any status code for a failure, so only a refused attempt carries one. */
function refusalOf(then: TransactionFactData['transaction']): object {
  if (then.code === undefined || (then.status !== 'REJECTED' && then.status !== 'ERROR')) return {};
  return { statusCode: then.code, statusCodeDescription: statusCodeDescription(then.code) };
}

function paymentObject({ payment, data, at, notificationUrl }: Told): object {
  return {
    id: payment.id,
    title: payment.title ?? '',
    amount: Number(payment.amount),
    status: wirePaymentStatus[data.payment.status],
    created: unixSeconds(payment.createdAt),
    orderId: payment.orderId,
    currency: payment.currency,
    modified: unixSeconds(at),
    serviceId: payment.shopId,
    notificationUrl,
  };
}

/** A moment as the wire has it: whole seconds since 1970. */
export function unixSeconds(moment: Date): number {
  return Math.floor(moment.getTime() / 1000);
}
