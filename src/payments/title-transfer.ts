import type { Payment } from '../kernel/db/generated/prisma/client.ts';
import type { Channel, Shop } from '../shops/model.ts';
import { readSplit, type Split } from './read-split.ts';

/** What the title of a transfer holds at banks: four lines of 35 characters. */
const titleMax = 140;

/** What the free text at the end of a title of split payment holds. */
const textMax = 33;

/**
 * The title that a payer gives his transfer. His account number already says what it is for, so that of a simple one is for his
 * eyes; his bank reads that of split payment (domain: methods).
 */
export function transferTitle(
  channel: Channel,
  payment: Pick<Payment, 'title' | 'orderId' | 'documents' | 'amount'>,
  shop: Pick<Shop, 'taxNumber'>,
): string {
  const text = payment.title || payment.orderId;
  if (channel !== 'wt_split') return text.slice(0, titleMax);
  const split = readSplit(payment, shop);
  if ('lacking' in split) throw new Error('A transfer with split payment was let through without its invoice.');
  return splitTitle(split, text.slice(0, textMax));
}

/** `/VAT/10n,2n/IDC/14x/INV/35x/TXT/33x`: the tax in whole units and hundredths, then the numbers of the seller and of the invoice. */
function splitTitle({ vat, taxNumber, invoiceNumber }: Split, text: string): string {
  const tax = `${vat / 100n},${String(vat % 100n).padStart(2, '0')}`;
  return `/VAT/${tax}/IDC/${taxNumber}/INV/${invoiceNumber}/TXT/${text}`;
}
