import { randomUUID } from 'node:crypto';
import type { CreatePaymentInput, Event, EventType, Payment, StartTransactionInput } from '@bramka/client';
import { approveAt } from './approve-at.ts';
import { typeOf } from './describe-event.ts';
import { WrongUse } from './errors.ts';
import { type Following, paymentIdOf } from './follow-now.ts';
import { orderOf } from './pay.ts';
import type { Terminal } from './terminal.ts';

/** What a recipe works with: the gateway, and the events of the shop from before its first step. */
export type Kitchen = Terminal & {
  readonly following: Following;
  /** The payer of this run alone, by whom its stored instruments are told from those of others in the same shop. */
  readonly customerId: string;
};

/** Does what makes the sandbox write an event, and gives the payment that the event is about. */
type Recipe = (kitchen: Kitchen) => Promise<Payment>;

/** A title of docs/test-codes.md, which the sandbox obeys. */
type Wish = { readonly title?: string };

const key = (): string => `cli-${randomUUID()}`;

const create = ({ client, settings, signal }: Kitchen, changes: Partial<CreatePaymentInput> = {}): Promise<Payment> =>
  client.createPayment(orderOf(settings.shopId, changes), { signal }).then(({ payment }) => payment);

async function start(
  kitchen: Kitchen,
  payment: Payment,
  wish: Partial<StartTransactionInput>,
): Promise<string | undefined> {
  const input = { paymentId: payment.id, idempotencyKey: key(), method: 'BLIK' as const, ...wish };
  const { action } = await kitchen.client.startTransaction(input, { signal: kitchen.signal });
  return action?.__typename === 'Redirect' ? action.url : undefined;
}

/** Pays by a BLIK code of docs/test-codes.md. */
const blik =
  (code: string): Recipe =>
  async (kitchen) => {
    const payment = await create(kitchen);
    await start(kitchen, payment, { blik: { code } });
    return payment;
  };

/** Goes to a bank's page, and no further. */
const atBank =
  ({ title }: Wish = {}): Recipe =>
  async (kitchen) => {
    const payment = await create(kitchen, { ...(title ? { title } : {}) });
    await start(kitchen, payment, { method: 'PBL', channel: 'mtransfer' });
    return payment;
  };

/** Reserves money on a card by Visa Mobile, whose simulated page takes the payer's consent. */
const authorize =
  ({ title }: Wish = {}): Recipe =>
  async (kitchen) => {
    const payment = await create(kitchen, { capture: 'MANUAL', ...(title ? { title } : {}) });
    const page = await start(kitchen, payment, { method: 'WALLET', channel: 'visa_mobile' });
    if (page) await approveAt(page, kitchen.signal);
    return payment;
  };

type Charged = Extract<Event, { readonly __typename: 'TransactionEvent' }>;

const transactionId = async (kitchen: Kitchen, payment: Payment, status: 'SETTLED' | 'AUTHORIZED'): Promise<string> => {
  const isIt = (event: Event): event is Charged =>
    event.__typename === 'TransactionEvent' && event.transactionStatus === status && paymentIdOf(event) === payment.id;
  return (await kitchen.following.until(isIt)).transaction.id;
};

const capture =
  (wish: Wish = {}): Recipe =>
  async (kitchen) => {
    const payment = await authorize(wish)(kitchen);
    const authorized = await transactionId(kitchen, payment, 'AUTHORIZED');
    await kitchen.client.captureTransaction(
      { transactionId: authorized, idempotencyKey: key() },
      { signal: kitchen.signal },
    );
    return payment;
  };

const release =
  (wish: Wish = {}): Recipe =>
  async (kitchen) => {
    const payment = await authorize(wish)(kitchen);
    const authorized = await transactionId(kitchen, payment, 'AUTHORIZED');
    await kitchen.client.voidTransaction(
      { transactionId: authorized, idempotencyKey: key() },
      { signal: kitchen.signal },
    );
    return payment;
  };

