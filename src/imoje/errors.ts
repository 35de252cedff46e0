import { hideCardNumbers } from '../kernel/card-numbers.ts';
import { Refusal } from '../kernel/errors.ts';

/** What is wrong with one field of an imoje form; `field` is its name as sent: `billing[firstName]`. */
export type FormProblem = { readonly field: string; readonly message: string };

/** A signed payment form holds fields that are missing, malformed or out of range. */
export class FormInvalid extends Refusal {
  readonly code = 'INVALID_INPUT';
  /** Every problem found, in the order of the protocol's table. */
  readonly problems: readonly FormProblem[];

  constructor(problems: readonly FormProblem[]) {
    const names = [...new Set(problems.map((problem) => problem.field))];
    super(`Correct these fields of the form and send it again: ${names.join(', ')}.`, names);
    // Who fills in the form names the fields of groups, so those may hold anything too.
    this.problems = problems.map((problem) => ({ ...problem, field: hideCardNumbers(problem.field) }));
  }
}

/**
 * A form was not signed by the shop it names. The same refusal whether there is no such shop, it belongs to another
 * merchant or the signature is wrong, so that nobody can find out which shops exist.
 */
export class FormNotSigned extends Refusal {
  readonly code = 'FORBIDDEN';

  constructor() {
    super('The signature does not fit the fields, or merchantId and serviceId name no shop of ours.', ['signature']);
  }
}
