import { inTransaction } from '../../kernel/db/database.ts';
import type { Payment } from '../../kernel/db/generated/prisma/client.ts';
import { Refusal } from '../../kernel/errors.ts';
import type { Seal } from '../../kernel/seal.ts';
import type { PaymentDeps } from '../../payments/deps.ts';
import { mayBringMoney } from '../../payments/may-bring-money.ts';
import type { PrepareDeps } from '../../payments/prepare-payment.ts';
import type { Shop } from '../../shops/model.ts';
import { isLive } from '../../transactions/model.ts';
import { readAttempts } from '../../transactions/store.ts';
import { FormInvalid } from '../errors.ts';
import { toShares } from '../to-shares.ts';
import { recipientsAgainst } from './check-recipients.ts';
import { findSigner, type Readings } from './find-signer.ts';
import { type PaymentForm, readPaymentForm } from './form-fields.ts';
import { formFingerprint } from './form-fingerprint.ts';
import { toPaymentWish } from './payment-wish.ts';

export type OpenPaymentDeps = { readonly payments: PaymentDeps; readonly prepare: PrepareDeps; readonly seal: Seal };

/** How many payments one signed form can make, one after the other. */
const generationsMax = 50;

/**
 * Opens the payment that a signed form asks for. The same form sent again, as browsers do on reload and on going back,
 * opens the same payment; when that one is cancelled or expired and can bring no money any more, it makes the next, if it
 * still may.
 * @param readings what else than the form itself may be signed; what was signed says which payment it is.
 * @param door through which it came: a card widget stores the card unless it says otherwise.
 * @throws FormNotSigned, FormInvalid, or any refusal of a new payment; then nothing was written.
 */
export async function openPayment(
  deps: OpenPaymentDeps,
  readings: Readings,
  door: 'form' | 'widget' = 'form',
): Promise<Payment> {
  const { shop, signed } = await findSigner(deps, readings);
  const read = readPaymentForm(readings[0], signed);
  const form = door === 'widget' ? asWidget(read) : read;
  const fingerprint = formFingerprint(signed);
  const unconfirmed = await recipientsAgainst(deps.payments.database, shop, toShares(form.multipayout));
  let latest: Payment | undefined;
  for (let generation = 0; generation < generationsMax; generation += 1) {
    const wish = toPaymentWish(deps.prepare, { shop, form }, { fingerprint, generation });
    // What depends on the moment is noted: a form that comes again finds its payment all the same.
    const refusal = wish.refusal ?? unconfirmed;
    const opened = await deps.payments.creating.submit({ ...wish, refusal }).catch((error: unknown) => {
      // What cannot be made anew is shown as it ended.
      if (latest && error instanceof Refusal) return { payment: latest, replayed: false };
      throw error;
    });
    if (!opened.replayed || !(await mayRenew(deps.payments, shop, opened.payment))) return opened.payment;
    latest = opened.payment;
  }
  if (!latest) throw new Error('No payment was opened.');
  return latest;
}

/** A card widget stores the card unless it says otherwise, and so needs to know whose it is (imoje protocol, section 1b). */
function asWidget(form: PaymentForm): PaymentForm {
  const { widgetType = 'oneclick', customerId } = form;
  if (widgetType !== 'ecom3ds' && customerId === undefined) {
    throw new FormInvalid([{ field: 'customerId', message: `Is required by the widget type ${widgetType}.` }]);
  }
  return { ...form, widgetType, ofWidget: true };
}

/**
 * Says whether a payment is over and no attempt on it can bring money any more, not even one that ended with it: its payer
 * may have paid at his bank before, and would pay twice.
 */
async function mayRenew(deps: PaymentDeps, shop: Shop, payment: Payment): Promise<boolean> {
  const { status, validUntil } = payment;
  const now = deps.clock.now(shop);
  const over = status === 'CANCELLED' || status === 'EXPIRED';
  if (!over && !(status === 'NEW' && validUntil <= now)) return false;
  const attempts = await inTransaction(deps.database, (tx) => readAttempts(tx, [payment.id]));
  return !attempts.some((attempt) => isLive(attempt.status) || mayBringMoney(attempt, deps.acquirers, now));
}
