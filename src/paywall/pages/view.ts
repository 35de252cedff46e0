import type { html } from 'hono/html';
import type { DeclineReason, PaymentStatus, TransactionStatus } from '../../kernel/db/generated/prisma/enums.ts';
import type { Locale } from '../../kernel/i18n/locales.ts';
import type { Money } from '../../kernel/money.ts';

/** A rendered page or a part of one. Everything put into it was escaped. */
export type Html = ReturnType<typeof html>;

/** What every page needs to be drawn. */
export type PageFrame = {
  readonly locale: Locale;
  /** The nonce of this answer's Content-Security-Policy. */
  readonly nonce: string;
  /** True draws the yellow bar that says that no money moves here. */
  readonly sandbox: boolean;
  /** The same page in other languages; those without a catalogue are left out. */
  readonly languages: readonly { readonly locale: Locale; readonly href: string }[];
};

/** Everything a payer's page shows of one payment. The pages are functions of this and of nothing else. */
export type PaymentView = PageFrame & {
  /** The present moment, by the merchant's clock: the countdown starts from it. */
  readonly now: Date;
  readonly payment: {
    readonly id: string;
    readonly shopName: string;
    readonly orderId: string;
    readonly title?: string | undefined;
    readonly amount: Money;
    readonly status: PaymentStatus;
    readonly validUntil: Date;
    readonly settledAt?: Date | undefined;
  };
  /** The newest attempt to pay, if there was one. */
  readonly attempt?:
    | {
        readonly status: TransactionStatus;
        readonly method: 'BLIK';
        readonly reason?: DeclineReason | undefined;
        readonly startedAt: Date;
        /** Until when the payer can confirm in the bank's app; undefined when there is nothing to confirm. */
        readonly confirmUntil?: Date | undefined;
      }
    | undefined;
  /** The methods that can pay this payment now, best first. */
  readonly methods: readonly { readonly method: 'BLIK' }[];
  /** Posted back as the field `attempt`: the idempotency key of the attempt, new for each page shown. */
  readonly formNonce: string;
  /** What was wrong with the form that was just posted; undefined on the first showing. */
  readonly problem?: FormProblem | undefined;
  /** Where the shop wants its payer back: the success, failure or return address, chosen by the payment's status. */
  readonly returnTo?: ReturnLink | undefined;
  readonly urls: {
    /** This page. */
    readonly self: string;
    /** Where the BLIK form posts `code` and `attempt`. */
    readonly pay: string;
    /** Server-sent events: `status` with `statusMark(view)` as data, once on connecting and after every change. */
    readonly events: string;
    /** This page with `returnTo.automatic` false: for a payer who wants to stay and read. */
    readonly stay: string;
  };
};

export type FormProblem = 'CODE_MISSING' | 'CODE_NOT_SIX_DIGITS' | 'TOO_MANY_ATTEMPTS' | 'ATTEMPTS_STOPPED';

export type ReturnLink = {
  /** Goes out byte for byte, only escaped for HTML. Anything but http and https is not drawn at all. */
  readonly url: string;
  /** True sends the payer there after 5 seconds, if the payment is over. */
  readonly automatic: boolean;
};

/** The state a page was drawn from, as one word; a waiting page reloads when the server tells another one. */
export function statusMark(view: Pick<PaymentView, 'payment' | 'attempt'>): string {
  return `${view.payment.status}.${view.attempt?.status ?? 'NONE'}`;
}

/**
 * Says whether money may still arrive from an attempt, so that "no money was taken" would be a promise too much. An
 * attempt that ended only because its payment was cancelled or expired may have been confirmed at the bank before.
 */
export function isAttemptOpen(view: Pick<PaymentView, 'attempt'>): boolean {
  const { status, reason } = view.attempt ?? {};
  const endedByUs = reason === 'PAYMENT_CANCELLED' || reason === 'PAYMENT_EXPIRED';
  if (status === 'CANCELLED') return endedByUs;
  return status !== undefined && ['NEW', 'PENDING', 'UNKNOWN', 'SUBMITTED'].includes(status);
}
