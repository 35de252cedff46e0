import { Forbidden } from '../../auth/actor.ts';
import { bodyEncoded } from '../../http/read-body.ts';
import { hideCardNumbers } from '../../kernel/card-numbers.ts';
import { InvalidInput, Refusal } from '../../kernel/errors.ts';

/** What is wrong with one field of a body: `customer.email`, the rule it breaks, and a sentence. */
export type FieldProblem = { readonly path: string; readonly rule: string; readonly message: string };

/** A body has fields that are missing, malformed or out of range. */
export class BodyInvalid extends InvalidInput {
  readonly problems: readonly FieldProblem[];

  constructor(problems: readonly FieldProblem[]) {
    const names = [...new Set(problems.map(({ path }) => path || 'body'))];
    super(`Correct these fields and send the request again: ${names.join(', ')}.`, names);
    this.problems = problems.map((problem) => ({ ...problem, message: hideCardNumbers(problem.message) }));
  }
}

/** A body is no JSON object. */
export class BodyNotJson extends InvalidInput {
  constructor() {
    super('The body must be a JSON object in UTF-8.');
  }
}

/** A body is compressed. */
export class BodyCoded extends InvalidInput {
  constructor() {
    super(bodyEncoded);
  }
}

/** No token was sent, or it is not good. */
export class TokenInvalid extends Refusal {
  readonly code = 'UNAUTHENTICATED';

  constructor() {
    super('Send the merchant’s token as `Authorization: Bearer …`; this one is missing, unknown, expired or revoked.');
  }
}

/** The path names another merchant than the token. */
export class OtherMerchant extends Forbidden {
  constructor() {
    super('The token belongs to another merchant than the one in the path.', ['merchantId']);
  }
}

/** The merchant trusts some addresses, and the call comes from another. */
export class AddressNotTrusted extends Forbidden {
  constructor(address: string) {
    super(`The token is not good from ${address}: the merchant has set other addresses as trusted.`);
  }
}

/** Card numbers pass through the payer's page alone (imoje protocol, section 5.0). */
export class PlainCardData extends Forbidden {
  constructor() {
    super('Cannot process transaction. Plain card data disabled.', ['card']);
  }
}
