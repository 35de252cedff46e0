import { hideCardNumbers } from './card-numbers.ts';

/**
 * What a verb throws when it says no. Every slice's `errors.ts` declares its refusals as subclasses with a stable
 * `code`; the edges turn them into the public answer. Anything thrown that is not a Refusal is our bug: it is masked
 * and logged.
 */
export abstract class Refusal extends Error {
  /** The public, stable code: a member of `RefusalCode` in schema.graphql. */
  abstract readonly code: RefusalCode;
  /** Path of the input field that is to blame, outermost first; undefined when no single field is. */
  readonly field: readonly string[] | undefined;

  /**
   * @param message one clear sentence: what is wrong, where, and what to do instead. Never holds a secret; what looks
   * like a card number is taken out, since callers write them into any field.
   */
  constructor(message: string, field?: readonly string[]) {
    super(hideCardNumbers(message));
    this.name = new.target.name;
    this.field = field?.map(hideCardNumbers);
  }
}

/** What is said of a fault of ours, beside its reference. */
export const ourFault = 'Something went wrong on our side; the reference helps us to find it.';

/** Says that a fault was ours, with the number by which the log knows it, where there is no field for a reference. */
export const numberedFault = (reference: string): string =>
  `Something went wrong on our side; its number is ${reference}.`;

/** Every reason for which the gateway refuses, with the text that documents it in the GraphQL schema. */
export const refusalCodes = {
  INVALID_INPUT: 'A value is missing, malformed or out of range; `field` names it.',
  NOT_FOUND: 'Nothing with this id is visible to the key that asks.',
  FORBIDDEN: 'The key is good but lacks the scope, or is bound to another shop; or nobody may do this in production.',
  UNAUTHENTICATED: 'No key was sent, or it is unknown, expired or revoked.',
  RATE_LIMITED: 'Too many requests in too short a time; wait and repeat.',
  IDEMPOTENCY_KEY_REUSED: 'The idempotency key was used before with another input; take a new key.',
  SHOP_NOT_ACTIVE: 'The shop does not take payments now.',
  MERCHANT_NOT_ACTIVE: 'The merchant may not take payments now.',
  METHOD_NOT_AVAILABLE: 'The payment method or channel is not offered for this shop, currency or amount.',
  CURRENCY_NOT_AVAILABLE: 'The shop, or the chosen method, does not take this currency.',
  AMOUNT_OUT_OF_RANGE: 'The amount is below or above what is allowed here.',
  PAYMENT_NOT_PAYABLE: 'The payment is settled, cancelled or expired, so this cannot be done any more.',
  LINK_NOT_ACTIVE: 'The payment link is disabled, over or used up, so it makes no more payments.',
  ATTEMPT_IN_PROGRESS: 'Another attempt to pay this payment is still running; wait for its end.',
  TRANSACTION_NOT_SETTLED: 'The transaction has not settled, so nothing can be given back.',
  NOT_CAPTURABLE: 'The transaction holds no authorised money that could be captured.',
  NOT_VOIDABLE: 'The transaction holds no authorised money that could be released.',
  REFUND_EXCEEDS_AMOUNT: 'The refund is larger than what is left of the settled amount.',
  REFUND_WINDOW_CLOSED: 'The time in which this method can be refunded is over.',
  BALANCE_TOO_LOW: 'Balances and overdraft of the shop and its recipients do not cover the refund.',
  PROFILE_NOT_ACTIVE: 'The stored instrument was deactivated or has expired.',
  WRONG_STATE: 'This cannot be done in the present state of the thing; the message names it.',
  ACCESS_CLAIMED: 'The first keys of the merchant were handed over before, and are not shown again.',
  SETTLEMENT_FIXED: 'The way of settling is part of the contract and cannot be changed.',
  ADDRESS_BY_MESSAGE: 'The address of a shop is changed by a message to the bank.',
  MAIL_NOT_AVAILABLE: 'This gateway sends no mails.',
  TOO_MANY_REPORTS: 'Too many reports of the merchant are still to be made; wait until one of them is ready.',
  TOO_MANY_SCHEDULES: 'The merchant has too many schedules of reports; end one of them first.',
  CURSOR_INVALID: 'The cursor was not issued by this shop’s event log.',
  CURSOR_EXPIRED:
    'The cursor is older than the events that are kept; take the endOfLog of events(first: 0), read the present state, then go on from that cursor.',
  SLOW_CONSUMER: 'The subscriber read too slowly; subscribe again with the last cursor.',
  QUERY_TOO_COMPLEX: 'The operation is too deep, too wide or too costly; ask for less at once.',
  TIMEOUT: 'The operation took too long and was given up; a mutation may be repeated with the same idempotency key.',
  UNAVAILABLE:
    'The gateway cannot use its database just now, or is starting; repeat the request in a moment, a mutation with the same idempotency key.',
} as const;

export type RefusalCode = keyof typeof refusalCodes;

/** A value is missing, malformed or out of range. */
export class InvalidInput extends Refusal {
  readonly code = 'INVALID_INPUT';
}

/** Nothing with this id is visible to whoever asks; the same answer whether it exists elsewhere or not. */
export class NotFound extends Refusal {
  readonly code = 'NOT_FOUND';
}

/** Too many in too short a time. */
export abstract class RateLimited extends Refusal {
  readonly code = 'RATE_LIMITED';
  /** After how many whole seconds, at least 1, it may be tried again (RFC 9110, section 10.2.3). */
  readonly retryAfterSeconds: number;

  constructor(message: string, wait: { readonly ms: number }) {
    super(message);
    this.retryAfterSeconds = secondsOf(wait);
  }
}

/** A time to wait in words for people: `42 seconds`, from two minutes on `38 minutes`. Never too short. */
export function waitInWords(wait: { readonly ms: number }): string {
  const seconds = secondsOf(wait);
  if (seconds === 1) return '1 second';
  return seconds < 120 ? `${seconds} seconds` : `${Math.ceil(seconds / 60)} minutes`;
}

function secondsOf(wait: { readonly ms: number }): number {
  return Math.max(1, Math.ceil(wait.ms / 1000));
}
