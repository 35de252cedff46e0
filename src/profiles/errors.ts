import type { BankApp } from '../acquirers/port.ts';
import type { ProfileStatus } from '../kernel/db/generated/prisma/enums.ts';
import { InvalidInput, Refusal } from '../kernel/errors.ts';

/** The stored instrument cannot be charged any more. */
export class ProfileNotActive extends Refusal {
  readonly code = 'PROFILE_NOT_ACTIVE';

  constructor(status: Exclude<ProfileStatus, 'ACTIVE'>) {
    const why = status === 'EXPIRED' ? 'it has expired' : 'it was deactivated';
    super(`This stored instrument cannot be charged: ${why}; ask the payer to pay by another means.`, ['profileId']);
  }
}

/** An instrument is stored under the shop's name of its payer, and the payment has none. */
export class CustomerUnnamed extends InvalidInput {
  constructor(channel: string) {
    super(`customerId is required by ${channel}, which stores what pays under it; create a payment with one.`, [
      'customerId',
    ]);
  }
}

/** Several bank apps hold the alias, and none of them was chosen. */
export class AppNotChosen extends InvalidInput {
  constructor(apps: readonly BankApp[]) {
    const named = apps.map(({ key, label }) => `${key} (${label})`).join(', ');
    super(`Several bank apps hold this alias: let the payer choose, and name one as appKey: ${named}.`, ['appKey']);
  }
}
