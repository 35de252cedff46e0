import { z } from 'zod';
import type { PaymentMethod } from '../../kernel/db/generated/prisma/enums.ts';
import { InvalidInput } from '../../kernel/errors.ts';
import { parseLocale } from '../../kernel/i18n/locales.ts';
import { checkChannel } from '../../payments/check-channel.ts';
import type { Try } from '../../payments/guard-attempts.ts';
import { preparePayment } from '../../payments/prepare-payment.ts';
import { askGuard, type RefusedCard, startTransaction, type TokenisedCard } from '../../payments/start-transaction.ts';
import { tokeniseWalletToken } from '../../payments/tokenise-wallet-token.ts';
import { CustomerUnnamed } from '../../profiles/errors.ts';
import { isStoring } from '../../profiles/model.ts';
import { MethodNotAvailable } from '../../shops/errors.ts';
import { findVisibleShop } from '../../shops/find-shop.ts';
import { type Channel, channelFacts, isChannel, type Shop, takesCard } from '../../shops/model.ts';
import { findNewestStatus } from '../../transactions/store.ts';
import { wireMethod } from '../../webhooks/model.ts';
import { methodCodes } from '../form/method-words.ts';
import { toShares } from '../to-shares.ts';
import { unlessMissing } from '../wire-text.ts';
import { endpoint, type RestCall } from './endpoint.ts';
import { PlainCardData } from './errors.ts';
import * as examples from './example-answers.ts';
import * as fields from './fields.ts';
import { keptDocuments } from './keep-documents.ts';
import * as wire from './wire-schemas.ts';
import { actionOf, blikNumberOf, saleObject } from './wire-transaction.ts';

const schema = z.object({
  type: z.literal('sale', unlessMissing('Must be "sale".')),
  serviceId: fields.serviceId,
  amount: fields.amount,
  currency: fields.currency,
  orderId: fields.orderId,
  paymentMethod: z.enum(
    [...Object.values(wireMethod), 'ing'],
    unlessMissing('Must be a payment method, such as blik.'),
  ),
  paymentMethodCode: z.enum([...methodCodes], unlessMissing('Must be the code of a method, such as ipko.')),
  successReturnUrl: fields.webAddress,
  failureReturnUrl: fields.webAddress,
  returnUrl: fields.webAddress,
  notificationUrl: fields.webAddress,
  title: fields.title,
  additionalDescription: fields.description,
  validTo: fields.validTo,
  blikCode: fields.blikCode,
  clientIp: fields.clientIp,
  customer: fields.customer,
  card: z.unknown().meta({ description: 'Refused: card numbers pass through the payer’s page alone.' }).optional(),
  wallet: z.record(z.string(), z.unknown()).optional(),
  ...fields.documents,
});

const exampleBody = {
  ...{ type: 'sale', ...examples.exampleOrder, paymentMethod: 'blik', paymentMethodCode: 'blik' },
  ...{ blikCode: '777123', clientIp: '192.0.2.7' },
  ...{ successReturnUrl: 'https://shop.example/ok', failureReturnUrl: 'https://shop.example/no' },
};

type Body = z.output<typeof schema>;

