import type { RefundAnswer, RefundOrder } from '../acquirers/port.ts';
import type { Refund, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { acquirerTimeoutMs } from '../payments/start-transaction.ts';
import type { RefundDeps } from './deps.ts';

type Subject = { readonly refund: Refund; readonly transaction: Transaction };

/**
 * Sends a refund to the acquirer that took the money, and gives its answer. The refund's id is its reference, so sending
 * it again after a broken call or a crash gives nothing back twice. Whatever keeps an answer from us, a call was made.
 */
export async function callAcquirer(
  deps: Pick<RefundDeps, 'acquirers' | 'shops' | 'log'>,
  { refund, transaction }: Subject,
): Promise<RefundAnswer> {
  const acquirer = deps.acquirers.get(transaction.acquirer);
  const shop = await deps.shops.find(refund.shopId);
  if (!acquirer || !shop) throw new Error(`Refund ${refund.id} names no known acquirer or shop.`);
  const order: RefundOrder = {
    reference: refund.id,
    transaction: transaction.id,
    amount: refund.amount,
    currency: refund.currency,
    note: refund.note ?? '',
    merchantId: shop.merchantId,
    clockOffsetMs: shop.clockOffsetMs,
    sandboxDelayMs: shop.sandboxDelayMs,
  };
  try {
    return await acquirer.refund(order, AbortSignal.timeout(acquirerTimeoutMs));
  } catch (error) {
    deps.log.warn({ err: error, acquirer: acquirer.name, refundId: refund.id }, 'acquirer gave no answer to a refund');
    return { kind: 'silent' };
  }
}
