import { z } from 'zod';
import { inTransaction } from '../../kernel/db/database.ts';
import type { Payment } from '../../kernel/db/generated/prisma/client.ts';
import { NotFound } from '../../kernel/errors.ts';
import { parseLocale } from '../../kernel/i18n/locales.ts';
import { cancelPayment } from '../../payments/cancel-payment.ts';
import { findVisiblePayment } from '../../payments/find-payment.ts';
import { neverExpires } from '../../payments/model.ts';
import { preparePayment } from '../../payments/prepare-payment.ts';
import { findVisibleShop } from '../../shops/find-shop.ts';
import { isChannel, type Shop } from '../../shops/model.ts';
import { readAttempts } from '../../transactions/store.ts';
import { unixSeconds, wirePaymentStatus } from '../../webhooks/model.ts';
import { chooseMethods } from '../choose-methods.ts';
import { visibleMethodWords } from '../form/method-words.ts';
import { toShares } from '../to-shares.ts';
import { endpoint, type RestCall } from './endpoint.ts';
import * as examples from './example-answers.ts';
import * as fields from './fields.ts';
import { keptDocuments } from './keep-documents.ts';
import * as wire from './wire-schemas.ts';
import { saleObject } from './wire-transaction.ts';

/** As in the form, and `ing`, which is a method of the REST door alone (imoje protocol, section 11). */
const methodWords = { ...visibleMethodWords, ing: 'PBL' } as const;
const methodNames = Object.keys(methodWords) as (keyof typeof methodWords)[];

const createSchema = z.object({
  serviceId: fields.serviceId,
  amount: fields.amount,
  currency: fields.currency,
  orderId: fields.orderId,
  customer: fields.customer,
  title: fields.title,
  additionalDescription: fields.description,
  visibleMethod: fields.optional(
    z
      .array(z.enum(methodNames, `Must be one of ${methodNames.join(', ')}.`))
      .transform((words) => [...new Set(words.map((word) => methodWords[word]))]),
  ),
  preselectMethodCode: fields.optional(z.string().max(20)),
  returnUrl: fields.webAddress,
  successReturnUrl: fields.webAddress,
  failureReturnUrl: fields.webAddress,
  notificationUrl: fields.webAddress,
  validTo: fields.validTo,
  ...fields.documents,
});

/** `POST /payment`: a payment with an address to send to the payer (imoje protocol, section 6). */
export const createPaymentEndpoint = endpoint(
  {
    method: 'post',
    path: '/payment',
    names: { method: 'visibleMethod' },
    moves: 'createPayment',
    about: {
      ...{ operationId: 'createPayment', section: 'payments' },
      summary: 'Makes a payment with an address to send to the payer.',
      answers: wire.createdPaymentAnswer,
      refuses: [
        'SHOP_NOT_ACTIVE',
        'MERCHANT_NOT_ACTIVE',
        'METHOD_NOT_AVAILABLE',
        'CURRENCY_NOT_AVAILABLE',
        'AMOUNT_OUT_OF_RANGE',
        'IDEMPOTENCY_KEY_REUSED',
      ],
      example: {
        body: { ...examples.exampleOrder, visibleMethod: ['blik', 'card'] },
        answer: examples.exampleCreatedPayment,
      },
    },
  },
  createSchema,
  async ({ deps, actor, body, idempotencyKey }) => {
    const shop = await findVisibleShop(deps.payments.shops, actor, body.serviceId);
    const { amount, currency, orderId, title } = body;
    const { cid, locale, ...customer } = body.customer;
    const preselected = body.preselectMethodCode;
    const documents = keptDocuments({ ...body, cid });
    const wish = {
      ...{ idempotencyKey, amount, currency, orderId, title, customer },
      description: body.additionalDescription,
      methods: chooseMethods(deps.prepare, shop, { asked: body.visibleMethod ?? [], amount, currency, documents }),
      preselectChannel: preselected !== undefined && isChannel(preselected) ? preselected : undefined,
      locale: locale === undefined ? undefined : parseLocale(locale),
      returnUrl: body.returnUrl,
      successUrl: body.successReturnUrl,
      failureUrl: body.failureReturnUrl,
      notificationUrl: body.notificationUrl,
      validUntil: body.validTo,
      documents,
      shares: toShares(body.multipayout),
    };
    // Which of the methods are chosen depends on those that the shop has just now.
    const { payment } = await deps.payments.creating.submit(
      preparePayment(deps.prepare, { shop, source: 'REST', asked: body }, wish),
    );
    return {
      payment: {
        ...namesOf(payment, deps.payments.publicUrl),
        amount: Number(payment.amount),
        currency: payment.currency,
        returnUrl: payment.returnUrl ?? '',
        failureReturnUrl: payment.failureUrl ?? '',
        successReturnUrl: payment.successUrl ?? '',
        notificationUrl: payment.notificationUrl ?? shop.notificationUrl ?? '',
        customer: customerObject(payment),
        isActive: isActive(payment),
        validTo: validToOf(payment),
        created: unixSeconds(payment.createdAt),
        modified: unixSeconds(payment.updatedAt),
      },
    };
  },
);

