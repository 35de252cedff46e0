import { InvalidInput } from '../kernel/errors.ts';

/** Why a statement was refused, in a word that may stand in the log: the message may hold account numbers. */
export type RefusedBecause = 'UNREADABLE' | 'TOO_LARGE' | 'ACCOUNT_NOT_OURS' | 'NO_ACCOUNT_SET';

/** A statement that cannot be imported for a reason that has a word of its own. */
export class StatementRefused extends InvalidInput {
  readonly because: RefusedBecause;

  constructor(because: RefusedBecause, message: string) {
    super(message);
    this.because = because;
  }
}
