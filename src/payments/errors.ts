import { RateLimited, Refusal, waitInWords } from '../kernel/errors.ts';

/** The payment is over, so it can be neither paid nor cancelled. */
export class PaymentNotPayable extends Refusal {
  readonly code = 'PAYMENT_NOT_PAYABLE';

  constructor(status: string, wish: 'paid' | 'cancelled') {
    super(`This payment is ${status.toLowerCase()} and cannot be ${wish} any more; create a new payment.`, [
      'paymentId',
    ]);
  }
}

/** Another attempt on the payment is still running. */
export class AttemptInProgress extends Refusal {
  readonly code = 'ATTEMPT_IN_PROGRESS';

  constructor() {
    super('Another attempt to pay this payment is still running; wait until it has ended.', ['paymentId']);
  }
}

/** What is limited, and what was too much of it. */
const tooMany = {
  payment: 'This payment was tried too often',
  address: "Too many attempts from this payer's address were refused",
  shop: 'Too many card payments of this shop were refused',
} as const;

/** Attempts to pay were made or refused too often; no attempt was started. */
export class TooManyAttempts extends RateLimited {
  readonly limit: keyof typeof tooMany;

  constructor(limit: keyof typeof tooMany, wait: { readonly ms: number }) {
    super(`${tooMany[limit]}; try again in ${waitInWords(wait)}.`, wait);
    this.limit = limit;
  }
}
