import { z } from 'zod';
import { holdsCardNumberIn } from '../../kernel/card-numbers.ts';
import { isCurrency } from '../../kernel/money.ts';
import { problemsOf } from '../trade-documents.ts';
import { latin, textRule, visibleLines } from '../wire-text.ts';
import { isEmail, isWebAddress } from './contact-rules.ts';
import { methodCodes, parseVisibleMethods } from './method-words.ts';
import { unpackJson } from './packed-json.ts';

/** What is said of a field with a card number in it. */
export const cardNumberInField = 'Looks like a card number; card numbers go only into the card form.';

const wireText = z.string({
  error: (issue) => (issue.input === undefined ? 'Is required.' : 'Must be one text, not a group of fields.'),
});

function text(...rule: Parameters<typeof textRule>) {
  return wireText.regex(...textRule(...rule));
}

const amount = wireText
  .regex(/^(?=[0-9]{1,9}$)0*[1-9]/, 'Must be 1 to 999999999, in minor units, digits only.')
  .transform(BigInt);

const currency = wireText.transform((code, ctx) => {
  if (isCurrency(code)) return code;
  ctx.addIssue('Must be PLN, EUR, GBP, USD, CHF, CZK, HUF or RON.');
  return z.NEVER;
});

const customerName = text(100, `[${latin},.\\-\\u0400-\\u04ff]`, 'letters, digits, space and , . -');
const email = wireText.refine(isEmail, 'Must be an e-mail address of at most 200 characters.');
const url = wireText.refine(
  isWebAddress,
  'Must be an absolute http or https address of at most 300 ASCII characters, without user, password or a dot at the end of the host.',
);

/** Seconds since 1970 as a moment, or `never`. That it lies ahead is for whoever knows the time. */
const validTo = wireText
  .regex(/^(?:[0-9]{1,10}|NULL)$/, 'Must be Unix time in whole seconds, or NULL for never.')
  .transform((seconds) => (seconds === 'NULL' ? ('never' as const) : new Date(Number(seconds) * 1000)));

const visibleMethod = wireText.transform((list, ctx) => {
  const methods = parseVisibleMethods(list);
  if (methods !== undefined) return methods;
  ctx.addIssue('Must be a comma list of card, wallet, pbl, blik, imoje_paylater, wt, lease, imoje_installments.');
  return z.NEVER;
});

function packedJson(name: Parameters<typeof problemsOf>[0]) {
  return wireText.transform((packed, ctx) => {
    const unpacked = unpackJson(packed);
    if (unpacked === undefined) {
      ctx.addIssue('Must be base64 of gzip of a JSON object of at most 256 KiB; URL-encode its + as %2B.');
      return z.NEVER;
    }
    // A number may hide in a name of a field, which is in the path of what is wrong with it.
    if (holdsCardNumberIn(unpacked)) {
      ctx.addIssue(cardNumberInField);
      return z.NEVER;
    }
    for (const { path, message } of problemsOf(name, unpacked)) ctx.addIssue({ code: 'custom', path, message });
    return unpacked;
  });
}

function address(name: string) {
  const fields = {
    firstName: text(100),
    lastName: text(100),
    company: text(200).optional(),
    street: text(200).optional(),
    city: text(100).optional(),
    region: text(100).optional(),
    postalCode: text(30).optional(),
    countryCodeAlpha2: wireText.regex(/^[A-Z]{2}$/, 'Must be two capital letters (ISO 3166-1): PL.').optional(),
    taxId: text(12).optional(),
  };
  return z.object(fields, `Must be sent as ${name}[firstName], ${name}[lastName] and so on.`).optional();
}

const recipient = z.object(
  {
    ban: wireText.regex(/^[0-9]{26}$/, 'Must be an account number of 26 digits.'),
    amount,
    label: text(70, `[${latin},.\\-"']`, 'letters, digits, space and , . - " \''),
    title: text(105).optional(),
  },
  'Must be sent as multipayout[0][ban] and so on.',
);

const multipayout = z
  .record(z.string().regex(/^(?:0|[1-9][0-9]{0,3})$/), recipient, {
    error: (issue) =>
      issue.code === 'invalid_key' ? 'Must be numbered: multipayout[0][ban].' : 'Must be sent as multipayout[0][ban].',
  })
  .transform((byNumber) => Object.values(byNumber))
  .refine((all) => all.every((one) => one.title !== undefined) || all.every((one) => one.title === undefined), {
    error: 'If one recipient has a title, all must have one.',
  })
  .optional();

/** What becomes of the card that is entered in a card widget (imoje protocol, section 1b). */
export const widgetTypes = ['oneclick', 'recurring', 'ecom3ds'] as const;

/** The documented fields of the paywall form (imoje protocol, section 1), in the order of its table. */
export const formSchema = z.object({
  serviceId: wireText.regex(
    /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    'Must be a UUID v4 in lower case: the id of the shop.',
  ),
  merchantId: wireText.regex(/^[A-Za-z0-9]{1,20}$/, 'Must be 1 to 20 letters and digits.'),
  amount,
  currency,
  orderId: text(100, `[${latin}#_\\-./]`, 'letters, digits, space and # _ - . /'),
  customerFirstName: customerName,
  customerLastName: customerName,
  customerEmail: email.optional(),
  customerPhone: text(20, '[-+0-9 ]', 'digits, space, - and +').optional(),
  orderDescription: text(255, `[${latin}#&_\\-,.\\/\\\\]`, 'letters, digits, space and # & _ - , . / \\').optional(),
  // The protocol gives no length; ours keeps a page readable.
  additionalDescription: text(4000, visibleLines, 'any but control characters').optional(),
  urlSuccess: url.optional(),
  urlFailure: url.optional(),
  urlReturn: url.optional(),
  urlNotification: url.optional(),
  visibleMethod: visibleMethod.optional(),
  preselectMethodCode: wireText
    .refine(
      (code) => methodCodes.has(code),
      'Must be the code of a payment method, such as mtransfer; leave it out if none.',
    )
    .optional(),
  validTo: validTo.optional(),
  billing: address('billing'),
  shipping: address('shipping'),
  multipayout,
  invoice: packedJson('invoice').optional(),
  cart: packedJson('cart').optional(),
  cartData: packedJson('cartData').optional(),
  version: text(255).optional(),
  // Of the card widget (section 1b), and good in any form.
  customerId: wireText
    .regex(/^[A-Za-z0-9_-]{1,100}$/, 'Must be 1 to 100 letters (A-Z, a-z), digits, _ and -.')
    .optional(),
  widgetType: z.enum(widgetTypes, 'Must be oneclick, recurring or ecom3ds.').optional(),
  urlCancel: url.optional(),
});

export type FormContent = z.output<typeof formSchema>;
