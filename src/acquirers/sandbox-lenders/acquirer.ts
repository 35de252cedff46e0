import { createSandboxAcquirer, type SandboxAcquirer } from '../sandbox/create-acquirer.ts';
import type { SandboxDeps } from '../sandbox/deps.ts';
import { movementCodes, page, refusals, scriptFor, scripts } from './outcomes.ts';

/**
 * Makes the simulated lenders of pay later and of instalments: each payer is sent to a page of his lender, where he takes the
 * credit, refuses or leaves. The lender pays the whole amount at once. It hears nothing of a payment that was cancelled or
 * has expired, so whoever takes the credit afterwards has paid.
 */
export function createSandboxLenders(deps: SandboxDeps): SandboxAcquirer {
  return createSandboxAcquirer(deps, {
    name: 'sandbox-lenders',
    channels: ['imoje_twisto', 'paypo', 'pragma_go', 'blik_paylater', 'inbank', 'inbank_0'],
    capabilities: { authorizes: false, stopsOrders: false },
    unavailability: () => undefined,
    scripts,
    scriptFor,
    refusals,
    stoppedCode: 'LENDER_DECLINED',
    movementCodes,
    confirmsInApp: false,
    page,
  });
}
