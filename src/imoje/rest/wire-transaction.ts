import { createHash } from 'node:crypto';
import type { Payment, Profile, Refund, Transaction } from '../../kernel/db/generated/prisma/client.ts';
import type { TransactionStatus } from '../../kernel/db/generated/prisma/enums.ts';
import { holderOf } from '../../profiles/model.ts';
import type { Shop } from '../../shops/model.ts';
import { nextStepOf, transferOf } from '../../transactions/next-step.ts';
import { transferAction } from '../../webhooks/imoje-action.ts';
import { transactionObject } from '../../webhooks/imoje-notification.ts';
import { profileParts } from '../../webhooks/imoje-profile.ts';
import { imojeRefund } from '../../webhooks/imoje-refund.ts';
import { wirePaymentStatus } from '../../webhooks/model.ts';

/** An attempt with what belongs to it. */
export type Sale = {
  readonly payment: Payment;
  readonly transaction: Transaction;
  readonly shop: Shop;
  /** The state of the newest attempt on the payment. */
  readonly last: TransactionStatus | undefined;
  /** The instrument that it charged, or stored. */
  readonly profile?: Profile | undefined;
};

/** Writes an attempt in its present state (imoje protocol, section 5.1). */
export function saleObject({ payment, transaction, shop, last, profile }: Sale): object {
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
    payment: { id: payment.id, status: wirePaymentStatus(payment.status, last) },
    ...(statusCode === undefined ? {} : { statusCode, statusCodeDescription }),
    ...(profile?.method === 'CARD' ? { paymentProfile: profileObject(profile, shop.merchantId) } : {}),
  };
}

/** Writes a stored card in its present state (imoje protocol, section 8). */
export function profileObject(profile: Profile, merchantId: string): object {
  const { holder, card } = profileParts(profile, { merchantId, isActive: profile.status === 'ACTIVE' });
  const { email = '' } = holderOf(profile);
  return { ...holder, email, ...card, firstTransactionId: profile.firstTransactionId };
}

/**
 * The number by which a BLIK attempt is known to the payer's bank, once it is under way: eleven digits, always the same for
 * the same attempt. The sandbox has no scheme that gives one, so it is made of the attempt's id.
 */
export function blikNumberOf({ id, method, status }: Transaction): { readonly blikTransactionId?: string } {
  if (method !== 'BLIK' || status === 'NEW') return {};
  const number = createHash('sha256').update(id).digest().readBigUInt64BE() % 10n ** 11n;
  return { blikTransactionId: String(number).padStart(11, '0') };
}

type WithCode = { readonly statusCode?: string; readonly statusCodeDescription?: string };

/**
 * What the payer has to do: where he has to go, with exactly the five keys that clients know, or where he has to send the money,
 * with the account number as well; undefined when there is nothing to do.
 */
export function actionOf(transaction: Transaction, publicUrl: string): object | undefined {
  const transfer = transferOf(transaction);
  if (transfer) return transferAction(`${publicUrl}/pay/${transaction.paymentId}`, transfer.account);
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

/** Writes a refund in its present state (imoje protocol, section 7); the order is that of the sale. */
export function refundObject(refund: Refund, { payment, transaction, shop }: Sale): object {
  const { method, channel } = transaction;
  return imojeRefund(refund, { orderId: payment.orderId, method, channel }, addressOf(payment, shop));
}

function addressOf(payment: Payment, shop: Shop): string {
  return payment.notificationUrl ?? shop.notificationUrl ?? '';
}
