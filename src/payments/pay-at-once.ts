import type { TransactionSource } from '../kernel/db/generated/prisma/enums.ts';
import type { Refusal } from '../kernel/errors.ts';
import { channelFacts, type Shop, takesCurrency } from '../shops/model.ts';
import { checkChannel } from './check-channel.ts';
import type { PreparedPayment } from './create-payment.ts';
import type { StartedTransaction } from './decide-start.ts';
import type { PaymentDeps } from './deps.ts';
import { askGuard, parseChannel, type StartTransactionInput, startTransaction } from './start-transaction.ts';

/**
 * Makes a payment and its one attempt, for which all is there. What is refused, or stopped by the guard against abuse, leaves no
 * payment behind; a call that was answered before finds its payment all the same.
 * @param wish.refusal why the attempt may not be made, as far as the caller knows.
 * @throws what `preparePayment` noted, the refusal given, AmountOutOfRange, MethodNotAvailable, TooManyAttempts, and all that
 * `startTransaction` throws.
 */
export async function payAtOnce(
  deps: PaymentDeps,
  owner: { readonly shop: Shop; readonly source: TransactionSource },
  wish: {
    readonly prepared: PreparedPayment;
    readonly refusal: Refusal | undefined;
    readonly start: Omit<StartTransactionInput, 'paymentId' | 'admission' | 'withPayment'>;
  },
): Promise<StartedTransaction> {
  const { prepared, start } = wish;
  const { shop } = owner;
  const { amount, currency } = prepared.row;
  const channel = parseChannel(start, shop);
  const field = takesCurrency(channel, currency) ? ['method'] : ['currency'];
  const known = prepared.refusal ?? wish.refusal ?? checkChannel(deps, shop, { channel, amount, currency, field });
  const { method } = channelFacts(channel);
  const tried = { shopId: shop.id, method, address: start.payerIp, addressSeen: false };
  const admission = known ? { refusal: undefined } : await askGuard(deps, tried);
  const { payment } = await deps.creating.submit({ ...prepared, refusal: known ?? admission.refusal });
  return startTransaction(deps, owner, { ...start, paymentId: payment.id, withPayment: true, admission });
}
