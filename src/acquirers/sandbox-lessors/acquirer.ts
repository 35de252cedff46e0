import { createSandboxAcquirer, type SandboxAcquirer } from '../sandbox/create-acquirer.ts';
import type { SandboxDeps } from '../sandbox/deps.ts';
import { movementCodes, page, refusals, scriptFor, scripts } from './outcomes.ts';

/**
 * Makes the simulated lessor: a company is sent to its page, where it applies for a lease, gives up or leaves. It takes its time
 * for the decision, then pays the whole amount at once. It hears nothing of a payment that was cancelled or has expired, so
 * a lease that is granted afterwards has paid.
 */
export function createSandboxLessors(deps: SandboxDeps): SandboxAcquirer {
  return createSandboxAcquirer(deps, {
    name: 'sandbox-lessors',
    channels: ['lease'],
    capabilities: { authorizes: false, stopsOrders: false },
    unavailability: () => undefined,
    scripts,
    scriptFor,
    refusals,
    stoppedCode: 'LEASE_DECLINED',
    movementCodes,
    confirmsInApp: false,
    page,
  });
}
