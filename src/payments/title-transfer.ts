import type { Payment } from '../kernel/db/generated/prisma/client.ts';
import type { Channel } from '../shops/model.ts';

/** What the title of a transfer holds at banks: four lines of 35 characters. */
const titleMax = 140;

/** The title that a payer gives his transfer. His account number already says what it is for, so this is for his eyes. */
export function transferTitle(_channel: Channel, { title, orderId }: Payment): string {
  return (title || orderId).slice(0, titleMax);
}
