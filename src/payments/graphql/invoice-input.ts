import { builder } from '../../graphql/builder.ts';
import { InvalidInput } from '../../kernel/errors.ts';
import { parseText } from '../../kernel/text.ts';
import { parseUnits, TaxStakeEnum } from './cart-input.ts';

const InvoiceBuyerInput = builder.inputType('InvoiceBuyerInput', {
  description: 'The company that buys.',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 200 characters.' }),
    taxNumber: t.string({ required: true, description: '1 to 30 characters; in Poland the NIP.' }),
    country: t.string({ required: true, description: 'Of the tax number: two letters (ISO 3166-1).' }),
  }),
});

const InvoicePositionInput = builder.inputType('InvoicePositionInput', {
  description: 'A line of an invoice.',
  fields: (t) => ({
    name: t.string({ required: true, description: '1 to 1,000 characters.' }),
    quantity: t.int({ required: true, description: 'How many, 1 to 1,000,000.' }),
    grossAmount: t.field({ type: 'MinorUnits', required: true, description: 'Price of one with VAT.' }),
    taxStake: t.field({ type: TaxStakeEnum, required: true, description: 'The rate of VAT.' }),
    taxAmount: t.field({ type: 'MinorUnits', required: true, description: 'The VAT of the whole line.' }),
  }),
});

/** The invoice that is paid, as a shop gives it in an input. */
export const InvoiceInput = builder.inputType('InvoiceInput', {
  description: 'The invoice that is paid. The channel wt_split (a transfer with split payment) needs it.',
  fields: (t) => ({
    number: t.string({ required: true, description: 'At most 35 characters.' }),
    buyer: t.field({ type: InvoiceBuyerInput, required: true, description: 'Who buys.' }),
    positions: t.field({ type: [InvoicePositionInput], required: true, description: 'At most 1,000.' }),
  }),
});

/** Checks an invoice and writes it as payments keep it (imoje protocol, section 1). @throws InvalidInput naming the field. */
export function toInvoice({ number, buyer, positions }: typeof InvoiceInput.$inferInput) {
  if (positions.length > 1000) {
    throw new InvalidInput('An invoice has at most 1,000 positions.', ['invoice', 'positions']);
  }
  if (!/^[A-Za-z]{2}$/.test(buyer.country)) {
    throw new InvalidInput('country must be two letters (ISO 3166-1): PL.', ['invoice', 'buyer', 'country']);
  }
  return {
    invoiceId: parseText(number, ['invoice', 'number'], { max: 35 }),
    buyer: {
      type: 'COMPANY',
      fullName: parseText(buyer.name, ['invoice', 'buyer', 'name'], { max: 200 }),
      idType: 'VAT_ID',
      idNumber: parseText(buyer.taxNumber, ['invoice', 'buyer', 'taxNumber'], { max: 30 }),
      idCountryCodeAlpha2: buyer.country,
    },
    positions: positions.map(({ name, quantity, grossAmount, taxStake, taxAmount }, place) => {
      const at = (field: string): string[] => ['invoice', 'positions', String(place), field];
      if (quantity < 1 || quantity > 1_000_000)
        throw new InvalidInput('quantity must be 1 to 1,000,000.', at('quantity'));
      return {
        name: parseText(name, at('name'), { max: 1000 }),
        quantity,
        grossAmount: parseUnits(grossAmount, at('grossAmount')),
        taxStake,
        taxAmount: parseUnits(taxAmount, at('taxAmount')),
      };
    }),
  };
}
