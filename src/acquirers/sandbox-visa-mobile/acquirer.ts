import { createSandboxAcquirer, type SandboxAcquirer } from '../sandbox/create-acquirer.ts';
import type { SandboxDeps } from '../sandbox/deps.ts';
import { movementCodes, page, refusals, scriptFor, scripts } from './outcomes.ts';

/**
 * Makes the simulated Visa Mobile: each payer is sent to a page of the wallet, where at the real one he types his telephone
 * number and confirms in its app. The card that he keeps there is then charged as any other: authorised first, if that is asked
 * for. What he has not confirmed can be called back.
 */
export function createSandboxVisaMobile(deps: SandboxDeps): SandboxAcquirer {
  return createSandboxAcquirer(deps, {
    name: 'sandbox-visa-mobile',
    channels: ['visa_mobile'],
    capabilities: { authorizes: true, stopsOrders: true },
    unavailability: () => undefined,
    scripts,
    scriptFor,
    refusals,
    stoppedCode: 'VISA_MOBILE_DECLINED',
    movementCodes,
    confirmsInApp: false,
    page,
  });
}
