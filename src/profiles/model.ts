import type { Brand, Expiry } from '../cards/model.ts';
import type { Payment, Profile, ProfileWish } from '../kernel/db/generated/prisma/client.ts';
import type { ProfileKind } from '../kernel/db/generated/prisma/enums.ts';
import type { Channel } from '../shops/model.ts';

/** Kind of the timer that ends a stored card with its last month; the subject is the profile's id. */
export const expireProfileTimer = 'expire-profile';

/**
 * The channels of a first payment after which the instrument stays stored, and of the charges that follow: `oneclick` for
 * payments that the payer orders, `recurring` for those that the shop makes without him (imoje protocol, section 8).
 */
export const storingChannels = {
  oneclick: 'ONE_CLICK',
  recurring: 'RECURRING',
} as const satisfies { readonly [channel in Channel]?: ProfileKind };

export type StoringChannel = keyof typeof storingChannels;

/** Says whether a payment through a channel stores its instrument. */
export function isStoring(channel: string): channel is StoringChannel {
  return Object.hasOwn(storingChannels, channel);
}

/** The channel through which a stored instrument is charged. */
export function channelOf({ kind }: Pick<Profile, 'kind'>): StoringChannel {
  return kind === 'ONE_CLICK' ? 'oneclick' : 'recurring';
}

/** An instrument as its tokeniser gave it back: what may be shown of it, and the acquirer's token. */
export type Instrument = {
  readonly token: string;
  readonly brand: Brand;
  /** The end of its number, four digits. */
  readonly last4: string;
  readonly expiry: Expiry;
};

/** What is kept of an instrument and of its holder, beside its token. */
export type ProfileDetails = {
  readonly brand: Brand;
  readonly expiry: Expiry;
  readonly firstName: string;
  readonly lastName: string;
  readonly email?: string;
};

/** Reads what a profile keeps of its instrument. */
export function detailsOf({ details }: Pick<Profile, 'details'>): ProfileDetails {
  return details as unknown as ProfileDetails;
}

/** The shop's own name of a payer (imoje protocol, section 5.1, `customer.cid`). */
export const customerIdPattern = /^[A-Za-z0-9_-]{1,100}$/;

/** The name under which the shop knows the payer of a payment; undefined when it gave none. */
export function customerIdOf({ documents }: Pick<Payment, 'documents'>): string | undefined {
  const { customerId } = (documents ?? {}) as { readonly customerId?: unknown };
  return typeof customerId === 'string' && customerIdPattern.test(customerId) ? customerId : undefined;
}

/** What the payer of an attempt wants stored, to be kept until that attempt is decided. */
export function toWish(
  attempt: {
    readonly transactionId: string;
    readonly channel: StoringChannel;
    readonly payment: Payment;
    readonly customerId: string;
  },
  { token, brand, last4, expiry }: Instrument,
): ProfileWish {
  const { payment, transactionId, channel, customerId } = attempt;
  const details: ProfileDetails = {
    ...{ brand, expiry, firstName: payment.customerFirstName, lastName: payment.customerLastName },
    ...(payment.customerEmail === null ? {} : { email: payment.customerEmail }),
  };
  return {
    ...{ transactionId, shopId: payment.shopId, customerId, kind: storingChannels[channel], method: 'CARD' },
    // The form in which imoje shows card numbers (protocol, section 4: `maskedNumber`).
    ...{ label: `****${last4}`, token, details },
  };
}

/** When a stored card is looked at for its end: as the month after its last one begins in UTC, an hour or two after Warsaw's. */
export function expiryCheckAt({ expiry }: Pick<ProfileDetails, 'expiry'>): Date {
  return new Date(Date.UTC(expiry.year, expiry.month, 1));
}
