import type { Payment, Refund, Transaction } from '../../kernel/db/generated/prisma/client.ts';
import type { MovementStatus } from '../../kernel/db/generated/prisma/enums.ts';
import type { Shop } from '../../shops/model.ts';
import { nextStepOf } from '../../transactions/next-step.ts';
import { transactionObject, unixSeconds } from '../../webhooks/imoje-notification.ts';
import { wireMethod, wirePaymentStatus } from '../../webhooks/model.ts';

/** An attempt with what belongs to it. */
export type Sale = { readonly payment: Payment; readonly transaction: Transaction; readonly shop: Shop };

/** Writes an attempt in its present state (imoje protocol, section 5.1). */
export function saleObject({ payment, transaction, shop }: Sale): object {
  const { status, acquirerCode, settledAmount } = transaction;
  const then = {
    status,
    ...(acquirerCode === null ? {} : { code: acquirerCode }),
    ...(status === 'SETTLED' ? { settledAmount: Number(settledAmount) } : {}),
  };
  const data = { transaction: then, payment: { status: payment.status } };
  const told = { at: transaction.updatedAt, notificationUrl: addressOf(payment, shop), payment, transaction, data };
  const { statusCode, statusCodeDescription, ...sale } = transactionObject(told, transaction, then) as WithCode;
  return {
    ...sale,
    payment: { id: payment.id, status: wirePaymentStatus[payment.status] },
    ...(statusCode === undefined ? {} : { statusCode, statusCodeDescription }),
  };
}

type WithCode = { readonly statusCode?: string; readonly statusCodeDescription?: string };

/** Where the payer has to go, with exactly the five keys that clients know; undefined when he has not to go anywhere. */
export function actionOf(transaction: Transaction): object | undefined {
  const step = nextStepOf(transaction);
  if (!step) return undefined;
  const isForm = step.httpMethod === 'POST';
  return {
    type: 'redirect',
    url: step.url,
    method: step.httpMethod,
    contentType: isForm ? 'application/x-www-form-urlencoded' : '',
    contentBodyRaw: isForm ? new URLSearchParams(step.fields.map(({ name, value }) => [name, value])).toString() : '',
  };
}

/** What was accepted is `new` until the acquirer's word, for which clients wait (imoje protocol, section 7). */
const refundStatus = {
  NEW: 'new',
  PENDING: 'new',
  UNKNOWN: 'new',
  SETTLED: 'settled',
  REJECTED: 'rejected',
} as const satisfies Record<MovementStatus, string>;

/** Writes a refund in its present state (imoje protocol, section 7); the order is that of the sale. */
export function refundObject(refund: Refund, { payment, transaction, shop }: Sale): object {
  return {
    id: refund.id,
    type: 'refund',
    status: refundStatus[refund.status],
    source: 'api',
    created: unixSeconds(refund.createdAt),
    modified: unixSeconds(refund.updatedAt),
    notificationUrl: addressOf(payment, shop),
    serviceId: shop.id,
    amount: Number(refund.amount),
    currency: refund.currency,
    title: refund.note ?? payment.title ?? '',
    orderId: payment.orderId,
    paymentMethod: wireMethod[transaction.method],
    paymentMethodCode: transaction.channel,
  };
}

function addressOf(payment: Payment, shop: Shop): string {
  return payment.notificationUrl ?? shop.notificationUrl ?? '';
}
