import { randomUUID } from 'node:crypto';
import type { CreatePaymentInput, Currency, Event, Payment } from '@bramka/client';
import { inWords } from './describe-event.ts';
import { NotDone } from './errors.ts';
import { followNow } from './follow-now.ts';
import type { Terminal } from './terminal.ts';

/** What `bramka pay` was asked for. */
export type PayOptions = {
  readonly amount: number;
  readonly currency: Currency;
  readonly order?: string;
  readonly title?: string;
  readonly blik: string;
  /** False: only the payment is made. */
  readonly pay: boolean;
  readonly timeout: number;
};

/** A payment for a made-up payer, with what is given instead. */
export function orderOf(shopId: string, changes: Partial<CreatePaymentInput>): CreatePaymentInput {
  return {
    shopId,
    idempotencyKey: `cli-${randomUUID()}`,
    amount: 1_234,
    currency: 'PLN',
    orderId: `CLI/${randomUUID().slice(0, 8)}`,
    customer: { firstName: 'Jan', lastName: 'Kowalski', email: 'jan@shop.example' },
    ...changes,
  };
}

/**
 * Makes a payment and prints its address; in the sandbox it also pays it, by BLIK, and says how that ended.
 * @throws NotDone when it was not paid.
 */
export async function pay(terminal: Terminal, options: PayOptions): Promise<void> {
  const { client, settings } = terminal;
  const { amount, currency, order: orderId, title } = options;
  const changes = { amount, currency, ...(orderId ? { orderId } : {}), ...(title ? { title } : {}) };
  const isPaid = options.pay && settings.apiKey.startsWith('bk_test_') && currency === 'PLN';
  if (!isPaid) {
    const { payment } = await client.createPayment(orderOf(settings.shopId, changes));
    return terminal.print(payment.url, payment);
  }
  const following = await followNow(terminal, { seconds: options.timeout });
  const { payment } = await client.createPayment(orderOf(settings.shopId, changes));
  if (!terminal.json) await terminal.print(payment.url, payment);
  await payByBlik(terminal, payment, options.blik);
  const { transaction } = await following.until((event) => isEnd(event, payment.id));
  await following.end();
  const { status, commission } = transaction;
  const paid = `Paid: ${inWords(payment.amount)}${commission ? `, commission ${inWords(commission.amount)}` : ''}.`;
  if (terminal.json || status === 'SETTLED') await terminal.print(paid, { ...payment, status, transaction });
  const why = [transaction.reason, transaction.code].filter((word) => word !== null).join(', ');
  if (status !== 'SETTLED') throw new NotDone(`It was not paid: ${status}${why && ` (${why})`}.`);
}

/** @throws BramkaError; then the payment is cancelled, since nobody is to pay what was made for a try alone. */
async function payByBlik({ client }: Terminal, { id }: Payment, code: string): Promise<void> {
  try {
    const idempotencyKey = `cli-${randomUUID()}`;
    await client.startTransaction({ paymentId: id, idempotencyKey, method: 'BLIK', blik: { code } });
  } catch (error) {
    await client.cancelPayment({ paymentId: id }).catch(() => {});
    throw error;
  }
}

type Ended = Extract<Event, { readonly __typename: 'TransactionEvent' }>;

function isEnd(event: Event, paymentId: string): event is Ended {
  if (event.__typename !== 'TransactionEvent' || event.transaction.payment.id !== paymentId) return false;
  return ['SETTLED', 'REJECTED', 'ERROR', 'CANCELLED'].includes(event.transactionStatus);
}
