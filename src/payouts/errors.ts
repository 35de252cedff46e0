import { Refusal } from '../kernel/errors.ts';

/** A file for the bank was refused before, or a payout of it has come further. */
export class BankFileFinal extends Refusal {
  readonly code = 'WRONG_STATE';
}
