import { createSandboxAcquirer, type SandboxAcquirer } from '../sandbox/create-acquirer.ts';
import type { SandboxDeps } from '../sandbox/deps.ts';
import { findOrder } from '../sandbox/store.ts';
import { appsOfAlias, movementCodes, refusals, scriptFor, scriptForAlias, scripts } from './outcomes.ts';

const name = 'sandbox-blik';

/**
 * Makes the simulated BLIK acquirer: the code alone says what happens to an order, and the note what happens to a refund
 * (domain: sandbox outcomes). What happens to an alias was said by the code of the order that registered it.
 */
export function createSandboxBlik(deps: SandboxDeps): SandboxAcquirer {
  return createSandboxAcquirer(deps, {
    name,
    channels: ['blik', 'blik_oneclick'],
    capabilities: { authorizes: false, stopsOrders: true },
    unavailability: () => undefined,
    scripts,
    scriptFor: async (order, now) => {
      if (!order.alias) return scriptFor(order, now);
      const registered = await findOrder(deps.database, { acquirer: name, reference: order.alias.name });
      return scriptForAlias(registered?.merchantId === order.merchantId ? registered.script : undefined, order);
    },
    appsOf: ({ channel, script }) => (channel === 'blik_oneclick' ? appsOfAlias(script) : undefined),
    refusals,
    stoppedCode: 'BLK-ERROR-210000',
    movementCodes,
    confirmsInApp: true,
  });
}