/** `POST /transaction`: a payment with its first attempt (imoje protocol, section 5.1). */
export const createTransactionEndpoint = endpoint(
  {
    method: 'post',
    path: '/transaction',
    moves: 'createTransaction',
    about: {
      ...{ operationId: 'createTransaction', section: 'transactions' },
      summary: 'Pays from the shop’s own page: a payment with its first attempt.',
      answers: wire.saleAnswer,
      refuses: [
        'SHOP_NOT_ACTIVE',
        'MERCHANT_NOT_ACTIVE',
        'METHOD_NOT_AVAILABLE',
        'CURRENCY_NOT_AVAILABLE',
        'AMOUNT_OUT_OF_RANGE',
        'IDEMPOTENCY_KEY_REUSED',
        'PAYMENT_NOT_PAYABLE',
        'ATTEMPT_IN_PROGRESS',
      ],
      example: { body: exampleBody, answer: examples.exampleSale },
    },
  },
  schema,
  async (call) => {
    const { deps, actor, body, idempotencyKey } = call;
    if (body.card !== undefined) throw new PlainCardData();
    fields.requireClientIp(body);
    const shop = await findVisibleShop(deps.payments.shops, actor, body.serviceId);
    const channel = channelOf(body);
    if (isStoring(channel) && body.customer.cid === undefined) throw new CustomerUnnamed(channel);
    const { amount, currency } = body;
    const documents = keptDocuments(body) ?? null;
    const wished = { channel, amount, currency, documents, field: ['paymentMethodCode'] };
    const against = checkChannel(deps.payments, shop, wished);
    const { method } = channelFacts(channel);
    const wish = { ...paymentOf(body), idempotencyKey, methods: [method], preselectChannel: channel };
    const prepared = preparePayment(deps.prepare, { shop, source: 'REST', isSale: true }, wish);
    const card = await cardOf(call, { shop, method, channel });
    // What is refused or stopped leaves no payment behind; a call that was answered before finds its payment all the same.
    const known = against ?? prepared.refusal ?? (card && 'refusal' in card ? card.refusal : undefined);
    const asks = known === undefined && isEntered(body, channel);
    const admission = asks ? await askGuard(deps.payments, triedBy(body, shop, method)) : { refusal: undefined };
    const made = await deps.payments.creating.submit({ ...prepared, refusal: known ?? admission.refusal });
    const started = await startTransaction(
      deps.payments,
      { shop, source: 'API' },
      {
        ...{ paymentId: made.payment.id, withPayment: true, idempotencyKey, method, channel, enterLater: true },
        ...{ blikCode: body.blikCode, card, payerIp: body.clientIp, admission },
      },
    );
    const action = actionOf(started.transaction, deps.payments.publicUrl);
    const { payment, replayed } = started;
    // Who repeats a call may learn of a later attempt, made on our page.
    const last = replayed ? await findNewestStatus(deps.payments.database, payment.id) : started.transaction.status;
    const transaction = { ...saleObject({ ...started, shop, last }), ...blikNumberOf(started.transaction) };
    return { transaction, ...(action && { action }) };
  },
);

/** Says whether all is there that the attempt needs; else the payer enters it on our page, and is judged there. */
function isEntered({ blikCode, wallet }: Body, channel: Channel): boolean {
  if (channelFacts(channel).method === 'BLIK') return blikCode !== undefined;
  return !takesCard(channel) || wallet !== undefined;
}

function triedBy({ clientIp: address }: Body, { id: shopId }: Shop, method: PaymentMethod): Try {
  return { shopId, method, address, addressSeen: false };
}

/** The channel of a method and its code; codes that the gateway lacks are documented all the same. */
function channelOf({ paymentMethod, paymentMethodCode: code }: Body): Channel {
  if (!isChannel(code)) {
    throw new MethodNotAvailable(`${code} is not offered here; ask get-payment-methods what is.`, [
      'paymentMethodCode',
    ]);
  }
  const method: PaymentMethod = channelFacts(code).method;
  const word = paymentMethod === 'ing' ? 'pbl' : paymentMethod;
  if (wireMethod[method] !== word || (paymentMethod === 'ing' && code !== 'ing')) {
    throw new InvalidInput(`${code} is no code of the method ${paymentMethod}.`, ['paymentMethodCode']);
  }
  return code;
}

/** The card of the wallet token that came along, or the refusal of it; undefined when none came. */
async function cardOf(
  { deps, body }: RestCall<Body>,
  wish: { readonly shop: Shop; readonly method: PaymentMethod; readonly channel: Channel },
): Promise<TokenisedCard | RefusedCard | undefined> {
  return body.wallet === undefined ? undefined : tokeniseWalletToken(deps.cards, wish, JSON.stringify(body.wallet));
}

function paymentOf(body: Body) {
  const { amount, currency, orderId, title, customer } = body;
  const { cid, locale, ...payer } = customer;
  return {
    ...{ amount, currency, orderId, title, customer: payer },
    description: body.additionalDescription,
    locale: locale === undefined ? undefined : parseLocale(locale),
    successUrl: body.successReturnUrl,
    failureUrl: body.failureReturnUrl,
    returnUrl: body.returnUrl,
    notificationUrl: body.notificationUrl,
    validUntil: body.validTo,
    documents: keptDocuments({ ...body, cid }),
    shares: toShares(body.multipayout),
  };
}