const refund =
  (reason?: string): Recipe =>
  async (kitchen) => {
    const payment = await blik('123456')(kitchen);
    const settled = await transactionId(kitchen, payment, 'SETTLED');
    const { amount } = payment.amount;
    const wanted = { transactionId: settled, idempotencyKey: key(), amount, ...(reason ? { reason } : {}) };
    await kitchen.client.createRefund(wanted, { signal: kitchen.signal });
    return payment;
  };

const cancelled =
  (before: Recipe): Recipe =>
  async (kitchen) => {
    const payment = await before(kitchen);
    await kitchen.client.cancelPayment({ paymentId: payment.id }, { signal: kitchen.signal });
    return payment;
  };

/** How each event is made in the sandbox: by the codes, titles and reasons of docs/test-codes.md. */
export const recipes: { readonly [type in EventType]?: Recipe } = {
  PAYMENT_CREATED: (kitchen) => create(kitchen),
  PAYMENT_PENDING: blik('123456'),
  PAYMENT_SETTLED: blik('123456'),
  PAYMENT_NEW: blik('960111'),
  PAYMENT_AUTHORIZED: authorize(),
  PAYMENT_CANCELLED: cancelled((kitchen) => create(kitchen)),
  TRANSACTION_PENDING: blik('123456'),
  TRANSACTION_SETTLED: blik('123456'),
  TRANSACTION_REJECTED: blik('960111'),
  TRANSACTION_UNKNOWN: blik('700000'),
  TRANSACTION_ERROR: atBank({ title: 'TEST-100010' }),
  TRANSACTION_CANCELLED: cancelled(atBank()),
  TRANSACTION_AUTHORIZED: authorize(),
  TRANSACTION_SUBMITTED: capture(),
  CAPTURE_PENDING: capture(),
  CAPTURE_SETTLED: capture(),
  CAPTURE_REJECTED: capture({ title: 'TEST-100015' }),
  CAPTURE_UNKNOWN: capture({ title: 'TEST-100016' }),
  VOID_PENDING: release(),
  VOID_SETTLED: release(),
  VOID_UNKNOWN: release({ title: 'TEST-100017' }),
  REFUND_PENDING: refund(),
  REFUND_SETTLED: refund(),
  REFUND_REJECTED: refund('TEST-100010'),
  REFUND_UNKNOWN: refund('TEST-100012'),
  PROFILE_ACTIVE: storedAlias,
  PROFILE_DEACTIVATED: forgottenAlias,
};

/** Pays by BLIK and stores the payer's alias. */
async function storedAlias(kitchen: Kitchen): Promise<Payment> {
  const payment = await create(kitchen, { customerId: kitchen.customerId });
  await start(kitchen, payment, { channel: 'blik_oneclick', blik: { code: '123456' } });
  return payment;
}

async function forgottenAlias(kitchen: Kitchen): Promise<Payment> {
  type Stored = Extract<Event, { readonly __typename: 'ProfileEvent' }>;
  const payment = await storedAlias(kitchen);
  const isIt = (event: Event): event is Stored =>
    event.__typename === 'ProfileEvent' && event.type === 'PROFILE_ACTIVE' && isOwn(event, kitchen, payment);
  const { profile } = await kitchen.following.until(isIt);
  await kitchen.client.deactivateProfile({ profileId: profile.id }, { signal: kitchen.signal });
  return payment;
}

/** Whether an event is about what this run has made: its payment, or an instrument of its payer. */
export function isOwn(event: Event, { customerId }: Pick<Kitchen, 'customerId'>, payment: Payment): boolean {
  if (event.__typename === 'ProfileEvent') return event.profile.customerId === customerId;
  return paymentIdOf(event) === payment.id;
}

/** The name of an event as people write it, `payment.settled` too. @throws WrongUse for one that cannot be made. */
export function recipeFor(name: string): { readonly type: EventType; readonly cook: Recipe } {
  const type = typeOf(name);
  const cook = Object.hasOwn(recipes, type) ? recipes[type] : undefined;
  if (cook) return { type, cook };
  const these = Object.keys(recipes).join(', ');
  throw new WrongUse(
    `${name} cannot be made on demand; these can: ${these}. What time alone brings comes by advanceClock (docs/test-codes.md).`,
  );
}
