import type { Payment } from '../kernel/db/generated/prisma/client.ts';
import type { Channel, Shop } from '../shops/model.ts';
import { readSplit } from './read-split.ts';
import { readUnits } from './read-units.ts';

/** What came with a payment: invoice, cart and the like, checked by the door through which it came. */
export type Documents = Payment['documents'];

/**
 * Says why the documents of a payment keep a channel from paying it, in a sentence for whoever integrates the shop;
 * undefined when they do not.
 */
export function documentsAgainst(
  channel: Channel,
  payment: Pick<Payment, 'documents' | 'amount'>,
  shop: Pick<Shop, 'taxNumber'>,
): string | undefined {
  if (channel === 'lease') return cartAgainst(payment.documents);
  const split = channel === 'wt_split' ? readSplit(payment, shop) : undefined;
  return split && 'lacking' in split ? split.lacking : undefined;
}

/** What can be leased, in minor units of PLN, net (imoje protocol, section 1). */
const leasedItemMin = 100_000n;
const leasedCartMin = 500_000n;

/** An item of a cart (imoje protocol, section 1), as far as it matters here. */
type CartItem = {
  /** Net, of one, in minor units, before the discount. */
  readonly amount: unknown;
  readonly quantity: unknown;
  /** Of one. */
  readonly discount?: { readonly amount?: unknown } | null;
};

function cartAgainst(documents: Documents): string | undefined {
  const { cart } = (documents ?? {}) as { readonly cart?: { readonly items?: unknown } };
  const items = Array.isArray(cart?.items) ? (cart.items as readonly CartItem[]) : [];
  if (items.length === 0) return 'lease needs what is leased: send it as the cart of the payment.';
  const prices = items.map(({ amount, discount }) => (readUnits(amount) ?? 0n) - (readUnits(discount?.amount) ?? 0n));
  const cheap = prices.findIndex((price) => price < leasedItemMin);
  if (cheap !== -1) {
    return `lease takes items of at least ${leasedItemMin} minor units net each; item ${cheap + 1} of the cart costs ${prices[cheap]}.`;
  }
  const sum = prices.reduce((before, price, place) => before + price * (readUnits(items[place]?.quantity) ?? 0n), 0n);
  if (sum >= leasedCartMin) return undefined;
  return `lease takes carts of at least ${leasedCartMin} minor units net; this one comes to ${sum}.`;
}
