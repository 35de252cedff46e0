import type { PaymentStatus } from '../kernel/db/generated/prisma/enums.ts';
import { RateLimited, Refusal, waitInWords } from '../kernel/errors.ts';

/** The payment is over, so it can be neither paid nor cancelled. */
export class PaymentNotPayable extends Refusal {
  readonly code = 'PAYMENT_NOT_PAYABLE';

  constructor(status: PaymentStatus, wish: 'paid' | 'cancelled') {
    super(`This payment is ${status.toLowerCase()} and cannot be ${wish} any more${adviceFor(status, wish)}.`, [
      'paymentId',
    ]);
  }
}

/** Who has paid, or whose attempt may still bring money to a payment that is over, must not be asked for it once more. */
function adviceFor(status: PaymentStatus, wish: 'paid' | 'cancelled'): string {
  if (status === 'SETTLED') return wish === 'paid' ? '; its money is there' : '; give the money back by a refund';
  if (status === 'AUTHORIZED') return wish === 'paid' ? '; its money is reserved' : '; release the money by a void';
  return wish === 'paid' ? '; create a new payment' : '';
}

/** Another attempt on the payment is still running. */
export class AttemptInProgress extends Refusal {
  readonly code = 'ATTEMPT_IN_PROGRESS';

  /** @param replaceable true when the attempt may be replaced once the payer was warned. */
  constructor(replaceable = false) {
    super(
      replaceable
        ? 'Another attempt to pay this payment is still running and may bring money; wait until it has ended, or warn the payer and repeat with supersede: true.'
        : 'Another attempt to pay this payment is still running; wait until it has ended.',
      ['paymentId'],
    );
  }
}

/** The transaction holds no authorised money that could be captured now. */
export class NotCapturable extends Refusal {
  readonly code = 'NOT_CAPTURABLE';

  /** @param why what stands in the way, as the end of the sentence. */
  constructor(why: string) {
    super(`This transaction cannot be captured: ${why}.`, ['transactionId']);
  }
}

/** The transaction holds no authorised money that could be released now. */
export class NotVoidable extends Refusal {
  readonly code = 'NOT_VOIDABLE';

  /** @param why what stands in the way, as the end of the sentence. */
  constructor(why: string) {
    super(`This transaction cannot be voided: ${why}.`, ['transactionId']);
  }
}

/** More than what is left of the authorised amount, or nothing at all. */
export class CaptureOutOfRange extends Refusal {
  readonly code = 'AMOUNT_OUT_OF_RANGE';

  constructor(left: bigint) {
    super(`A capture must be 1 to ${left} minor units: so much of the authorised amount is left.`, ['amount']);
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
