import { type Acquirers, acquirerFor } from '../acquirers/port.ts';
import { requireShares, type Share } from '../baskets/model.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Payment, Prisma } from '../kernel/db/generated/prisma/client.ts';
import type { CaptureMode, Currency, PaymentMethod, PaymentSource } from '../kernel/db/generated/prisma/enums.ts';
import { InvalidInput, Refusal } from '../kernel/errors.ts';
import { hashInput, parseIdempotencyKey } from '../kernel/idempotency.ts';
import { newId } from '../kernel/ids.ts';
import { amountMax, parsePaymentAmount } from '../kernel/money.ts';
import type { StandIns } from '../kernel/name-faults.ts';
import { parseText, refuseCardNumber } from '../kernel/text.ts';
import { type AddressRule, parseCallableAddress, parseWebAddress } from '../kernel/web-address.ts';
import { AmountOutOfRange, CurrencyNotAvailable, MethodNotAvailable } from '../shops/errors.ts';
import { requireActive } from '../shops/find-shop.ts';
import { type Channel, channelFacts, limitsAgainst, type Shop, takesCurrency } from '../shops/model.ts';
import { documentsAgainst } from './check-documents.ts';
import type { PreparedPayment } from './create-payment.ts';
import { defaultValidUntil, neverExpires, validitySecondsMin } from './model.ts';
import { type Customer, parseCustomer } from './parse-customer.ts';

/** A wish for a payment as it came through some door, with fields in their own types but not yet checked. */
export type CreatePaymentInput = {
  readonly idempotencyKey: string;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly orderId: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly customer: Customer;
  readonly locale?: string | undefined;
  readonly methods?: readonly PaymentMethod[] | undefined;
  readonly preselectChannel?: string | undefined;
  /** Undefined: as the shop has it. */
  readonly captureMode?: CaptureMode | undefined;
  readonly successUrl?: string | undefined;
  readonly failureUrl?: string | undefined;
  readonly returnUrl?: string | undefined;
  readonly notificationUrl?: string | undefined;
  readonly validUntil?: Date | 'never' | undefined;
  readonly documents?: Prisma.JsonObject | undefined;
  /** How the money is split; undefined or empty: all of it is the shop's. */
  readonly shares?: readonly Share[] | undefined;
};

export type PrepareDeps = {
  readonly clock: Clock;
  readonly acquirers: Acquirers;
  readonly addressRule: AddressRule;
};

/** For `nameFaults`, of the inputs of this verb and of those that are made from it. */
export const paymentStandIns: StandIns = {
  ...{ idempotencyKey: 'key', amount: amountMax, orderId: 'order' },
  ...{ 'customer.firstName': 'Jan', 'customer.lastName': 'Kowalski' },
  ...{ 'shares.*.iban': 'PL61109010140000071219812874', 'shares.*.amount': 1n, 'shares.*.label': 'label' },
  'shares.*.title': 'title',
  ...{ 'cart.items': [], 'cart.items.*.number': '1', 'cart.items.*.name': 'name', 'cart.items.*.amount': 1n },
  ...{ 'cart.items.*.tax': 1n, 'cart.items.*.quantity': 1 },
  ...{
    'invoice.number': '1',
    'invoice.buyer.name': 'name',
    'invoice.buyer.taxNumber': '1',
    'invoice.buyer.country': 'PL',
  },
  ...{ 'invoice.positions': [], 'invoice.positions.*.name': 'name', 'invoice.positions.*.quantity': 1 },
  ...{ 'invoice.positions.*.grossAmount': 1n, 'invoice.positions.*.taxAmount': 1n },
};

/**
 * Checks a wish for a payment and makes the row to write. What depends on the moment (is the shop active, is the expiry
 * ahead) does not throw but is noted, since a repeated wish must find its payment all the same.
 * @param owner.isSale true when a call of the REST door makes it for its own attempt; undefined: it is not.
 * @param owner.asked what the caller sent, where the wish holds more, such as what a shop has just now: by it alone a repeated call
 * is known. Undefined: the wish itself.
 * @throws InvalidInput for a field that is wrong whenever it is sent.
 */
export function preparePayment(
  deps: PrepareDeps,
  owner: { readonly shop: Shop; readonly source: PaymentSource; readonly isSale?: boolean; readonly asked?: object },
  input: CreatePaymentInput,
): PreparedPayment {
  const { shop, source, isSale = false, asked } = owner;
  const now = deps.clock.now(shop);
  const addresses = parseAddresses(input, deps.addressRule);
  const customer = parseCustomer(input.customer);
  for (const name of ['description', 'documents', 'shares'] as const) refuseCardNumber(input[name], [name]);
  const { shares = [] } = input;
  requireShares(shares, parsePaymentAmount(input.amount));
  const row: Payment = {
    id: newId(now),
    shopId: shop.id,
    source,
    linkId: null,
    idempotencyKey: parseIdempotencyKey(input.idempotencyKey),
    inputHash: new Uint8Array(hashInput(asked ?? input)),
    status: 'NEW',
    amount: parsePaymentAmount(input.amount),
    currency: input.currency,
    refundedAmount: 0n,
    orderId: parseText(input.orderId, 'orderId', { max: 100 }),
    title: input.title === undefined ? null : parseText(input.title, 'title', { max: 255, min: 0 }),
    description: input.description ?? null,
    ...customer,
    locale: input.locale ?? null,
    methods: [...new Set(input.methods ?? [])],
    preselectChannel: input.preselectChannel ?? null,
    captureMode: input.captureMode ?? shop.captureMode,
    ...addresses,
    documents: input.documents ?? null,
    isSplit: shares.length > 0,
    isSale,
    validUntil: validUntilOf(input.validUntil, shop, now),
    createdAt: now,
    updatedAt: now,
    settledAt: null,
  };
  const expires = row.validUntil < neverExpires;
  return {
    ...{ row, merchantId: shop.merchantId, expires, shares, refusal: refusalNow(deps, shop, { row, now, input }) },
    formerHash: asked && hashInput(input),
  };
}

