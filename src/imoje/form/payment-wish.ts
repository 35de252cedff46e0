import type { Prisma } from '../../kernel/db/generated/prisma/client.ts';
import type { PreparedPayment } from '../../payments/create-payment.ts';
import { type CreatePaymentInput, type PrepareDeps, preparePayment } from '../../payments/prepare-payment.ts';
import type { Shop } from '../../shops/model.ts';
import { chooseMethods } from '../choose-methods.ts';
import { toShares } from '../to-shares.ts';
import type { PaymentForm } from './form-fields.ts';

/** Under which a form's payment is kept. */
export type FormKey = { readonly fingerprint: string; readonly generation: number };

/**
 * Makes the wish for a payment that a form asks for. The key already says what was signed, so the same form is always
 * the same wish, whatever of it we read today. Of the methods that the form names, those the shop lacks are passed over
 * as long as one is left.
 * @throws InvalidInput for a field that is wrong whenever it is sent.
 */
export function toPaymentWish(
  deps: PrepareDeps,
  owner: { readonly shop: Shop; readonly form: PaymentForm },
  key: FormKey,
): PreparedPayment {
  const { shop, form } = owner;
  const asked = form.visibleMethods ?? [];
  const { amount, currency } = form;
  const methods = chooseMethods(deps, shop, { asked, amount, currency, documents: documentsOf(form) });
  const prepared = preparePayment(
    deps,
    { shop, source: 'FORM' },
    {
      ...inputOf(form),
      idempotencyKey: `${key.fingerprint}:${key.generation}`,
      methods,
    },
  );
  return {
    ...prepared,
    row: { ...prepared.row, methods: [...asked], inputHash: new Uint8Array(Buffer.from(key.fingerprint, 'hex')) },
  };
}

function inputOf(form: PaymentForm): Omit<CreatePaymentInput, 'idempotencyKey' | 'methods'> {
  const { urls } = form;
  return {
    amount: form.amount,
    currency: form.currency,
    orderId: form.orderId,
    title: form.title,
    description: form.additionalDescription,
    customer: form.customer,
    preselectChannel: form.preselectMethodCode ?? form.widgetType,
    successUrl: urls.success,
    failureUrl: urls.failure,
    returnUrl: urls.return,
    notificationUrl: urls.notification,
    validUntil: form.validUntil,
    documents: documentsOf(form),
    shares: toShares(form.multipayout),
  };
}

/** What only some methods need, as JSON. */
function documentsOf(form: PaymentForm): Prisma.JsonObject | undefined {
  const { billing, shipping, invoice, cart, cartData, version, customerId, urlCancel, ofWidget: widget } = form;
  const text = JSON.stringify({ billing, shipping, invoice, cart, cartData, version, customerId, urlCancel, widget });
  return text === '{}' ? undefined : (JSON.parse(text) as Prisma.JsonObject);
}
