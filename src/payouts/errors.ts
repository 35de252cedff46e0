import { Refusal } from '../kernel/errors.ts';
import type { PayoutInDoubt } from './sql/find-waiting-payouts.ts';

/** A file for the bank was refused before, or a payout of it has come further. */
export class BankFileFinal extends Refusal {
  readonly code = 'WRONG_STATE';
}

/** Why nothing is done about a payout that our bank may have executed, and what to do first: two sentences. */
export function doubtAbout({ isBooked }: PayoutInDoubt, which: string): string {
  return isBooked
    ? `A held movement on our account names ${which}, so the bank may have executed it. Decide on it in heldTransfers first.`
    : `A movement on our account that is not booked yet names ${which}, so the bank may have executed it. Try again when it is booked, within a minute; if that takes longer, the log says why it cannot be booked.`;
}
