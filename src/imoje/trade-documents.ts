import { z } from 'zod';
import { sentenceOf } from './field-sentence.ts';

/**
 * The shapes of what only some methods need (imoje protocol, sections 1 and 9): `invoice` for accounting and split payment,
 * `cart` for leases, `cartData` for lenders. Both doors take them, the form packed and the REST door plain. They are checked
 * where they say something, and kept as they came: shops send more than is documented, and leave texts empty.
 */
const text = (max: number) => z.string(`Must be a text of at most ${max} characters.`).max(max).nullish();
/** A group that may be missing; PHP writes an empty one as an empty array. */
const maybe = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (isEmptyGroup(value) ? undefined : value), schema.nullish());
const amount = z.int('Must be a whole number of minor units.').min(0);
const taxWords = ['TAX_EXEMPT', 'TAX_NOT_LIABLE', 'TAX_REVERSE_CHARGE', 'TAX_EXCLUDING', 'TAX_NOT_EXCLUDING'] as const;
const rates = [23, 22, 8, 7, 5, 3, 0] as const;
const taxStake = z.union(
  [z.literal(rates), z.enum([...rates.flatMap((rate) => [`${rate}`, `TAX_${rate}`] as const), ...taxWords])],
  `Must be a rate (${rates.join(', ')}), alone or after TAX_, or one of ${taxWords.join(', ')}.`,
);
const country = z
  .string()
  .regex(/^[A-Za-z]{2}$/, 'Must be two letters (ISO 3166-1): PL.')
  .or(z.literal(''))
  .nullish();

const buyer = z
  .object({
    type: z.enum(['PERSON', 'COMPANY'], 'Must be PERSON or COMPANY.'),
    ...{ email: text(200), fullName: text(200), street: text(200), city: text(100), postalCode: text(30) },
    ...{ countryCodeAlpha2: country, idCountryCodeAlpha2: country },
    idType: z.enum(['ID', 'VAT_ID'], 'Must be ID or VAT_ID.').nullish(),
    idNumber: text(30),
  })
  .check(({ value, issues }) => {
    const require = (field: 'idType' | 'idNumber' | 'idCountryCodeAlpha2', why: string): void => {
      if (!value[field]) issues.push({ code: 'custom', path: [field], message: `Is required ${why}.`, input: value });
    };
    if (value.type === 'COMPANY') for (const field of ['idType', 'idNumber'] as const) require(field, 'of a COMPANY');
    if (value.idType === 'VAT_ID') require('idCountryCodeAlpha2', 'with VAT_ID');
  });

const position = z.object({
  name: z.string('Must be a text.').min(1).max(1000),
  code: z.union([z.string().max(255), z.number()]).nullish(),
  quantity: z.number('Must be a number.').min(0),
  unit: text(255),
  grossAmount: amount,
  taxStake,
  taxAmount: amount.nullish(),
  discountAmount: amount.nullish(),
});

const invoice = z.object({
  invoiceId: text(255),
  buyer,
  positions: z.array(position, 'Must be a list of positions.').max(1000),
  basisForVatExemption: maybe(z.object({ type: z.string('Must be a text.').min(1).max(255), text: text(1000) })),
  issueInvoice: z.boolean('Must be true or false.').nullish(),
});

const discount = z.object({ amount, tax: amount.nullish() });

const cart = z.object({
  items: z
    .array(
      z.object({
        id: z.union([z.string().max(255), z.number()]),
        name: z.string('Must be a text.').min(1).max(1000),
        ...{ amount, tax: amount, taxStake },
        quantity: z.int('Must be a whole number, at least 1.').min(1),
        url: text(2048),
        categoryId: z.union([z.string().max(255), z.number(), z.literal(false)]).nullish(),
        unit: text(255),
        state: z.enum(['NEW', 'USED'], 'Must be NEW or USED.').nullish(),
        discount: maybe(discount),
      }),
      'Must be a list of items.',
    )
    .max(1000),
});

const place = z.object({
  ...{ city: text(100), name: text(200), phone: text(40), street: text(200), country: text(100), postalCode: text(30) },
  vatNumber: text(30),
});
const vat = z.union([z.number(), z.string().max(30)]).nullish();
const line = z.object({ vat, name: text(1000), amount });

const cartData = z.object({
  address: maybe(z.object({ billing: maybe(place), delivery: maybe(place) })),
  items: z
    .array(
      z.object({
        id: z.union([z.string().max(255), z.number()]).nullish(),
        ...{ vat, name: text(1000), amount, quantity: z.number('Must be a number.').min(0) },
      }),
      'Must be a list of items.',
    )
    .max(1000)
    .nullish(),
  ...{
    discount: maybe(line),
    shipping: maybe(line),
    createdAt: z.int().min(0).nullish(),
    amount: amount.nullish(),
  },
});

const shapes = { invoice, cart, cartData } as const;

/** Finds what is wrong with one of these documents: paths and sentences, none when it is good. */
export function problemsOf(
  name: keyof typeof shapes,
  document: unknown,
): readonly { readonly path: PropertyKey[]; readonly message: string }[] {
  const read = shapes[name].safeParse(document, { error: sentenceOf });
  return read.error?.issues.map(({ path, message }) => ({ path, message })) ?? [];
}

function isEmptyGroup(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
