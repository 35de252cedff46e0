import { Refusal } from '../kernel/errors.ts';

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
