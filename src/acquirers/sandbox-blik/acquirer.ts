import { createSandboxAcquirer, type SandboxAcquirer } from '../sandbox/create-acquirer.ts';
import type { SandboxDeps } from '../sandbox/deps.ts';
import { movementCodes, refusals, scriptFor, scripts } from './outcomes.ts';

/**
 * Makes the simulated BLIK acquirer: the code alone says what happens to an order, and the note what happens to a refund
 * (domain: sandbox outcomes).
 */
export function createSandboxBlik(deps: SandboxDeps): SandboxAcquirer {
  return createSandboxAcquirer(deps, {
    name: 'sandbox-blik',
    channels: ['blik'],
    capabilities: { authorizes: false, stopsOrders: true },
    unavailability: () => undefined,
    scripts,
    scriptFor,
    refusals,
    stoppedCode: 'BLK-ERROR-210000',
    movementCodes,
    confirmsInApp: true,
  });
}