/** `GET /payment/{id}`: a payment without a wrapper, with all its attempts (imoje protocol, section 6). */
export const readPaymentEndpoint = endpoint(
  {
    method: 'get',
    path: '/payment/:paymentId',
    about: {
      ...{ operationId: 'readPayment', section: 'payments' },
      summary: 'Reads a payment with all its attempts.',
      answers: wire.payment,
      refuses: [],
      example: { answer: examples.examplePayment },
    },
  },
  fields.noBody,
  async ({ deps, actor, params }) => {
    const found = await findVisiblePayment(deps.payments, actor, { id: params.paymentId ?? '', field: 'paymentId' });
    return paymentObject(deps, found);
  },
);

/** `POST /payment/cancel`: nobody can pay the payment any more (imoje protocol, section 6). */
export const cancelPaymentEndpoint = endpoint(
  {
    method: 'post',
    path: '/payment/cancel',
    moves: 'cancelPayment',
    about: {
      ...{ operationId: 'cancelPayment', section: 'payments' },
      summary: 'Ends a payment: nobody can pay it any more.',
      answers: wire.payment,
      refuses: ['PAYMENT_NOT_PAYABLE', 'ATTEMPT_IN_PROGRESS'],
      example: {
        body: { serviceId: examples.exampleServiceId, paymentId: examples.examplePaymentId },
        answer: {
          ...examples.examplePayment,
          status: 'cancelled',
          isActive: false,
          isUsed: false,
          usedAt: null,
          transactions: [],
        },
      },
    },
  },
  z.object({ serviceId: fields.serviceId, paymentId: z.string() }),
  async ({ deps, actor, body }) => {
    const { payment, shop } = await findVisiblePayment(deps.payments, actor, {
      id: body.paymentId,
      field: 'paymentId',
    });
    if (shop.id !== body.serviceId) throw new NotFound('No payment with this id belongs to this shop.', ['paymentId']);
    return paymentObject(deps, { payment: await cancelPayment(deps.payments, actor, payment.id), shop });
  },
);

async function paymentObject(
  { payments }: RestCall<unknown>['deps'],
  { payment, shop }: { readonly payment: Payment; readonly shop: Shop },
): Promise<object> {
  const attempts = await inTransaction(payments.database, (tx) => readAttempts(tx, [payment.id]));
  const last = attempts.at(-1)?.status;
  const visited = attempts.find(({ source }) => source === 'WEB')?.createdAt;
  return {
    ...namesOf(payment, payments.publicUrl),
    amount: Number(payment.amount),
    currency: payment.currency,
    status: wirePaymentStatus(payment.status, last),
    isActive: isActive(payment),
    validTo: validToOf(payment),
    created: unixSeconds(payment.createdAt),
    modified: unixSeconds(payment.updatedAt),
    isGenerated: payment.source === 'LINK',
    isUsed: payment.settledAt !== null,
    usedAt: payment.settledAt && unixSeconds(payment.settledAt),
    isConfirmVisited: visited !== undefined,
    confirmVisitedAt: visited === undefined ? null : unixSeconds(visited),
    returnUrl: payment.returnUrl ?? '',
    failureReturnUrl: payment.failureUrl ?? '',
    successReturnUrl: payment.successUrl ?? '',
    notificationUrl: payment.notificationUrl ?? shop.notificationUrl ?? '',
    customer: customerObject(payment),
    transactions: attempts.map((transaction) => saleObject({ payment, transaction, shop, last })),
  };
}

/** A paid one is still active on the wire (imoje protocol, section 6). */
function isActive({ status }: Payment): boolean {
  return status !== 'CANCELLED' && status !== 'EXPIRED';
}

function namesOf(payment: Payment, publicUrl: string) {
  return {
    id: payment.id,
    url: `${publicUrl}/pay/${payment.id}`,
    serviceId: payment.shopId,
    orderId: payment.orderId,
    title: payment.title ?? '',
    simp: '',
  };
}

function customerObject(payment: Payment) {
  return {
    firstName: payment.customerFirstName,
    lastName: payment.customerLastName,
    phone: payment.customerPhone ?? '',
    email: payment.customerEmail ?? '',
    locale: payment.locale ?? '',
  };
}

function validToOf({ validUntil }: Payment): number | null {
  return validUntil < neverExpires ? unixSeconds(validUntil) : null;
}
