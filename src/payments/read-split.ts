import type { Payment } from '../kernel/db/generated/prisma/client.ts';
import type { Shop } from '../shops/model.ts';
import { readUnits } from './read-units.ts';
import { fitsSplitTitle, type SplitTitle } from './split-title.ts';

/** What a transfer with split payment says of the invoice that it pays. */
type Split = Omit<SplitTitle, 'text'>;

/** An invoice as payments keep it (imoje protocol, section 1), as far as it matters here. */
type Invoice = {
  readonly invoiceId?: string | null;
  readonly buyer?: { readonly idType?: string | null; readonly idNumber?: string | null };
  readonly positions?: unknown;
};

/**
 * Reads what a transfer with split payment needs (imoje protocol, sections 1 and 9; VAT act, article 108a): the seller's tax
 * number, and of the invoice of a payment its number and the tax of all its positions. Its buyer must be a taxpayer as well.
 * Lengths are those of the transfer's title.
 * @returns what is lacking, in words that fit each door and as a sentence for whoever integrates the shop, when it cannot be paid so.
 */
export function readSplit(
  { documents, amount }: Pick<Payment, 'documents' | 'amount'>,
  { taxNumber }: Pick<Shop, 'taxNumber'>,
): Split | { lacking: string } {
  const { invoice } = (documents ?? {}) as { readonly invoice?: Invoice };
  if (!invoice) return { lacking: 'wt_split needs what is invoiced: send it as the invoice of the payment.' };
  const invoiceNumber = invoice.invoiceId ?? '';
  if (!fitsSplitTitle(invoiceNumber)) {
    return { lacking: 'wt_split needs the number of the invoice, 1 to 35 characters without /TXT/.' };
  }
  const { idType, idNumber } = invoice.buyer ?? {};
  const buyer = (idNumber ?? '').replaceAll(/[\s-]/g, '');
  if (idType !== 'VAT_ID' || !/^[A-Za-z0-9]{1,14}$/.test(buyer)) {
    return {
      lacking: 'wt_split needs the VAT number of the buyer in the invoice: 1 to 14 letters and digits.',
    };
  }
  if (taxNumber === undefined)
    return { lacking: 'wt_split needs the tax number of the shop’s merchant, who has none here.' };
  const positions = Array.isArray(invoice.positions) ? (invoice.positions as readonly { taxAmount?: unknown }[]) : [];
  const taxes = positions.map(({ taxAmount }) => readUnits(taxAmount));
  if (taxes.length === 0 || taxes.includes(undefined)) {
    return { lacking: 'wt_split needs the tax of each position of the invoice, in minor units.' };
  }
  const vat = taxes.reduce<bigint>((sum, tax) => sum + (tax ?? 0n), 0n);
  if (vat > 0n && vat < amount) return { vat, taxNumber, invoiceNumber };
  return {
    lacking: `wt_split needs an invoice whose tax is more than nothing and less than what is paid; this one has ${vat} minor units.`,
  };
}
