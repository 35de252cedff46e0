import { type Acquirers, acquirerFor } from '../acquirers/port.ts';
import type { Currency, PaymentMethod } from '../kernel/db/generated/prisma/enums.ts';
import { type Channel, channelFacts, type Shop, takesCurrency } from '../shops/model.ts';

/** A method that can pay, with the channels it can be paid through, best first. */
export type MethodOption = { readonly method: PaymentMethod; readonly channels: readonly Channel[] };

/**
 * Lists what can pay an amount at a shop now: channels that the shop offers, in its order, that take the currency, and
 * for which there is an acquirer.
 * @param wanted the payment's own choice of methods; empty: all.
 */
export function listMethods(
  acquirers: Acquirers,
  shop: Shop,
  sale: { readonly currency: Currency; readonly wanted: readonly PaymentMethod[] },
): MethodOption[] {
  const options = new Map<PaymentMethod, Channel[]>();
  for (const channel of shop.channels) {
    const { method } = channelFacts(channel);
    const wanted = sale.wanted.length === 0 || sale.wanted.includes(method);
    if (!wanted || !takesCurrency(channel, sale.currency) || !acquirerFor(acquirers, channel)) continue;
    options.set(method, [...(options.get(method) ?? []), channel]);
  }
  return [...options].map(([method, channels]) => ({ method, channels }));
}
