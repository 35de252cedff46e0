import { randomInt } from 'node:crypto';
import { after } from '../kernel/clock.ts';
import type { PaymentLink } from '../kernel/db/generated/prisma/client.ts';
import type { CaptureMode, Currency, PaymentMethod } from '../kernel/db/generated/prisma/enums.ts';
import { validitySecondsMin } from '../payments/model.ts';
import type { Customer } from '../payments/parse-customer.ts';
import type { CreatePaymentInput } from '../payments/prepare-payment.ts';

/** What the payments of a link have in common, as the database keeps it. */
export type LinkTemplate = {
  /** Minor units; a payment's amount has at most 9 digits, so a number holds it exactly. */
  readonly amount: number;
  readonly currency: Currency;
  readonly orderId: string;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  /** Undefined: each payer says who he is. */
  readonly customer?: Customer | undefined;
  readonly locale?: string | undefined;
  readonly methods?: readonly PaymentMethod[] | undefined;
  readonly captureMode?: CaptureMode | undefined;
  readonly successUrl?: string | undefined;
  readonly failureUrl?: string | undefined;
  readonly returnUrl?: string | undefined;
  readonly notificationUrl?: string | undefined;
};

/** Where a link stands. It is worked out when it is asked for, from the link and how many of its uses are taken. */
export type LinkStatus = 'ACTIVE' | 'DISABLED' | 'EXPIRED' | 'USED_UP';

/** Most uses that a link may be limited to; beyond that, it is made without a limit. */
export const usesLimitMax = 1_000_000;

/**
 * How long a payment of a link with several, but not endless, uses can be paid: a day. So a payer who leaves gives his use
 * back to others.
 */
export const useLasts = { ms: 24 * 3_600_000 };

const alphabet = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
const shortPattern = /^[0-9A-Za-z]{10}$/;

/** Makes the name of a link in its address: 10 letters and digits (imoje protocol, section 6), 59 random bits. */
export function newShort(): string {
  return Array.from({ length: 10 }, () => alphabet[randomInt(alphabet.length)]).join('');
}

/** Says whether a text can be the name of a link. */
export function isShort(text: string): boolean {
  return shortPattern.test(text);
}

/** Reads the template that a link keeps. */
export function templateOf({ template }: Pick<PaymentLink, 'template'>): LinkTemplate {
  return template as unknown as LinkTemplate;
}

/**
 * Says where a link stands.
 * @param now by the merchant's clock. A payment can be paid for at least 60 seconds, so a link is over a minute before
 * its end.
 */
export function linkStatusOf(
  link: Pick<PaymentLink, 'disabledAt' | 'validUntil' | 'usesMax' | 'uses'>,
  now: Date,
): LinkStatus {
  if (link.disabledAt !== null) return 'DISABLED';
  if (link.validUntil !== null && link.validUntil < after(now, { ms: validitySecondsMin * 1000 })) return 'EXPIRED';
  return link.usesMax !== null && link.uses >= link.usesMax ? 'USED_UP' : 'ACTIVE';
}

/**
 * The wish for a payment that a link makes for a payer.
 * @param now by the merchant's clock.
 */
export function toPaymentInput(
  link: Pick<PaymentLink, 'template' | 'usesMax' | 'validUntil'>,
  use: { readonly customer: Customer; readonly idempotencyKey: string },
  now: Date,
): CreatePaymentInput {
  const template = templateOf(link);
  const heldUntil = link.usesMax !== null && link.usesMax > 1 ? after(now, useLasts) : undefined;
  const ends = [heldUntil, link.validUntil ?? undefined].filter((end) => end !== undefined);
  const validUntil = ends.length === 0 ? undefined : new Date(Math.min(...ends.map((end) => end.getTime())));
  return { ...template, ...use, amount: BigInt(template.amount), validUntil };
}
