import type { Refund, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { statusCodeDescription } from './imoje-status-codes.ts';
import { unixSeconds, wireMethod, wireRefundStatus } from './model.ts';

/** A refund in the state that is to be written, which need not be the present one. */
export type WrittenRefund = Pick<
  Refund,
  'id' | 'shopId' | 'status' | 'amount' | 'currency' | 'note' | 'acquirerCode' | 'createdAt' | 'updatedAt'
>;

/** What a refund takes over from the sale whose money it gives back. */
export type RefundedSale = Pick<Transaction, 'method' | 'channel'> & { readonly orderId: string };

/**
 * Makes the object that imoje calls the `transaction` of a refund, in notifications and in answers alike (protocol,
 * sections 4 and 7), with the keys in the documented order. The amount is the refund's, in minor units; the order and the
 * method are the sale's; the title is the one the refund was ordered with, and empty without one. The source is always
 * `api`, since payers order no refunds. Only a rejected one has a status code.
 */
export function imojeRefund(refund: WrittenRefund, sale: RefundedSale, notificationUrl: string): object {
  return {
    id: refund.id,
    type: 'refund',
    status: wireRefundStatus[refund.status],
    source: 'api',
    created: unixSeconds(refund.createdAt),
    modified: unixSeconds(refund.updatedAt),
    notificationUrl,
    serviceId: refund.shopId,
    amount: Number(refund.amount),
    currency: refund.currency,
    title: refund.note ?? '',
    orderId: sale.orderId,
    paymentMethod: wireMethod[sale.method],
    paymentMethodCode: sale.channel,
    ...refusalOf(refund),
  };
}

/** Shops take any status code for a failure. */
function refusalOf({ status, acquirerCode }: WrittenRefund): object {
  if (status !== 'REJECTED' || acquirerCode === null) return {};
  return { statusCode: acquirerCode, statusCodeDescription: statusCodeDescription(acquirerCode) };
}
