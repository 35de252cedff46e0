import type { Payment } from '../kernel/db/generated/prisma/client.ts';
import type { Channel, Shop } from '../shops/model.ts';
import { readSplit } from './read-split.ts';
import { writeSplitTitle } from './split-title.ts';

/** What the title of a transfer holds at banks: four lines of 35 characters. */
const titleMax = 140;

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
  return writeSplitTitle({ ...split, text });
}
