import { type JobHandlers, textOf } from '../kernel/jobs/handler.ts';
import { activateMerchant } from './activate-merchant.ts';
import { activateShop } from './activate-shop.ts';
import { changePayoutAccount } from './change-payout-account.ts';
import type { ContractDeps } from './deps.ts';
import { endContract } from './end-contract.ts';
import { timers } from './model.ts';

/** What contracts do later: take effect, open shops, change payout accounts, end. */
export function contractJobs(deps: ContractDeps): JobHandlers {
  return {
    [timers.activateMerchant]: (payload) => activateMerchant(deps, textOf(payload, 'subject')),
    [timers.activateShop]: (payload) => activateShop(deps, textOf(payload, 'subject')),
    [timers.endContract]: (payload) => endContract(deps, textOf(payload, 'subject')),
    [timers.changePayoutAccount]: (payload) => changePayoutAccount(deps, textOf(payload, 'subject')),
  };
}
