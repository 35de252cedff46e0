import { z } from 'zod';
import { withoutEmpty } from './take-empty-out.ts';
import { unlessMissing } from './wire-text.ts';

/**
 * The shapes of what only some methods need (imoje protocol, sections 1 and 9): `invoice` for accounting and split payment,
 * `cart` for leases, `cartData` for lenders. Both doors take them, the form packed and the REST door plain. They are checked
 * where they say something, and kept as they came: shops send more than is documented, leave texts and lists empty where
 * nothing is meant, and write numbers as texts.
 */
const rule = (isGood: (value: unknown) => boolean, sentence: string) =>
  z.custom<unknown>(isGood, unlessMissing(sentence));
const isText = (value: unknown, max: number): boolean => typeof value === 'string' && value.length <= max;

const text = (max: number) =>
  rule((value) => isText(value, max), `Must be a text of at most ${max} characters.`).nullish();
const requiredText = (max: number) =>
  rule((value) => isText(value, max) && value !== '', `Must be a text of 1 to ${max} characters.`);
/** What shops name things by. */
const numberOrText = (max: number) =>
  rule(
    (value) => typeof value === 'number' || isText(value, max),
    `Must be a number, or a text of at most ${max} characters.`,
  );
const forms = {
  whole: { digits: /^-?[0-9]{1,15}$/, isGood: Number.isSafeInteger },
  any: { digits: /^[0-9]{1,15}(?:\.[0-9]{1,15})?$/, isGood: Number.isFinite },
};
/** A number from `min` on, or its digits as a text, as shops in PHP write it. */
const numeric = (min: number, sentence: string, form: keyof typeof forms = 'whole') =>
  rule((value) => {
    const { digits, isGood } = forms[form];
    const read = typeof value === 'string' && digits.test(value) ? Number(value) : value;
    return typeof read === 'number' && isGood(read) && read >= min;
  }, sentence);
const amount = numeric(0, 'Must be a whole number of minor units, at least 0.');
const quantity = numeric(0, 'Must be a number, at least 0.', 'any');
const listOf = <Item extends z.ZodType>(item: Item, things: string) => {
  const sentence = `Must be a list of at most 1000 ${things}.`;
  return z.array(item, unlessMissing(sentence)).max(1000, sentence);
};
const group = <Fields extends z.ZodRawShape>(fields: Fields) => z.object(fields, unlessMissing('Must be an object.'));
const taxWords = ['TAX_EXEMPT', 'TAX_NOT_LIABLE', 'TAX_REVERSE_CHARGE', 'TAX_EXCLUDING', 'TAX_NOT_EXCLUDING'] as const;
const rates = [23, 22, 8, 7, 5, 3, 0] as const;
const taxStake = z.union(
  [z.literal(rates), z.enum([...rates.flatMap((rate) => [`${rate}`, `TAX_${rate}`] as const), ...taxWords])],
  unlessMissing(`Must be a rate (${rates.join(', ')}), alone or after TAX_, or one of ${taxWords.join(', ')}.`),
);
const country = rule(
  (value) => typeof value === 'string' && /^[A-Za-z]{2}$/.test(value),
  'Must be two letters (ISO 3166-1): PL.',
).nullish();

const buyer = group({
  type: z.enum(['PERSON', 'COMPANY'], unlessMissing('Must be PERSON or COMPANY.')),
  ...{ email: text(200), fullName: text(200), street: text(200), city: text(100), postalCode: text(30) },
  ...{ countryCodeAlpha2: country, idCountryCodeAlpha2: country },
  idType: z.enum(['ID', 'VAT_ID'], unlessMissing('Must be ID or VAT_ID.')).nullish(),
  idNumber: text(30),
}).check(({ value, issues }) => {
  const require = (field: 'idType' | 'idNumber' | 'idCountryCodeAlpha2', why: string): void => {
    if (!value[field]) issues.push({ code: 'custom', path: [field], message: `Is required ${why}.`, input: value });
  };
  if (value.type === 'COMPANY') for (const field of ['idType', 'idNumber'] as const) require(field, 'of a COMPANY');
  if (value.idType === 'VAT_ID') require('idCountryCodeAlpha2', 'with VAT_ID');
});

const position = group({
  name: requiredText(1000),
  code: numberOrText(255).nullish(),
  quantity,
  unit: text(255),
  grossAmount: amount,
  taxStake,
  taxAmount: amount.nullish(),
  discountAmount: amount.nullish(),
});

const invoice = group({
  invoiceId: text(255),
  buyer,
  positions: listOf(position, 'positions'),
  basisForVatExemption: group({ type: requiredText(255), text: text(1000) }).nullish(),
  issueInvoice: z.boolean(unlessMissing('Must be true or false.')).nullish(),
});

const cart = group({
  items: listOf(
    group({
      id: numberOrText(255),
      name: requiredText(1000),
      ...{ amount, tax: amount, taxStake },
      quantity: numeric(1, 'Must be a whole number, at least 1.'),
      url: text(2048),
      categoryId: z
        .union([numberOrText(255), z.literal(false)], unlessMissing('Must be a number, a text, or false.'))
        .nullish(),
      unit: text(255),
      state: z.enum(['NEW', 'USED'], unlessMissing('Must be NEW or USED.')).nullish(),
      discount: group({ amount, tax: amount.nullish() }).nullish(),
    }),
    'items',
  ),
});

const place = group({
  ...{ city: text(100), name: text(200), phone: text(40), street: text(200), country: text(100), postalCode: text(30) },
  vatNumber: text(30),
});
const vat = numberOrText(30).nullish();
const lineOf = <Amount extends z.ZodType>(sum: Amount) => group({ vat, name: text(1000), amount: sum });

const cartData = group({
  address: group({ billing: place.nullish(), delivery: place.nullish() }).nullish(),
  items: listOf(
    group({ id: numberOrText(255).nullish(), ...{ vat, name: text(1000), amount, quantity } }),
    'items',
  ).nullish(),
  // Some shops write what is taken off as a negative amount.
  discount: lineOf(numeric(Number.NEGATIVE_INFINITY, 'Must be a whole number of minor units.')).nullish(),
  shipping: lineOf(amount).nullish(),
  createdAt: numeric(0, 'Must be Unix time in whole seconds.').nullish(),
  amount: amount.nullish(),
});

const shapes = { invoice, cart, cartData } as const;

/** Finds what is wrong with one of these documents: paths and sentences, none when it is good. */
export function problemsOf(
  name: keyof typeof shapes,
  document: unknown,
): readonly { readonly path: PropertyKey[]; readonly message: string }[] {
  const read = shapes[name].safeParse(withoutEmpty(shapes[name], document));
  return read.error?.issues.map(({ path, message }) => ({ path, message })) ?? [];
}
