import type { BankApp } from '../acquirers/port.ts';
import type { Brand, Expiry } from '../cards/model.ts';
import type { Payment, Profile, ProfileWish } from '../kernel/db/generated/prisma/client.ts';
import type { ProfileKind } from '../kernel/db/generated/prisma/enums.ts';
import type { Channel } from '../shops/model.ts';
/** Kind of the timer that ends a stored card with its last month; the subject is the profile's id. */
export const expireProfileTimer = 'expire-profile';

/**
 * The channels of a first payment after which the instrument stays stored, and of the charges that follow: `oneclick` and
 * `blik_oneclick` for payments that the payer orders, `recurring` for those that the shop makes without him (imoje protocol,
 * section 8).
 */
export const storingChannels = {
  oneclick: 'ONE_CLICK',
  recurring: 'RECURRING',
  blik_oneclick: 'ONE_CLICK',
} as const satisfies { readonly [channel in Channel]?: ProfileKind };

export type StoringChannel = keyof typeof storingChannels;

/** Says whether a payment through a channel stores its instrument. */
export function isStoring(channel: string): channel is StoringChannel {
  return Object.hasOwn(storingChannels, channel);
}

/** The channel through which a stored instrument is charged. */
export function channelOf({ kind, method }: Pick<Profile, 'kind' | 'method'>): StoringChannel {
  if (method === 'BLIK') return 'blik_oneclick';
  return kind === 'ONE_CLICK' ? 'oneclick' : 'recurring';
}

/** A card as its tokeniser gave it back: what may be shown of it, and the acquirer's token. */
export type Instrument = {
  readonly token: string;
  readonly brand: Brand;
  /** The end of its number, four digits. */
  readonly last4: string;
  readonly expiry: Expiry;
};

/** Whose an instrument is. */
export type Holder = { readonly firstName: string; readonly lastName: string; readonly email?: string };

type CardDetails = { readonly brand: Brand; readonly expiry: Expiry };

type AliasDetails = { readonly apps: readonly BankApp[] };

/** A stored instrument as its acquirer is told to charge it. */
export type StoredToken = {
  readonly token: string;
  /** Stands for it where calls are compared, whatever it is renewed to. */
  readonly fingerprint: string;
  /** The bank app of an alias that one alone holds, and that need not be named. */
  readonly soleApp: string | undefined;
};

/** Reads whose a stored instrument is. */
export function holderOf({ details }: Pick<Profile, 'details'>): Holder {
  return details as unknown as Holder;
}

/** Reads what is kept of a stored card; undefined of a BLIK alias. */
export function cardOf({ details }: Pick<Profile, 'details'>): CardDetails | undefined {
  return 'brand' in (details as object) ? (details as unknown as CardDetails) : undefined;
}

/** Reads the bank apps that hold a stored BLIK alias; a card has none. */
export function appsOf({ details }: Pick<Profile, 'details'>): readonly BankApp[] {
  return 'apps' in (details as object) ? (details as unknown as AliasDetails).apps : [];
}

/** Says how a stored instrument is charged. */
export function tokenOf(profile: Pick<Profile, 'id' | 'token' | 'details'>): StoredToken {
  const [first, ...others] = appsOf(profile);
  return { token: profile.token, fingerprint: profile.id, soleApp: others.length === 0 ? first?.key : undefined };
}

/** The details of an alias with other bank apps, and what its payer knows it by: the one app that it has, if it is one. */
export function withApps(
  profile: Pick<Profile, 'details'>,
  apps: readonly BankApp[],
): Pick<Profile, 'details' | 'label'> {
  const [first, ...others] = apps;
  const { firstName, lastName, email } = holderOf(profile);
  const holder = { firstName, lastName, ...(email === undefined ? {} : { email }) };
  const details = { ...holder, apps: apps.map(({ key, label }) => ({ key, label })) };
  return { details, label: first && others.length === 0 ? first.label : 'BLIK' };
}

/** The shop's own name of a payer (imoje protocol, section 5.1, `customer.cid`). */
export const customerIdPattern = /^[A-Za-z0-9_-]{1,100}$/;

/** The name under which the shop knows the payer of a payment; undefined when it gave none. */
export function customerIdOf({ documents }: Pick<Payment, 'documents'>): string | undefined {
  const { customerId } = (documents ?? {}) as { readonly customerId?: unknown };
  return typeof customerId === 'string' && customerIdPattern.test(customerId) ? customerId : undefined;
}

/** The alias whose payer pays by a code instead, so that the new one takes its place; undefined with other payments. */
export function renewedBy({ documents }: Pick<Payment, 'documents'>): string | undefined {
  const { renewsProfileId } = (documents ?? {}) as { readonly renewsProfileId?: unknown };
  return typeof renewsProfileId === 'string' ? renewsProfileId : undefined;
}

/**
 * What the payer of an attempt wants stored, to be kept until that attempt is decided.
 * @param card undefined for BLIK, whose alias has the name of the attempt.
 */
export function toWish(
  attempt: {
    readonly transactionId: string;
    readonly channel: StoringChannel;
    readonly payment: Payment;
    readonly customerId: string;
  },
  card: Instrument | undefined,
): ProfileWish {
  const { payment, transactionId, channel, customerId } = attempt;
  const holder: Holder = {
    ...{ firstName: payment.customerFirstName, lastName: payment.customerLastName },
    ...(payment.customerEmail === null ? {} : { email: payment.customerEmail }),
  };
  const common = { transactionId, shopId: payment.shopId, customerId, kind: storingChannels[channel] };
  if (!card) {
    const { label, details } = withApps({ details: holder }, []);
    const renews = renewedBy(payment);
    const kept = {
      ...(details as object),
      ...(renews === undefined ? {} : { renews }),
      // The payer can have changed the customer that a form names, whatever its signature says.
      ...(payment.source === 'FORM' ? { joins: true } : {}),
    };
    return { ...common, method: 'BLIK', token: transactionId, label, details: kept };
  }
  const { token, brand, last4, expiry } = card;
  const details = { ...holder, brand, expiry: { month: expiry.month, year: expiry.year } };
  // The form in which imoje shows card numbers (protocol, section 4: `maskedNumber`).
  return { ...common, method: 'CARD', token, label: `****${last4}`, details };
}

/** When a stored card is looked at for its end: as the month after its last one begins in UTC, an hour or two after Warsaw's. */
export function expiryCheckAt({ expiry }: Pick<CardDetails, 'expiry'>): Date {
  return new Date(Date.UTC(expiry.year, expiry.month, 1));
}
