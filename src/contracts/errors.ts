import { InvalidInput, NotFound, RateLimited, Refusal, waitInWords } from '../kernel/errors.ts';

/** What is asked for cannot be done in the present state of the merchant, the shop, the message or the change. */
export class WrongState extends Refusal {
  readonly code = 'WRONG_STATE';
}

/** The contract of the merchant is not running, so that nothing new can begin under it. */
export class NoRunningContract extends Refusal {
  readonly code = 'MERCHANT_NOT_ACTIVE';

  constructor(status: string) {
    super(`Your contract is not running (it is ${status}), so this cannot be done.`);
  }
}

/** The first keys were handed over before. */
export class AccessClaimed extends Refusal {
  readonly code = 'ACCESS_CLAIMED';

  constructor() {
    super('The first keys were handed over already, and are not shown again; write to the bank if they are lost.');
  }
}

/** Whoever asks does not know the secret of an application. */
export class ApplicationUnknown extends NotFound {
  constructor() {
    super('There is no application with this merchant id and secret.', ['secret']);
  }
}

/** A decision that needs a reason came without one. */
export class ReasonMissing extends InvalidInput {
  constructor() {
    super('Give a reason, which the merchant will read.', ['reason']);
  }
}

/** Too many applications came from one address. */
export class TooManyApplications extends RateLimited {
  constructor(wait: { readonly ms: number }) {
    super(`Too many applications came from your address; come again in ${waitInWords(wait)}.`, wait);
  }
}
