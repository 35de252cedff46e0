import type { Tx } from '../kernel/db/database.ts';
import type { Payment, Transaction } from '../kernel/db/generated/prisma/client.ts';
import { readAttempts } from '../transactions/store.ts';
import { readPayments } from './store.ts';

/**
 * Reads the payment of a transaction, and whether another attempt has brought money for it already. The caller holds the
 * lock of the shop, so neither changes before he has written what follows from it.
 */
export async function readPaymentOf(
  tx: Tx,
  { id: transactionId, paymentId }: Pick<Transaction, 'id' | 'paymentId'>,
): Promise<{ readonly payment: Payment; readonly otherSettled: boolean }> {
  const [[payment], attempts] = await Promise.all([readPayments(tx, [paymentId]), readAttempts(tx, [paymentId])]);
  if (!payment) throw new Error(`Transaction ${transactionId} has no payment.`);
  const otherSettled = attempts.some(({ id, settledAmount, surplus }) => {
    return id !== transactionId && settledAmount > 0n && !surplus;
  });
  return { payment, otherSettled };
}
