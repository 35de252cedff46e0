import { randomUUID } from 'node:crypto';
import type { CreatePaymentInput, Currency, Event, Payment } from '@bramka/client';
import { inWords } from './describe-event.ts';
import { NotDone } from './errors.ts';
import { type Following, followNow } from './follow-now.ts';
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
  const { client, settings, signal } = terminal;
  const { amount, currency, order: orderId, title } = options;
  const named = { ...(orderId === undefined ? {} : { orderId }), ...(title === undefined ? {} : { title }) };
  const changes = { amount, currency, ...named };
  const create = async ({ signal }: Pick<Terminal, 'signal'>) =>
    (await client.createPayment(orderOf(settings.shopId, changes), { signal })).payment;
  const isPaid = options.pay && settings.apiKey.startsWith('bk_test_') && currency === 'PLN';
  if (!isPaid) {
    if (options.pay && currency !== 'PLN') terminal.say('BLIK takes PLN alone, so the payment is only made.');
    const payment = await create({ signal });
    return terminal.print(payment.url, payment);
  }
  const following = await followNow(terminal, { seconds: options.timeout });
  try {
    const payment = await create(following);
    if (!terminal.json) await terminal.print(payment.url, payment);
    const transaction = await tryToPay({ ...terminal, following }, payment, options.blik);
    const { status, commission, reason, code } = transaction;
    const paid = `Paid: ${inWords(payment.amount)}${commission ? `, commission ${inWords(commission.amount)}` : ''}.`;
    // What became of it is known, also when the payment cannot be read once more.
    const now = terminal.json ? await client.payment(payment.id, { signal: following.signal }).catch(() => null) : null;
    const newest = now ?? { ...payment, status: transaction.payment.status };
    if (terminal.json || status === 'SETTLED') await terminal.print(paid, { ...newest, transaction });
    const why = [reason, code].filter((word) => word !== null).join(', ');
    if (status !== 'SETTLED') throw new NotDone(`It was not paid: ${status}${why && ` (${why})`}.`);
  } finally {
    await following.end();
  }
}

type Trying = Terminal & { readonly following: Following };

/** Pays by BLIK and waits for the outcome. Programs are told of the payment also when there is none. */
async function tryToPay(trying: Trying, payment: Payment, code: string): Promise<Ended['transaction']> {
  const { client, following } = trying;
  let now = payment;
  let isUnderWay = false;
  try {
    const input = { paymentId: payment.id, idempotencyKey: `cli-${randomUUID()}`, blik: { code } };
    const { signal } = following;
    await client.startTransaction({ ...input, method: 'BLIK' }, { signal }).catch(async (error: unknown) => {
      now = await cancel(trying, payment);
      throw error;
    });
    isUnderWay = true;
    return (await following.until((event) => isEnd(event, payment.id))).transaction;
  } catch (error) {
    if (isUnderWay) trying.say(`Whether it was paid is not known; see ${payment.url}.`);
    if (trying.json) await trying.print(payment.url, { ...now, transaction: null });
    throw error;
  }
}

/** So long a gateway may take, in milliseconds, to cancel what nobody waits for any more. */
const cancelledMs = 3_000;

/** Nobody is to pay what was made for a try alone. @returns the payment as it is then. */
async function cancel({ client, say }: Trying, payment: Payment): Promise<Payment> {
  try {
    const patience = { signal: AbortSignal.timeout(cancelledMs) };
    return (await client.cancelPayment({ paymentId: payment.id }, patience)).payment;
  } catch {
    say(`The payment could not be cancelled; it may be open at ${payment.url}.`);
    return payment;
  }
}

type Ended = Extract<Event, { readonly __typename: 'TransactionEvent' }>;

function isEnd(event: Event, paymentId: string): event is Ended {
  if (event.__typename !== 'TransactionEvent' || event.transaction.payment.id !== paymentId) return false;
  return ['SETTLED', 'REJECTED', 'ERROR', 'CANCELLED'].includes(event.transactionStatus);
}
