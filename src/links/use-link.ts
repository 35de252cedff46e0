import { inTransaction, type Tx } from '../kernel/db/database.ts';
import type { Payment, PaymentLink } from '../kernel/db/generated/prisma/client.ts';
import { lockShops } from '../kernel/events/append-events.ts';
import { hashInput } from '../kernel/idempotency.ts';
import { createPayments } from '../payments/create-payment.ts';
import type { Customer } from '../payments/parse-customer.ts';
import { preparePayment } from '../payments/prepare-payment.ts';
import { readPayments } from '../payments/store.ts';
import type { Shop } from '../shops/model.ts';
import type { LinkDeps } from './deps.ts';
import { LinkNotActive } from './errors.ts';
import type { OpenedLink } from './find-link.ts';
import { linkStatusOf, toPaymentInput } from './model.ts';
import { readLink } from './store.ts';

/** Whoever wants to pay by a link. */
export type LinkPayer = {
  readonly customer: Customer;
  /** Of the form that he sent: the same form with the same words is the same payer. */
  readonly nonce: string;
};

/**
 * Gives the payment in which somebody pays by a link. A link with a single use has one payment for all who open it, and
 * makes another only when that one's time ran out before anybody tried to pay it; any other link makes one for each payer.
 * Whether a use is left is decided under the lock of the shop, so that a link never makes more payments that are paid, or can
 * be, than it may; and none is made after the link was disabled, so those without an end of uses wait for the lock as well.
 * The database keeps how many there are (docs/decisions/0067), so it takes the same time however many that is.
 * @throws LinkNotActive; InvalidInput for the customer; ShopNotActive, MerchantNotActive, CurrencyNotAvailable or
 * MethodNotAvailable when the shop has changed since.
 */
export async function useLink(deps: LinkDeps, opened: OpenedLink, payer: LinkPayer): Promise<Payment> {
  const { database } = deps.payments;
  const { payment, made } = await inTransaction(database, async (tx) => {
    const locked = lockShops(tx, [opened.link.shopId]);
    // Sent behind the lock in one go, and read once it is held.
    const [link] = await Promise.all([readLink(tx, opened.link.id), locked]);
    if (!link) throw new Error('A payment link is gone.');
    const shared = link.paymentId === null ? [] : await readPayments(tx, [link.paymentId]);
    if (shared[0]) return { payment: shared[0], made: 0 };
    return makePayment({ deps, tx, link, shop: opened.shop }, payer);
  });
  deps.metrics.paymentsCreated(made);
  return payment;
}

type Making = {
  readonly deps: LinkDeps;
  readonly tx: Tx;
  readonly link: PaymentLink;
  readonly shop: Shop;
};

async function makePayment(
  { deps, tx, link, shop }: Making,
  { customer, nonce }: LinkPayer,
): Promise<{ payment: Payment; made: number }> {
  const now = deps.payments.clock.now(shop);
  const words = hashInput(customer).toString('base64url').slice(0, 22);
  const idempotencyKey = `${link.id}:${link.usesMax === 1 ? link.made : `${nonce}:${words}`}`;
  const input = toPaymentInput(link, { customer, idempotencyKey }, now);
  const prepared = preparePayment(deps.prepare, { shop, source: 'LINK' }, input);
  const status = linkStatusOf(link, now);
  const [outcome] = await createPayments(tx, [
    {
      ...prepared,
      // What is sent again must find its payment, whatever the time is now: the key says it all.
      row: { ...prepared.row, linkId: link.id, inputHash: new Uint8Array(hashInput({ idempotencyKey })) },
      refusal: status === 'ACTIVE' ? prepared.refusal : new LinkNotActive(status),
    },
  ]);
  if (!outcome) throw new Error('Making a payment gave no outcome.');
  if ('refusal' in outcome) throw outcome.refusal;
  return { payment: outcome.value.payment, made: outcome.value.replayed ? 0 : 1 };
}
