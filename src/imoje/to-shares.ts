import type { Share } from '../baskets/model.ts';

/** A recipient as both doors send him: `multipayout` (imoje protocol, section 9). */
type Recipient = Omit<Share, 'account'> & { readonly ban: string };

/** Makes shares of a payment out of imoje's recipients. */
export function toShares(recipients: readonly Recipient[] | undefined): Share[] {
  return (recipients ?? []).map(({ ban: account, amount, label, title }) => ({ account, amount, label, title }));
}
