import type { Currency } from '../kernel/db/generated/prisma/enums.ts';
import type { Channel } from '../shops/model.ts';

/**
 * Whose page it is: the payer's bank, with a transfer that it asks for or that he makes of his own, a lender, a lessor, a
 * wallet that asks him in its app, or the issuer of a card that challenges him.
 */
export type PayerPageKind = 'bank' | 'transfer' | 'lender' | 'lessor' | 'wallet' | 'challenge';

/** What a payer can do on such a page; whoever just leaves decides nothing. */
export type PayerDecision = 'approve' | 'refuse';

/** An order as such a page shows it. */
export type PayerOrder = {
  readonly kind: PayerPageKind;
  readonly channel: Channel;
  readonly amount: bigint;
  readonly currency: Currency;
  readonly shopName: string;
  /** Where the payer goes afterwards. */
  readonly returnUrl: string;
  /** False once it has been decided, or its time is over. */
  readonly isOpen: boolean;
};

/** The orders of one simulated acquirer that its payers decide on a page. */
export type PayerPages = {
  /** Finds an order; undefined when there is none with this reference. */
  findPayerOrder(reference: string): Promise<PayerOrder | undefined>;
  /** Takes the payer's decision; what was decided before stays as it is. */
  decideOrder(wish: { readonly reference: string; readonly decision: PayerDecision }): Promise<void>;
};
