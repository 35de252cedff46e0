import type { z } from 'zod';
import { holdsCardNumber } from '../../kernel/card-numbers.ts';
import type { Currency } from '../../kernel/money.ts';
import type { FormFields } from '../../kernel/signature.ts';
import { FormInvalid, type FormProblem } from '../errors.ts';
import { ambiguousFields } from './ambiguous-fields.ts';
import { cardNumberInField, type FormContent, formSchema } from './form-schema.ts';
import type { VisibleMethod } from './method-words.ts';
import type { JsonObject } from './packed-json.ts';

export type PostalAddress = NonNullable<FormContent['billing']>;
export type FormRecipient = NonNullable<FormContent['multipayout']>[number];

/** What a shop asks for with the paywall form; what it did not send, or sent empty, is undefined. */
export type PaymentForm = {
  readonly serviceId: string;
  readonly merchantId: string;
  /** Minor units, 1 to 999,999,999. */
  readonly amount: bigint;
  readonly currency: Currency;
  readonly orderId: string;
  readonly title: string | undefined;
  readonly additionalDescription: string | undefined;
  readonly customer: {
    readonly firstName: string;
    readonly lastName: string;
    readonly email: string | undefined;
    readonly phone: string | undefined;
  };
  readonly urls: Readonly<Record<'success' | 'failure' | 'return' | 'notification', string | undefined>>;
  /** Undefined: every method the shop has. */
  readonly visibleMethods: readonly VisibleMethod[] | undefined;
  readonly preselectMethodCode: string | undefined;
  /** Undefined: the shop's own setting. */
  readonly validUntil: Date | 'never' | undefined;
  readonly billing: PostalAddress | undefined;
  readonly shipping: PostalAddress | undefined;
  /** In the order of their numbers. That their amounts fit the payment's is not checked here. */
  readonly multipayout: readonly FormRecipient[] | undefined;
  readonly invoice: JsonObject | undefined;
  readonly cart: JsonObject | undefined;
  readonly cartData: JsonObject | undefined;
  readonly version: string | undefined;
  /** The shop's own name of the payer. */
  readonly customerId: string | undefined;
  readonly widgetType: FormContent['widgetType'];
  readonly urlCancel: string | undefined;
  /** True when a card widget opens the payment, so that its card form may be shown in a frame. */
  readonly ofWidget?: true | undefined;
};

/**
 * Reads the paywall form (imoje protocol, section 1). Unknown fields are ignored, unless a card number stands in them:
 * shops sign whatever they send, and a hash of all of it is kept. Verify the signature first; this reads what the shop
 * says, not whether the shop says it. Whether the expiry lies ahead is judged when the payment is made: a form that comes again
 * later must find its payment all the same.
 * @param signed what the shop signed, when it is not the fields as they are read.
 * @throws FormInvalid with every problem found.
 */
export function readPaymentForm(fields: FormFields, signed: FormFields = fields): PaymentForm {
  const read = formSchema.safeParse(filledOf(fields));
  const problems = [
    ...(read.error?.issues.map(problemOf) ?? []),
    ...cardNumberProblems(fields),
    ...ambiguousFields(signed).map((field) => ({
      field,
      message: `Another field's value holds "&${field}", so what was signed can be read in two ways; change that value.`,
    })),
  ];
  if (read.data === undefined || problems.length > 0) throw new FormInvalid(problems);
  return toPaymentForm(read.data);
}

/** Drops fields sent empty, which mean the same as missing ones; only an empty `preselectMethodCode` is forbidden. */
function filledOf(fields: FormFields): FormFields {
  const filled = Object.entries(fields)
    .map(([name, value]) => [name, typeof value === 'string' ? value : filledOf(value)] as const)
    .filter(([name, value]) => name === 'preselectMethodCode' || (value !== '' && Object.keys(value).length > 0));
  return Object.fromEntries(filled);
}

function problemOf(issue: z.core.$ZodIssue): FormProblem {
  const [first, ...inner] = issue.path.map(String);
  return { field: `${first}${inner.map((step) => `[${step}]`).join('')}`, message: issue.message };
}

/** Of every field, at any depth, whose name or value holds a card number. */
function cardNumberProblems(fields: FormFields, parent?: string): FormProblem[] {
  return Object.entries(fields).flatMap(([name, value]) => {
    const field = parent === undefined ? name : `${parent}[${name}]`;
    if (typeof value !== 'string') return cardNumberProblems(value, field);
    return holdsCardNumber(field) || holdsCardNumber(value) ? [{ field, message: cardNumberInField }] : [];
  });
}

function toPaymentForm(content: FormContent): PaymentForm {
  return {
    serviceId: content.serviceId,
    merchantId: content.merchantId,
    amount: content.amount,
    currency: content.currency,
    orderId: content.orderId,
    title: content.orderDescription,
    additionalDescription: content.additionalDescription,
    customer: {
      firstName: content.customerFirstName,
      lastName: content.customerLastName,
      email: content.customerEmail,
      phone: content.customerPhone,
    },
    urls: {
      success: content.urlSuccess,
      failure: content.urlFailure,
      return: content.urlReturn,
      notification: content.urlNotification,
    },
    visibleMethods: content.visibleMethod,
    preselectMethodCode: content.preselectMethodCode,
    validUntil: content.validTo,
    billing: content.billing,
    shipping: content.shipping,
    multipayout: content.multipayout,
    invoice: content.invoice,
    cart: content.cart,
    cartData: content.cartData,
    version: content.version,
    customerId: content.customerId,
    widgetType: content.widgetType,
    urlCancel: content.urlCancel,
  };
}
