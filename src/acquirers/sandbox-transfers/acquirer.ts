import { createSandboxAcquirer, type SandboxAcquirer } from '../sandbox/create-acquirer.ts';
import type { SandboxDeps } from '../sandbox/deps.ts';
import { allotAccount } from './allot-account.ts';
import { movementCodes, page, refusals, scriptFor, scripts } from './outcomes.ts';

/**
 * Makes the simulated bank of traditional transfers: each order has an account number of its own, to which the payer sends the
 * money from wherever he likes. Here he does so on a page. Nobody waits for him but the payment, and a transfer cannot be
 * recalled, so one that comes after the payment was cancelled or has expired has paid.
 */
export function createSandboxTransfers(deps: SandboxDeps): SandboxAcquirer {
  return createSandboxAcquirer(deps, {
    name: 'sandbox-transfers',
    channels: ['wt', 'wt_split'],
    capabilities: { authorizes: false, stopsOrders: false },
    unavailability: () => undefined,
    allotAccount,
    scripts,
    scriptFor,
    refusals,
    stoppedCode: 'WT_SENT_BACK',
    movementCodes,
    confirmsInApp: false,
    page,
  });
}
