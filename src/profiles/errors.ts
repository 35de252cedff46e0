import type { ProfileStatus } from '../kernel/db/generated/prisma/enums.ts';
import { InvalidInput, Refusal } from '../kernel/errors.ts';

/** The stored instrument cannot be charged any more. */
export class ProfileNotActive extends Refusal {
  readonly code = 'PROFILE_NOT_ACTIVE';

  constructor(status: Exclude<ProfileStatus, 'ACTIVE'>) {
    const why = status === 'EXPIRED' ? 'the card has expired' : 'it was deactivated';
    super(`This stored instrument cannot be charged: ${why}; ask the payer to pay by another means.`, ['profileId']);
  }
}

/** An instrument is stored under the shop's name of its payer, and the payment has none. */
export class CustomerUnnamed extends InvalidInput {
  constructor(channel: string) {
    super(`${channel} stores the card under customerId, which this payment has not; create one that has.`, [
      'customerId',
    ]);
  }
}
