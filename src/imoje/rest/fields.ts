import { z } from 'zod';
import { InvalidInput } from '../../kernel/errors.ts';
import { amountMax, currencies } from '../../kernel/money.ts';
import { isWebAddress } from '../form/contact-rules.ts';
import { problemsOf } from '../trade-documents.ts';
import { latin, textRule, unlessMissing, visibleLines } from '../wire-text.ts';

/** What `isWebAddress` demands, as far as a regular expression of any language can say it. */
const addressPattern = (() => {
  const host = '[!$-.0-9;=A-Z^-~]*[!$-\\-0-9;=A-Z^-~]';
  const rest = '[/?#][!#-;=?-\\[\\]-~]*';
  return `^[Hh][Tt][Tt][Pp][Ss]?://(?:${host}|\\[[0-9A-Fa-f:.]+\\])(?::[0-9]*)?(?:${rest})?$`;
})();

/** A text of the protocol's tables: 1 to `max` of the characters allowed. */
export function wireText(...rule: Parameters<typeof textRule>) {
  const [pattern, said] = textRule(...rule);
  // Half a character fits a rule that names what may not be; JSON can hold one, the database cannot.
  return z
    .string()
    .regex(pattern, said)
    .refine((text) => text.isWellFormed(), said);
}

/** A field that may be missing; null and an empty text, which mean the same to shops, are taken out before (`withoutEmpty`). */
export function optional<Schema extends z.ZodType>(schema: Schema) {
  return schema.optional();
}

export const serviceId = z
  .string()
  .regex(/^[0-9a-f-]{36}$/, 'Must be the id of the shop: a UUID in lower case.')
  .meta({ description: 'Id of the shop.' });
const amountRange = 'Must be 1 to 999999999, in minor units.';

/** Minor units, as a JSON integer. What no number holds exactly is said to be out of this range, and not of that one. */
export const amount = z
  .int({ abort: true, error: ({ code }) => (code === 'too_big' || code === 'too_small' ? amountRange : undefined) })
  .min(1, amountRange)
  .max(Number(amountMax), amountRange)
  .meta({ description: 'In minor units: 1234 is 12.34.' })
  .transform(BigInt);
export const currency = z.enum(currencies, unlessMissing(`Must be ${currencies.join(', ')}.`));
export const orderId = wireText(100, `[${latin}#_\\-.\\\\/]`, 'letters, digits, space and # _ - . \\ /');
export const title = optional(
  wireText(255, `[${latin}#&_\\-,.\\\\/"']`, 'letters, digits, space and # & _ - , . \\ / " \''),
);
export const webAddress = optional(
  z
    .string()
    .refine(isWebAddress, 'Must be an absolute http or https address of at most 300 ASCII characters.')
    .meta({ format: 'uri', maxLength: 300, pattern: addressPattern }),
);
export const description = optional(wireText(4000, visibleLines));

export const blikCode = optional(z.string().regex(/^[0-9]{6}$/, 'Must be six digits from the bank app.'));
/** The payer's address. */
export const clientIp = optional(z.union([z.ipv4(), z.ipv6()], 'Must be an IPv4 or IPv6 address.'));

/**
 * Demands the payer's address with a BLIK code, since guesses of codes are counted by it.
 * @throws InvalidInput naming `clientIp`.
 */
export function requireClientIp(body: { readonly blikCode?: unknown; readonly clientIp?: unknown }): void {
  if (body.blikCode === undefined || body.clientIp !== undefined) return;
  throw new InvalidInput('clientIp is required with blikCode: the address of the payer.', ['clientIp']);
}

/** Unix seconds. That it lies ahead is for whoever knows the time. */
export const validTo = optional(
  z
    .int()
    .min(0)
    .max(9_999_999_999, 'Must be Unix time in whole seconds.')
    .meta({ description: 'Unix time in seconds; it must lie ahead.' })
    .transform((seconds) => new Date(seconds * 1000)),
);

export const customer = z.object({
  firstName: wireText(100),
  lastName: wireText(100),
  email: optional(z.string().max(200, 'Must be an e-mail address of at most 200 characters.')),
  phone: optional(wireText(20, '[0-9+\\- ]', 'digits, space, + and -')),
  cid: optional(wireText(100, '[A-Za-z0-9_-]', 'letters, digits, _ and -')),
  company: optional(wireText(200)),
  locale: optional(z.string().max(10)),
});

const address = optional(
  z.object({
    firstName: optional(wireText(100)),
    lastName: optional(wireText(100)),
    company: optional(wireText(200)),
    street: optional(wireText(200)),
    city: optional(wireText(100)),
    region: optional(wireText(100)),
    postalCode: optional(wireText(30)),
    countryCodeAlpha2: optional(z.string().regex(/^[A-Za-z]{2}$/, 'Must be two letters (ISO 3166-1): PL.')),
    taxId: optional(wireText(30)),
  }),
);

const recipients = optional(
  z.array(
    z.object({
      ban: z.string().regex(/^[0-9]{26}$/, 'Must be an account number of 26 digits.'),
      amount: z.int().min(1, 'Must be at least 1 minor unit.').transform(BigInt),
      label: wireText(70, `[${latin},.\\-"']`, 'letters, digits, space and , . - " \''),
      title: optional(wireText(105)),
    }),
  ),
);

/** Checked where it says something, and kept as it came. */
function tradeDocument(name: Parameters<typeof problemsOf>[0]) {
  return optional(
    z.record(z.string(), z.unknown()).superRefine((document, ctx) => {
      for (const { path, message } of problemsOf(name, document)) ctx.addIssue({ code: 'custom', path, message });
    }),
  );
}

/** What only some methods need (imoje protocol, sections 1 and 9). */
export const documents = {
  billing: address,
  shipping: address,
  multipayout: recipients,
  invoice: tradeDocument('invoice'),
  cart: tradeDocument('cart'),
};

/** The schema of a call that takes no body. */
export const noBody = z.unknown();
