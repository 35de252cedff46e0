import { createSandboxAcquirer, type SandboxAcquirer } from '../sandbox/create-acquirer.ts';
import type { SandboxDeps } from '../sandbox/deps.ts';
import { bankUnavailability, channels } from './capabilities.ts';
import { movementCodes, page, refusals, scriptFor, scripts } from './outcomes.ts';

/**
 * Makes the simulated banks of pay-by-link: each payer is sent to a page of his bank, where he approves, refuses or leaves.
 * A transfer cannot be recalled, so whoever approves after his payment was cancelled or has expired has paid.
 */
export function createSandboxBanks(deps: SandboxDeps): SandboxAcquirer {
  return createSandboxAcquirer(deps, {
    name: 'sandbox-banks',
    channels,
    capabilities: { authorizes: false, stopsOrders: false },
    unavailability: bankUnavailability,
    scripts,
    scriptFor,
    refusals,
    stoppedCode: 'PBL_DECLINED',
    movementCodes,
    confirmsInApp: false,
    page,
  });
}
