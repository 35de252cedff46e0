import { type Acquirers, acquirerFor, type Unavailability } from '../acquirers/port.ts';
import type { Currency, PaymentMethod } from '../kernel/db/generated/prisma/enums.ts';
import { type Channel, channelFacts, limitsAgainst, type Shop, takesCurrency } from '../shops/model.ts';
import { type Documents, documentsAgainst } from './check-documents.ts';

/** A channel of a method, and why it cannot be used now; undefined when it can. */
export type ChannelOption = { readonly channel: Channel; readonly unavailable: Unavailability | undefined };

/** A method with the channels it can be paid through, best first. */
export type MethodOption = {
  readonly method: PaymentMethod;
  /** Those that can be used now. */
  readonly channels: readonly Channel[];
  /** Those that can be used now and, if they were asked for, those that cannot. */
  readonly options: readonly ChannelOption[];
};

/** What is to be paid, and by what choice of methods. */
export type MethodWish = {
  /** In minor units. */
  readonly amount: bigint;
  readonly currency: Currency;
  /** The payment's own choice of methods; empty: all. */
  readonly wanted: readonly PaymentMethod[];
  /** What came with the payment; undefined where there is none yet, so that nobody can know. */
  readonly documents?: Documents | undefined;
  /** The moment, by the clock of the shop's merchant. */
  readonly now: Date;
  /** True lists also channels that cannot be used at this moment, each with the reason. */
  readonly includeUnavailable?: boolean;
};

/**
 * Lists what can pay an amount at a shop: channels that the shop offers, in its order, that take the currency and the
 * amount, that are not kept from it by the payment's documents, and for which there is an acquirer. Channels whose acquirer
 * is out of order or closed at this hour, and methods of which none is left, are left out unless they are asked for.
 */
export function listMethods(acquirers: Acquirers, shop: Shop, wish: MethodWish): MethodOption[] {
  const byMethod = new Map<PaymentMethod, ChannelOption[]>();
  for (const channel of shop.channels) {
    const { method } = channelFacts(channel);
    const wanted = wish.wanted.length === 0 || wish.wanted.includes(method);
    const acquirer = acquirerFor(acquirers, channel);
    const takes = takesCurrency(channel, wish.currency) && !limitsAgainst(channel, wish.amount);
    const { amount, documents } = wish;
    const lacks = documents !== undefined && documentsAgainst(channel, { amount, documents }, shop) !== undefined;
    if (!wanted || !takes || lacks || !acquirer) continue;
    const unavailable = acquirer.unavailability(channel, wish.now);
    if (unavailable && !wish.includeUnavailable) continue;
    byMethod.set(method, [...(byMethod.get(method) ?? []), { channel, unavailable }]);
  }
  return [...byMethod].map(([method, options]) => {
    const usable = options.filter(({ unavailable }) => !unavailable);
    return { method, channels: usable.map(({ channel }) => channel), options };
  });
}
