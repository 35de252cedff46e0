import { type Acquirers, acquirerFor } from '../acquirers/port.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Currency } from '../kernel/db/generated/prisma/enums.ts';
import type { Refusal } from '../kernel/errors.ts';
import { AmountOutOfRange, MethodNotAvailable } from '../shops/errors.ts';
import { type Channel, channelFacts, limitsAgainst, type Shop, takesCurrency } from '../shops/model.ts';
import { type Documents, documentsAgainst } from './check-documents.ts';
import { listMethods } from './list-methods.ts';

/**
 * Says why a channel cannot pay an amount at a shop now; undefined when it can. Who makes a payment for one attempt asks
 * before, so that what cannot pay leaves no payment behind.
 * @param wish.field the path of the input that a refusal of the channel blames.
 */
export function checkChannel(
  deps: { readonly acquirers: Acquirers; readonly clock: Clock },
  shop: Shop,
  wish: {
    readonly channel: Channel;
    readonly amount: bigint;
    readonly currency: Currency;
    /** What comes with the payment; undefined where nothing that comes along can matter. */
    readonly documents?: Documents;
    readonly field: readonly string[];
  },
): Refusal | undefined {
  const { channel, amount, currency, documents = null, field } = wish;
  const lacking = documentsAgainst(channel, { amount, documents }, shop);
  if (lacking !== undefined) return new MethodNotAvailable(lacking, field);
  const limits = limitsAgainst(channel, amount);
  if (limits) return new AmountOutOfRange(channel, limits, ['amount']);
  const asked = { amount, currency, wanted: [channelFacts(channel).method], now: deps.clock.now(shop) };
  const offered = listMethods(deps.acquirers, shop, asked).flatMap((option) => option.channels);
  if (offered.includes(channel)) return undefined;
  const isHere = shop.channels.includes(channel) && acquirerFor(deps.acquirers, channel) !== undefined;
  const inCurrency = isHere ? currencyAgainst(channel, currency) : undefined;
  const sentence = `${channel} cannot pay in ${currency} at this shop now; ask paymentMethods what can.`;
  return new MethodNotAvailable(inCurrency ?? sentence, field);
}

/** Says that a channel does not take the currency of a payment, and which it takes; undefined when it takes it. */
export function currencyAgainst(channel: Channel, currency: Currency): string | undefined {
  const { currencies } = channelFacts(channel);
  if (currencies === 'all' || takesCurrency(channel, currency)) return undefined;
  return `${channel} takes ${currencies.join(', ')} only, and this payment is in ${currency}; ask paymentMethods what can pay it.`;
}
