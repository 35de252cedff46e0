import type { Payment, Refund, Transaction } from '../kernel/db/generated/prisma/client.ts';
import type { PaymentFactData } from '../payments/events.ts';
import type { RefundFactData } from '../refunds/events.ts';
import type { TransactionFactData } from '../transactions/events.ts';
import { awaitsPayer } from '../transactions/next-step.ts';
import { transferAction } from './imoje-action.ts';
import { imojeProfile, type WrittenProfile } from './imoje-profile.ts';
import { imojeRefund } from './imoje-refund.ts';
import { statusCodeDescription } from './imoje-status-codes.ts';
import { unixSeconds, wireMethod, wirePaymentStatus, wireTransactionStatus } from './model.ts';

/** What of a payment never changes once it is made. */
export type ToldPayment = Pick<Payment, 'id' | 'shopId' | 'title' | 'orderId' | 'amount' | 'currency' | 'createdAt'>;

/** What of an attempt never changes once it is made. */
export type ToldTransaction = Pick<
  Transaction,
  'id' | 'source' | 'method' | 'channel' | 'amount' | 'currency' | 'transferAccount' | 'createdAt'
>;

/** What of a refund never changes once it is ordered, beside what it shares with its sale. */
export type ToldRefund = Pick<Refund, 'id' | 'amount' | 'note' | 'createdAt'>;

type Common = {
  readonly at: Date;
  /** The address that the shop is told at. */
  readonly notificationUrl: string;
  readonly payment: ToldPayment;
};

/** A stored instrument, and whose it is. */
export type ToldProfile = WrittenProfile & { readonly merchantId: string };

type OfTransaction = Common & {
  /** Where the payer finds what he has to do. */
  readonly paymentUrl: string;
  readonly transaction: ToldTransaction;
  readonly data: TransactionFactData;
  /** The instrument that it charged, or that is stored by it. */
  readonly profile?: ToldProfile | undefined;
};
type OfPayment = Common & { readonly data: PaymentFactData };
type OfRefund = Common & {
  readonly refund: ToldRefund;
  /** The sale whose money is given back. */
  readonly transaction: ToldTransaction;
  readonly data: RefundFactData;
};

/** A fact with the rows it is about. The states come from the fact, as they were then; the rows may have gone on. */
export type Told =
  | (OfTransaction & { readonly refund?: undefined })
  | (OfPayment & { readonly refund?: undefined; readonly transaction: undefined })
  | OfRefund;

/**
 * Writes the body of an imoje notification (protocol, section 4): compact JSON with the keys in the documented order,
 * slashes as they are and letters as raw UTF-8, since some shops check the signature of what they parsed and wrote again.
 */
export function imojeNotification(told: Told): string {
  if (told.refund) return JSON.stringify(refundObjects(told));
  const transaction = told.transaction && {
    ...transactionObject(told, told.transaction, told.data.transaction),
    ...(told.profile && { paymentProfile: imojeProfile(told.profile, { ...told.profile, isActive: true }) }),
  };
  // Nothing but the end of its newest attempt leaves a payment NEW, so the attempt that is told is the last one.
  const last = told.transaction && told.data.transaction.status;
  const payment = paymentObject(told, wirePaymentStatus(told.data.payment.status, last));
  return JSON.stringify({ ...(transaction && { transaction }), payment, ...actionOf(told) });
}

/** What the payer has to do while a transfer of his own is awaited; that he is to go elsewhere, who started it knows. */
function actionOf(told: Exclude<Told, { readonly refund: ToldRefund }>): { readonly action?: object } {
  if (!told.transaction || !awaitsPayer(told.data.transaction)) return {};
  const { transferAccount } = told.transaction;
  return transferAccount === null ? {} : { action: transferAction(told.paymentUrl, transferAccount) };
}

/** Only settled money is given back, and a payment that is settled stays so whatever is refunded of it. */
function refundObjects(told: OfRefund): object {
  const { refund, transaction, payment, at, data } = told;
  const { status, code: acquirerCode = null } = data.refund;
  const { shopId, currency, orderId } = payment;
  const { method, channel } = transaction;
  const then = { ...refund, shopId, currency, status, acquirerCode, updatedAt: at };
  return {
    transaction: imojeRefund(then, { orderId, method, channel }, told.notificationUrl),
    payment: paymentObject(told, wirePaymentStatus('SETTLED', undefined)),
    originalTransactionId: transaction.id,
  };
}

/** Writes an attempt as imoje does, in the state that is told of it. */
export function transactionObject(
  told: Common,
  row: ToldTransaction,
  then: TransactionFactData['transaction'],
): object {
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

function paymentObject({ payment, at, notificationUrl }: Common, status: string): object {
  return {
    id: payment.id,
    title: payment.title ?? '',
    amount: Number(payment.amount),
    status,
    created: unixSeconds(payment.createdAt),
    orderId: payment.orderId,
    currency: payment.currency,
    modified: unixSeconds(at),
    serviceId: payment.shopId,
    notificationUrl,
  };
}