/** Why the payment may not be made at this moment, if so. */
function refusalNow(
  deps: PrepareDeps,
  shop: Shop,
  wish: { readonly row: Payment; readonly now: Date; readonly input: CreatePaymentInput },
): Refusal | undefined {
  try {
    requireActive(shop);
    if (!shop.currencies.includes(wish.row.currency))
      throw new CurrencyNotAvailable(wish.row.currency, shop.currencies);
    requireMethods(deps.acquirers, shop, wish.row);
    requireAhead(wish.input, wish.now);
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/**
 * Demands that an expiry, where one is given, is far enough ahead of a moment.
 * @throws InvalidInput when it is less than a minute (a second is let pass for the way here).
 */
export function requireAhead({ validUntil }: Pick<CreatePaymentInput, 'validUntil'>, now: Date): void {
  if (validUntil === undefined || validUntil === 'never') return;
  const secondsAhead = Math.floor((validUntil.getTime() - now.getTime()) / 1000);
  if (secondsAhead >= validitySecondsMin - 1) return;
  throw new InvalidInput(`validUntil must lie at least ${validitySecondsMin} seconds ahead.`, ['validUntil']);
}

function requireMethods(acquirers: Acquirers, shop: Shop, row: Payment): void {
  const { methods, amount, currency } = row;
  const isOffered = (channel: Channel): boolean => acquirerFor(acquirers, channel) !== undefined;
  // Most payments leave the method to the payer, so the first channel that takes the currency settles it.
  if (methods.length === 0 && shop.channels.some((channel) => takesCurrency(channel, currency) && isOffered(channel))) {
    return;
  }
  const offered = shop.channels.filter(isOffered);
  if (methods.length > 0) requireOffered(methods, offered);
  // One method that takes the currency and the amount, and has the documents it needs, is enough: the payer is shown no other.
  const wanted =
    methods.length === 0 ? offered : offered.filter((channel) => methods.includes(channelFacts(channel).method));
  const paying = wanted.filter((channel) => takesCurrency(channel, currency));
  if (wanted.length > 0 && paying.length === 0) {
    const taken = shop.currencies.filter((other) => wanted.some((channel) => takesCurrency(channel, other)));
    throw new CurrencyNotAvailable(currency, taken, methods);
  }
  if (methods.length === 0) return;
  const lacking = paying.map((channel) => documentsAgainst(channel, row, shop));
  if (lacking[0] && lacking.every((why) => why)) throw new MethodNotAvailable(lacking[0], ['methods']);
  const limits = paying.map((channel) => limitsAgainst(channel, amount));
  const [first] = limits;
  if (first && limits.every((limit) => limit)) throw new AmountOutOfRange(methods.join(', '), first, ['amount']);
}

function requireOffered(methods: readonly PaymentMethod[], offered: readonly Channel[]): void {
  const available = new Set(offered.map((channel) => channelFacts(channel).method));
  const missing = methods.find((method) => !available.has(method));
  if (missing === undefined) return;
  throw new MethodNotAvailable(
    `This shop does not offer ${missing}; it offers ${[...available].join(', ') || 'none'}.`,
    ['methods'],
  );
}

function parseAddresses(
  input: CreatePaymentInput,
  rule: AddressRule,
): Pick<Payment, 'successUrl' | 'failureUrl' | 'returnUrl' | 'notificationUrl'> {
  const web = (name: 'successUrl' | 'failureUrl' | 'returnUrl'): string | null => {
    const text = input[name];
    return text === undefined ? null : parseWebAddress(text, [name]);
  };
  const { notificationUrl } = input;
  return {
    successUrl: web('successUrl'),
    failureUrl: web('failureUrl'),
    returnUrl: web('returnUrl'),
    notificationUrl:
      notificationUrl === undefined ? null : parseCallableAddress(notificationUrl, rule, ['notificationUrl']),
  };
}

function validUntilOf(given: CreatePaymentInput['validUntil'], shop: Shop, now: Date): Date {
  if (given === 'never') return neverExpires;
  if (given !== undefined && given > neverExpires) {
    throw new InvalidInput('validUntil must lie before the year 10000.', ['validUntil']);
  }
  return given ?? defaultValidUntil(now, shop.paymentValiditySeconds);
}
