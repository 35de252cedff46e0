import { z } from 'zod';
import { currencies } from '../../kernel/money.ts';
import { wireMethod, wirePaymentStatuses, wireRefundStatus, wireTransactionStatus } from '../../webhooks/model.ts';

/** Unix seconds. */
const moment = z.int().min(0);
const amount = z.int().min(0);
const currency = z.enum(currencies);
const id = z.uuid();
const method = z.enum(Object.values(wireMethod));
const paymentStatus = z.enum(wirePaymentStatuses);
/** Pictures of ours, 192 by 96 pixels, whose address stays good. */
const image = z.array(z.strictObject({ png: z.url() })).length(1);

/** What sales and refunds begin with, in the documented order. */
function transactionOf<Type extends 'sale' | 'refund', Status extends z.ZodType>(type: Type, status: Status) {
  return z.strictObject({
    ...{ id, type: z.literal(type), status, source: z.enum(['api', 'web']), created: moment, modified: moment },
    ...{ notificationUrl: z.string(), serviceId: id, amount, currency, title: z.string(), orderId: z.string() },
    ...{ paymentMethod: method, paymentMethodCode: z.string() },
  });
}

/** A stored card (imoje protocol, section 8). */
export const paymentProfile = z.strictObject({
  ...{ id, merchantMid: z.string(), merchantCustomerId: z.string(), firstName: z.string(), lastName: z.string() },
  ...{ email: z.string(), maskedNumber: z.string(), month: z.string(), year: z.string(), organization: z.string() },
  ...{ isActive: z.literal([0, 1]), profile: z.enum(['ONE_CLICK', 'RECURRING']), firstTransactionId: id },
});

const refused = { statusCode: z.string().optional(), statusCodeDescription: z.string().optional() };

/** An attempt to pay (imoje protocol, section 5.1). */
export const sale = transactionOf('sale', z.enum([...new Set(Object.values(wireTransactionStatus))])).extend({
  payment: z.strictObject({ id, status: paymentStatus }),
  ...refused,
  paymentProfile: paymentProfile.optional(),
});

/** Money that goes back (imoje protocol, section 7). */
export const refund = transactionOf('refund', z.enum([...new Set(Object.values(wireRefundStatus))])).extend(refused);

const place = { url: z.url(), method: z.enum(['GET', 'POST']), contentType: z.string(), contentBodyRaw: z.string() };

/** Where the payer has to go, or the account to which he has to send the money. */
const action = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('redirect'), ...place }),
  z.strictObject({ type: z.literal('transfer'), ...place, ban: z.string().regex(/^[0-9]{26}$/) }),
]);

/** Of BLIK, once the attempt is under way. */
const blikNumber = {
  blikTransactionId: z
    .string()
    .regex(/^[0-9]{11}$/)
    .optional(),
};

export const saleAnswer = z.strictObject({ transaction: sale.extend(blikNumber), action: action.optional() });

export const movedAnswer = z.strictObject({ transaction: sale });
export const refundAnswer = z.strictObject({ transaction: refund });

const person = { firstName: z.string(), lastName: z.string(), email: z.string() };
const addressParts = ['company', 'street', 'city', 'region', 'postalCode', 'countryCodeAlpha2', 'taxId'] as const;
/** What was given of an address; the names and the e-mail address are the payer's where it has none. */
const address = z.strictObject({
  ...person,
  ...Object.fromEntries(addressParts.map((part) => [part, z.string().optional()])),
});

/** A sale, or a refund, which is a transaction to imoje as well (imoje protocol, section 5.2). */
export const readAnswer = z.strictObject({
  transaction: z.union([
    refund,
    sale.extend({
      refunds: z.array(refundAnswer),
      fee: z.strictObject({ merchant: z.int(), surcharge: z.int() }).optional(),
      paidAmount: amount,
      ...blikNumber,
      ...{ customer: z.strictObject({ ...person, phone: z.string() }), billing: address, shipping: address },
    }),
  ]),
  action: action.optional(),
});

export const profileAnswer = z.strictObject({ paymentProfile });
export const profilesAnswer = z.strictObject({ paymentProfiles: z.array(paymentProfile) });

/** A stored BLIK alias, with the bank apps that hold it. */
export const blikProfile = z.strictObject({
  ...{ id, label: z.string(), isActive: z.literal([0, 1]) },
  aliasList: z.array(z.strictObject({ key: z.string(), label: z.string() })),
});
export const blikProfileAnswer = z.strictObject({ blikProfile });
export const blikProfilesAnswer = z.strictObject({ blikProfiles: z.array(blikProfile) });

export const canRefundAnswer = z.strictObject({
  ...{ id, refundable: z.boolean(), balance: z.boolean(), fullRefund: amount },
  partialRefund: z.strictObject({ maxRefundAmount: amount, minRefundAmount: amount }),
});

const names = { id, url: z.url(), serviceId: id, orderId: z.string(), title: z.string(), simp: z.string() };
const money = { amount, currency };
const addresses = {
  returnUrl: z.string(),
  failureReturnUrl: z.string(),
  successReturnUrl: z.string(),
  notificationUrl: z.string(),
};
const customer = z.strictObject({ ...person, phone: z.string(), locale: z.string() });
const times = { validTo: moment.nullable(), created: moment, modified: moment };

export const createdPaymentAnswer = z.strictObject({
  payment: z.strictObject({ ...names, ...money, ...addresses, customer, isActive: z.boolean(), ...times }),
});

/** A payment without a wrapper, with all its attempts (imoje protocol, section 6). */
export const payment = z.strictObject({
  ...{ ...names, ...money, status: paymentStatus, isActive: z.boolean(), ...times, isGenerated: z.boolean() },
  ...{ isUsed: z.boolean(), usedAt: moment.nullable() },
  ...{ isConfirmVisited: z.boolean(), confirmVisitedAt: moment.nullable() },
  ...{ ...addresses, customer, transactions: z.array(sale) },
});

const limit = z.strictObject({ type: z.literal('number'), value: z.int().min(1) });

/** A shop with its channels (imoje protocol, section 10). */
export const service = z.strictObject({
  service: z.strictObject({
    ...{ id, created: moment, isActive: z.boolean() },
    paymentMethods: z.array(
      z.strictObject({
        ...{ paymentMethod: method, paymentMethodCode: z.string(), isActive: z.boolean(), isOnline: z.boolean() },
        ...{ description: z.string(), currency },
        transactionLimits: z.strictObject({ minTransaction: limit, maxTransaction: limit }),
        ...{ paymentMethodImage: image, paymentMethodCodeImage: image },
      }),
    ),
  }),
});

const shown = { label: z.string(), isOnline: z.boolean(), image, priority: z.int().min(1) };

export const paymentMethodsAnswer = z.array(
  z.strictObject({
    ...shown,
    channels: z.array(z.strictObject({ paymentMethod: method, paymentMethodCode: z.string(), ...shown })),
  }),
);

/** Schemas that several answers hold, by the name that the OpenAPI document gives them. */
export const sharedSchemas: Readonly<Record<string, z.ZodType>> = {
  Sale: sale,
  Refund: refund,
  PaymentProfile: paymentProfile,
  BlikProfile: blikProfile,
  Action: action,
  Payment: payment,
  Service: service,
};
